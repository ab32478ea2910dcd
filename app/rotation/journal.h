/* What the device itself cannot tell after a reboot, in a record of 128 bytes in mutable storage.
 *
 * Two slots are written in turn, so a write that the power cut tears leaves the older record. Without any record the app
 * works all the same: it only forgets its patience (back-off), its last known time and when certificates arrived.
 * Never in here: a key, a certificate, a password.
 */
#ifndef ROTATION_JOURNAL_H
#define ROTATION_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_RECORD_SIZE 128u
#define JOURNAL_SLOT_STRIDE 512u /* each slot in a flash page of its own */
#define JOURNAL_SLOTS 2u

enum {
	JOURNAL_UNDER_WAY_ROOT = 1,   /* changes to the networks that may not be persisted yet, of each flow */
	JOURNAL_UNDER_WAY_CLIENT = 2,
	JOURNAL_UNDER_WAY_CLOCK = 4,  /* the clock was set to a guess that nothing has confirmed yet */
	JOURNAL_UNDER_WAY_IN_PLACE = 8, /* Network1 tries what it has not saved (in_place.c), */
	JOURNAL_UNDER_WAY_ROOT2 = 16,   /* and is to have RootCA2 in the end */
	JOURNAL_UNDER_WAY_NO_ROOM = 32, /* RootCA2 waits for a trial in place, as there was no room for Network2 */
};

/* Times: seconds since 1970 on the device's clock; 0 = not known. */
struct rot_journal {
	int64_t good_time_s;         /* the latest time that was believed */
	uint64_t root1_print;        /* pem_fingerprint of RootCA1, RootCA2 and the last announcement; 0 = not known */
	uint64_t root2_print;
	uint64_t announced_print;
	int64_t carried_since_s;     /* Network2 carries the device since */
	int64_t client_since_s;      /* ClientCert1 arrived, and its NotAfter, by which it is recognised */
	int64_t client_not_after_s;
	int64_t candidate_since_s;   /* the same of ClientCert2 */
	int64_t candidate_not_after_s;
	int64_t retry_at_s;          /* ask for a client certificate not before */
	int64_t trial_at_s;          /* try ClientCert2 not before; during its trial: since then */
	int64_t issuer_end_s;        /* NotAfter of the issuer of the ClientCert1 whose own NotAfter has these lower 32 bits */
	uint32_t issuer_end_of;
	uint32_t attempts;           /* requests without success */
	uint16_t trials;             /* failed trials of this ClientCert2 */
	uint16_t in_place_trials;    /* trials on Network1 itself, none of which has worked */
	uint32_t under_way;          /* JOURNAL_UNDER_WAY_* */
	uint32_t sequence;           /* of the record; the caller leaves it alone */
};

void journal_encode(const struct rot_journal *journal, uint8_t ret_record[JOURNAL_RECORD_SIZE]);
/* 0; -EBADMSG: torn, garbage, or of a version not known here. */
int journal_decode(const uint8_t *record, size_t length, struct rot_journal *ret_journal);
/* The newer valid record of both slots; false and an empty journal when there is none. `slots` may be short. */
bool journal_choose(const uint8_t *slots, size_t length, struct rot_journal *ret_journal);
/* Where the record with this sequence number goes. */
size_t journal_slot_offset(uint32_t sequence);

#endif
