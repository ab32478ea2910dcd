/* EAP framing (sim/net/model/eap.h), from RFC 3748 section 4 and RFC 5216 section 3: bytes as written there, and bytes that
 * must be refused.
 */
#include "sim/net/model/eap.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "emu-applibs/base/base.h"

static struct eap_packet packet_of(const uint8_t *bytes, size_t length)
{
	struct eap_packet packet = {.length = length};

	memcpy(packet.bytes, bytes, length);
	return packet;
}
#define PACKET(...) packet_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static int take(struct eap_link *link, struct eap_packet packet)
{
	struct eap_header header;

	assert_int_equal(eap_parse(&packet, &header), 0);
	return eap_link_take(link, &header);
}

static void packets_that_are_not_eap_are_refused(void **state)
{
	const struct eap_packet bad[] = {
		PACKET(1, 7, 0),                /* no header */
		PACKET(1, 7, 0, 4),             /* a request without a type */
		PACKET(1, 7, 0, 6, 13),         /* shorter than it says */
		PACKET(1, 7, 0, 5, 13, 0),      /* longer than it says */
		PACKET(3, 7, 0, 5, 0),          /* a success with data */
		PACKET(0, 7, 0, 5, 13), PACKET(5, 7, 0, 5, 13),
	};
	struct eap_packet good = PACKET(2, 7, 0, 6, 1, 'x');
	struct eap_header header;

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(eap_parse(&bad[i], &header), -EPROTO);
	assert_int_equal(eap_parse(&good, &header), 0);
	assert_int_equal(header.code, EAP_RESPONSE);
	assert_int_equal(header.id, 7);
	assert_int_equal(header.type, EAP_TYPE_IDENTITY);
	assert_int_equal(header.data_length, 1);
}

/* Any length, both fragment sizes: what goes in comes out, the first fragment alone says the whole length. */
static void message_survives_fragments_of_any_size(void **state)
{
	static const size_t lengths[] = {0, 1, 57, 58, 59, 110, 111, 1391, 1392, 1393, 8192, EAP_TLS_MESSAGE_MAX};
	static uint8_t message[EAP_TLS_MESSAGE_MAX];

	(void) state;
	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(i * 31 + i / 251);
	for (size_t i = 0; i < 2 * ARRAY_LEN(lengths); i++) {
		size_t length = lengths[i / 2], fragment_max = i % 2 ? 1398 : 64, packets = 0;
		struct eap_link sender, receiver;
		struct eap_packet packet, answer;
		int r;

		eap_link_init(&sender, fragment_max);
		eap_link_init(&receiver, 64);
		assert_int_equal(eap_link_send(&sender, message, length), 0);
		do {
			eap_link_give(&sender, EAP_REQUEST, 1, &packet);
			assert_in_range(packet.length, 6, fragment_max);
			assert_int_equal(!!(packet.bytes[5] & 0x80), packets == 0 && length + 6 > fragment_max);
			r = take(&receiver, packet);
			if (r == EAP_TAKEN_PART) {
				eap_link_give(&receiver, EAP_RESPONSE, 1, &answer);
				assert_int_equal(answer.length, 6);
				assert_int_equal(take(&sender, answer), EAP_TAKEN_ACK);
			}
			assert_in_range(++packets, 1, 1300);
		} while (r == EAP_TAKEN_PART);
		assert_int_equal(r, EAP_TAKEN_MESSAGE);
		assert_false(eap_link_pending(&sender));
		assert_int_equal(receiver.in_length, length);
		if (length)
			assert_memory_equal(receiver.in, message, length);
		assert_int_equal(sender.fragments_sent, packets - 1);
		eap_link_clear(&sender);
		eap_link_clear(&receiver);
	}
}

static void fragments_that_lie_about_their_length_are_refused(void **state)
{
	const struct {
		struct eap_packet first, second;
		int r_first, r_second;
	} rows[] = {
		{PACKET(1, 1, 0, 12, 13, 0xc0, 0, 0, 0, 3, 'a', 'b'), PACKET(1, 2, 0, 8, 13, 0, 'c', 'd'), EAP_TAKEN_PART, -EPROTO},
		{PACKET(1, 1, 0, 12, 13, 0xc0, 0, 0, 0, 9, 'a', 'b'), PACKET(1, 2, 0, 8, 13, 0, 'c', 'd'), EAP_TAKEN_PART, -EPROTO},
		{PACKET(1, 1, 0, 12, 13, 0xc0, 0, 0, 0, 4, 'a', 'b'), PACKET(1, 2, 0, 12, 13, 0x80, 0, 0, 0, 5, 'c', 'd'), EAP_TAKEN_PART,
		 -EPROTO},
		{PACKET(1, 1, 0, 12, 13, 0xc0, 0, 0, 0, 4, 'a', 'b'), PACKET(1, 2, 0, 6, 13, 0x40), EAP_TAKEN_PART, -EPROTO},
		{PACKET(1, 1, 0, 12, 13, 0xc0, 0, 0, 0, 4, 'a', 'b'), PACKET(1, 2, 0, 8, 13, 0, 'c', 'd'), EAP_TAKEN_PART,
		 EAP_TAKEN_MESSAGE},
		{PACKET(1, 1, 0, 6, 13, 0x20), PACKET(1, 2, 0, 7, 13, 0x20, 'x'), EAP_TAKEN_START, -EPROTO},
		{PACKET(1, 1, 0, 9, 13, 0x80, 0, 0, 0), PACKET(1, 2, 0, 10, 13, 0x80, 0x7f, 0xff, 0xff, 0xff), -EPROTO, -EMSGSIZE},
		{PACKET(1, 1, 0, 5, 13), PACKET(1, 2, 0, 6, 21, 0), -EPROTO, -EPROTO},
	};

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct eap_link link;

		eap_link_init(&link, 1024);
		assert_int_equal(take(&link, rows[i].first), rows[i].r_first);
		assert_int_equal(take(&link, rows[i].second), rows[i].r_second);
		eap_link_clear(&link);
	}
}

/* Without a length in front, fragments may not add up past the limit either. */
static void message_has_a_bound(void **state)
{
	struct eap_packet part = {.length = 1024};
	struct eap_link link;
	int r, packets = 0;

	(void) state;
	memcpy(part.bytes, (const uint8_t[]){1, 1, 4, 0, 13, 0x40}, 6);
	eap_link_init(&link, 1024);
	do
		r = take(&link, part);
	while (r == EAP_TAKEN_PART && ++packets < 1000);
	assert_int_equal(r, -EMSGSIZE);
	assert_int_equal(packets, EAP_TLS_MESSAGE_MAX / 1018);
	assert_int_equal(eap_link_send(&link, part.bytes, EAP_TLS_MESSAGE_MAX + 1), -EMSGSIZE);
	eap_link_clear(&link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_that_are_not_eap_are_refused),
		cmocka_unit_test(message_survives_fragments_of_any_size),
		cmocka_unit_test(fragments_that_lie_about_their_length_are_refused),
		cmocka_unit_test(message_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
