/* The record: fixed width, little-endian, with magic, version and CRC-32. */
#include "app/rotation/journal.h"

#include <errno.h>
#include <string.h>

#define JOURNAL_MAGIC 0x314a5452u /* "RTJ1" */
#define JOURNAL_VERSION 1u
#define CRC_OFFSET (JOURNAL_RECORD_SIZE - 4u)

struct cursor {
	uint8_t *out;
	const uint8_t *in;
};

static uint32_t crc32_of(const uint8_t *data, size_t length)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < length; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
	}
	return ~crc;
}

static void put(struct cursor *c, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*c->out++ = (uint8_t)(v >> (8 * i));
}

static uint64_t get(struct cursor *c, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v |= (uint64_t)*c->in++ << (8 * i);
	return v;
}

void journal_encode(const struct rot_journal *j, uint8_t ret_record[JOURNAL_RECORD_SIZE])
{
	struct cursor c = { .out = ret_record };

	memset(ret_record, 0, JOURNAL_RECORD_SIZE);
	put(&c, JOURNAL_MAGIC, 4);
	put(&c, JOURNAL_VERSION, 2);
	put(&c, JOURNAL_RECORD_SIZE, 2);
	put(&c, j->sequence, 4);
	put(&c, j->under_way, 4);
	put(&c, j->attempts, 4);
	put(&c, j->trials, 2);
	put(&c, j->in_place_trials, 2);
	put(&c, (uint64_t)j->good_time_s, 8);
	put(&c, j->root1_print, 8);
	put(&c, j->root2_print, 8);
	put(&c, j->announced_print, 8);
	put(&c, (uint64_t)j->carried_since_s, 8);
	put(&c, (uint64_t)j->client_since_s, 8);
	put(&c, (uint64_t)j->client_not_after_s, 8);
	put(&c, (uint64_t)j->candidate_since_s, 8);
	put(&c, (uint64_t)j->candidate_not_after_s, 8);
	put(&c, (uint64_t)j->retry_at_s, 8);
	put(&c, (uint64_t)j->trial_at_s, 8);
	put(&c, (uint64_t)j->issuer_end_s, 8);
	put(&c, j->issuer_end_of, 4);
	c.out = ret_record + CRC_OFFSET;
	put(&c, crc32_of(ret_record, CRC_OFFSET), 4);
}

int journal_decode(const uint8_t *record, size_t length, struct rot_journal *ret_journal)
{
	struct cursor c = { .in = record };
	struct rot_journal j = { 0 };

	if (length < JOURNAL_RECORD_SIZE)
		return -EBADMSG;
	c.in = record + CRC_OFFSET;
	if (get(&c, 4) != crc32_of(record, CRC_OFFSET))
		return -EBADMSG;
	c.in = record;
	if (get(&c, 4) != JOURNAL_MAGIC || get(&c, 2) != JOURNAL_VERSION || get(&c, 2) != JOURNAL_RECORD_SIZE)
		return -EBADMSG;
	j.sequence = (uint32_t)get(&c, 4);
	j.under_way = (uint32_t)get(&c, 4);
	j.attempts = (uint32_t)get(&c, 4);
	j.trials = (uint16_t)get(&c, 2);
	j.in_place_trials = (uint16_t)get(&c, 2);
	j.good_time_s = (int64_t)get(&c, 8);
	j.root1_print = get(&c, 8);
	j.root2_print = get(&c, 8);
	j.announced_print = get(&c, 8);
	j.carried_since_s = (int64_t)get(&c, 8);
	j.client_since_s = (int64_t)get(&c, 8);
	j.client_not_after_s = (int64_t)get(&c, 8);
	j.candidate_since_s = (int64_t)get(&c, 8);
	j.candidate_not_after_s = (int64_t)get(&c, 8);
	j.retry_at_s = (int64_t)get(&c, 8);
	j.trial_at_s = (int64_t)get(&c, 8);
	j.issuer_end_s = (int64_t)get(&c, 8);
	j.issuer_end_of = (uint32_t)get(&c, 4);
	*ret_journal = j;
	return 0;
}

bool journal_choose(const uint8_t *slots, size_t length, struct rot_journal *ret_journal)
{
	bool found = false;

	memset(ret_journal, 0, sizeof(*ret_journal));
	for (size_t i = 0; i < JOURNAL_SLOTS; i++) {
		struct rot_journal j;

		if (length < i * JOURNAL_SLOT_STRIDE + JOURNAL_RECORD_SIZE ||
		    journal_decode(slots + i * JOURNAL_SLOT_STRIDE, JOURNAL_RECORD_SIZE, &j) < 0)
			continue;
		/* Sequence numbers wrap: the newer one is less than half the range ahead. */
		if (!found || j.sequence - ret_journal->sequence < 0x80000000u)
			*ret_journal = j;
		found = true;
	}
	return found;
}

size_t journal_slot_offset(uint32_t sequence)
{
	return (sequence % JOURNAL_SLOTS) * JOURNAL_SLOT_STRIDE;
}
