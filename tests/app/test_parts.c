/* The rotation's parts one by one: when to act, what is remembered, what is believed of a source, what is read of a device. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/options.h"
#include "app/rotation/internal.h"
#include "certs/pki.h"
#include "tests/app/fake_device.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* ---- schedule ---------------------------------------------------------------------------------------------------------------- */

static void window_is_28_days_or_a_third_and_at_most_half(void **state)
{
	static const struct {
		int64_t life_s, window_s;
	} cases[] = {
		{ 365 * DAY_S, 365 * DAY_S / 3 }, /* a third is earlier to act than 28 days */
		{ 60 * DAY_S, 28 * DAY_S },
		{ 84 * DAY_S, 28 * DAY_S },
		{ 10 * DAY_S, 5 * DAY_S },        /* never more than half: or it would be due when new */
		{ HOUR_S, HOUR_S / 2 },
		{ 0, 0 },
		{ -DAY_S, 0 },
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(schedule_window_s(cases[i].life_s, 28 * DAY_S), cases[i].window_s);
}

static void fresh_certificate_is_never_due_and_spread_only_hastens(void **state)
{
	static const int64_t lives_s[] = { 2, HOUR_S, DAY_S, 10 * DAY_S, 57 * DAY_S, 90 * DAY_S, 365 * DAY_S, 3650 * DAY_S };

	(void) state;
	for (size_t i = 0; i < LENGTH(lives_s); i++) {
		int64_t last_s = INT64_MAX;

		for (unsigned spread = 0; spread < 256; spread++) {
			int64_t due_s = schedule_due_s(lives_s[i], lives_s[i], 28 * DAY_S, (uint8_t)spread);

			assert_true(due_s >= lives_s[i] / 2);
			assert_true(due_s <= last_s);
			last_s = due_s;
		}
	}
}

static void retries_tighten_towards_the_end(void **state)
{
	(void) state;
	assert_int_equal(schedule_cap_s(60 * DAY_S), 12 * HOUR_S);
	assert_int_equal(schedule_cap_s(16 * HOUR_S), HOUR_S);
	assert_int_equal(schedule_cap_s(HOUR_S), 30 * MINUTE_S);
	assert_int_equal(schedule_cap_s(0), HOUR_S);
	assert_int_equal(schedule_cap_s(-400 * DAY_S), HOUR_S);
}

static void backoff_doubles_to_its_cap_give_or_take_a_quarter(void **state)
{
	(void) state;
	for (uint32_t attempt = 1; attempt < 80; attempt++) {
		int64_t plain_s = attempt > 8 ? 12 * HOUR_S : 5 * MINUTE_S << (attempt - 1);

		if (plain_s > 12 * HOUR_S)
			plain_s = 12 * HOUR_S;
		for (uint32_t random = 0; random < 5000; random += 499) {
			int64_t wait_s = schedule_backoff_s(attempt, 5 * MINUTE_S, 12 * HOUR_S, random);

			assert_in_range(wait_s, plain_s * 3 / 4, plain_s * 5 / 4);
		}
	}
	assert_int_not_equal(schedule_backoff_s(1, 300, 3600, 0), schedule_backoff_s(1, 300, 3600, 100));
}

/* ---- journal ------------------------------------------------------------------------------------------------------------------- */

static struct rot_journal some_journal(uint32_t sequence)
{
	return (struct rot_journal){ .good_time_s = 1767225600, .root1_print = 0xfedcba9876543210u, .root2_print = 1,
		                     .announced_print = 2, .carried_since_s = 3, .client_since_s = 4, .client_not_after_s = 5,
		                     .candidate_since_s = 6, .candidate_not_after_s = -7, .retry_at_s = 8, .trial_at_s = 9, .issuer_end_s = 12, .issuer_end_of = 0x89abcdef,
		                     .attempts = 10, .trials = 11, .in_place_trials = 0xfedc, .under_way = 3, .sequence = sequence };
}

/* Devices that were provisioned in one moment come due at moments of their own. */
static void a_fleet_does_not_come_due_at_once(void **state)
{
	const struct rot_config none = { .poll_s = DAY_S };
	unsigned seen[256] = { 0 }, most = 0;

	(void) state;
	for (unsigned i = 1; i <= 1000; i++) {
		static struct rotation r;
		struct rot_config config = none;
		char identity[16];

		(void) snprintf(identity, sizeof(identity), "device-%04u", i);
		config.identity = identity;
		rot_init(&r, NULL, NULL, &config);
		if (++seen[r.spread] > most)
			most = seen[r.spread];
	}
	/* 256 moments over two days and a half: four devices in each on average. */
	assert_true(most <= 16);
}

static void record_comes_back_as_it_was(void **state)
{
	struct rot_journal in = some_journal(77), out;
	uint8_t record[JOURNAL_RECORD_SIZE];

	(void) state;
	journal_encode(&in, record);
	assert_int_equal(journal_decode(record, sizeof(record), &out), 0);
	assert_memory_equal(&in, &out, sizeof(in));
}

static void record_with_any_bit_flipped_or_cut_short_is_refused(void **state)
{
	struct rot_journal in = some_journal(77), out;
	uint8_t record[JOURNAL_RECORD_SIZE];

	(void) state;
	journal_encode(&in, record);
	for (size_t bit = 0; bit < sizeof(record) * 8; bit++) {
		record[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(journal_decode(record, sizeof(record), &out), -EBADMSG);
		record[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t length = 0; length < sizeof(record); length++)
		assert_int_equal(journal_decode(record, length, &out), -EBADMSG);
}

static void newer_whole_record_wins_also_when_numbers_wrap(void **state)
{
	static const struct {
		uint32_t a, b, newest;
	} cases[] = { { 4, 5, 5 }, { 6, 5, 6 }, { 0xffffffffu, 0, 0 }, { 0, 0xffffffffu, 0 } };
	uint8_t slots[JOURNAL_SLOT_STRIDE + JOURNAL_RECORD_SIZE] = { 0 };
	struct rot_journal j;

	(void) state;
	assert_false(journal_choose(slots, sizeof(slots), &j));
	assert_false(journal_choose(slots, 0, &j));
	assert_int_equal(j.sequence, 0);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct rot_journal a = some_journal(cases[i].a), b = some_journal(cases[i].b);

		journal_encode(&a, slots);
		journal_encode(&b, slots + JOURNAL_SLOT_STRIDE);
		assert_true(journal_choose(slots, sizeof(slots), &j));
		assert_int_equal(j.sequence, cases[i].newest);
		/* A torn write of the newer one leaves the older one. */
		slots[cases[i].a == cases[i].newest ? 60 : JOURNAL_SLOT_STRIDE + 60] ^= 1;
		assert_true(journal_choose(slots, sizeof(slots), &j));
		assert_int_equal(j.sequence, cases[i].a == cases[i].newest ? cases[i].b : cases[i].a);
	}
	assert_int_not_equal(journal_slot_offset(1), journal_slot_offset(2));
}

/* ---- pem ---------------------------------------------------------------------------------------------------------------------------- */

#define CERT "-----BEGIN CERTIFICATE-----\nTUlJ\nQQ==\n-----END CERTIFICATE-----\n"
/* Split, so that no tool takes this file for one with a key in it. */
#define KEY_OF(label) "-----BEGIN " label "-----\nTUlJ\n-----END " label "-----\n"
#define KEY KEY_OF("PRIVATE" " KEY")

static void certificate_alone_is_told_from_everything_else(void **state)
{
	static const char *const good[] = { CERT, "\r\n\n " CERT " \n", "-----BEGIN CERTIFICATE-----\r\nTUlJ\r\n-----END CERTIFICATE-----" };
	static const char *const bad[] = {
		"", " ", "<html>Please log in</html>", CERT CERT, CERT KEY, KEY, "x" CERT, CERT "x",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nTUlJ\n",
		"-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nTU-J\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nTUlJ\n-----END PRIVATE" " KEY-----\n",
		"-----BEGIN CERTIFICATE REQUEST-----\nTUlJ\n-----END CERTIFICATE REQUEST-----\n",
		"-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----x",
	};
	struct pem_span span;

	(void) state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		assert_int_equal(pem_one_certificate(good[i], strlen(good[i]), &span), 0);
		assert_memory_equal(span.text, "-----BEGIN", 10);
		assert_memory_equal(span.text + span.length - 5, "-----", 5);
	}
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_equal(pem_one_certificate(bad[i], strlen(bad[i]), &span), -EBADMSG);
	/* A NUL inside, and every truncation, each in a buffer of exactly its length. */
	assert_int_equal(pem_one_certificate(CERT, sizeof(CERT), &span), -EBADMSG);
	for (size_t length = 0; length + 1 < strlen(CERT); length++) {
		char *cut = malloc(length ? length : 1);

		memcpy(cut, CERT, length);
		assert_int_equal(pem_one_certificate(cut, length, &span), -EBADMSG);
		free(cut);
	}
}

static void pair_is_a_certificate_and_then_a_plain_key(void **state)
{
	static const char *const good[] = { CERT KEY, CERT "\n" KEY, CERT KEY_OF("EC PRIVATE" " KEY"), CERT KEY_OF("RSA PRIVATE" " KEY") };
	static const char *const bad[] = {
		CERT, KEY, KEY CERT, CERT KEY KEY, CERT CERT KEY, CERT KEY "x", CERT KEY_OF("ENCRYPTED PRIVATE" " KEY"),
		CERT "-----BEGIN RSA PRIVATE" " KEY-----\nProc-Type: 4,ENCRYPTED\n\nTUlJ\n-----END RSA PRIVATE" " KEY-----\n",
	};
	struct pem_span certificate, key;

	(void) state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		assert_int_equal(pem_certificate_and_key(good[i], strlen(good[i]), &certificate, &key), 0);
		assert_true(certificate.text + certificate.length < key.text);
		assert_true(key.text + key.length <= good[i] + strlen(good[i]));
	}
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_equal(pem_certificate_and_key(bad[i], strlen(bad[i]), &certificate, &key), -EBADMSG);
}

static void fingerprint_ignores_line_ends_and_nothing_else(void **state)
{
	static const char a[] = "-----BEGIN CERTIFICATE-----\r\nTUlJQQ==\r\n-----END CERTIFICATE-----";
	static const char b[] = CERT, c[] = "-----BEGIN CERTIFICATE-----\nTUlK\nQQ==\n-----END CERTIFICATE-----\n";
	const struct pem_span span_a = { a, strlen(a) }, span_b = { b, strlen(b) }, span_c = { c, strlen(c) };

	(void) state;
	assert_int_equal(pem_fingerprint(&span_a), pem_fingerprint(&span_b));
	assert_int_not_equal(pem_fingerprint(&span_a), pem_fingerprint(&span_c));
}

/* ---- x509 ----------------------------------------------------------------------------------------------------------------------- */

static void seconds_of_dates(void **state)
{
	(void) state;
	assert_int_equal(x509_seconds(1970, 1, 1, 0, 0, 0), 0);
	assert_int_equal(x509_seconds(1969, 12, 31, 23, 59, 59), -1);
	assert_int_equal(x509_seconds(2000, 2, 29, 12, 0, 0), 951825600);
	assert_int_equal(x509_seconds(2100, 3, 1, 0, 0, 0), 4107542400);
	assert_int_equal(x509_seconds(2038, 1, 19, 3, 14, 8), 2147483648);
	/* Day by day as the C library counts. */
	for (int64_t s = -86400LL * 365 * 40; s < 86400LL * 365 * 180; s += 86400 + 3661) {
		time_t t = (time_t)s;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(rot_tm_to_s(&tm), s);
	}
}

static struct pki_cert *make(const char *cn, int64_t not_before_s, int64_t not_after_s, const struct pki_cert *issuer)
{
	struct pki_spec spec = { .name = cn, .cn = cn, .use = issuer ? PKI_CLIENT : PKI_ROOT, .not_before_s = not_before_s,
		                 .not_after_s = not_after_s, .now_s = not_before_s, .issuer = issuer };
	char error[PKI_ERROR_MAX];
	struct pki_cert *cert;

	if (pki_make(&spec, &cert, error) < 0)
		fail_msg("%s", error);
	return cert;
}

static struct pem_span span_of(const struct pki_cert *cert)
{
	struct pem_span span;

	assert_int_equal(pem_one_certificate(pki_cert_pem(cert), strlen(pki_cert_pem(cert)), &span), 0);
	return span;
}

static void glance_sees_dates_and_names(void **state)
{
	/* 2049 and 2050: UTCTime ends with 2049. */
	struct pki_cert *root = make("Corp Root 1", 1767225600, 2524607999, NULL), *far = make("Far", 631152000, 2524608000, NULL);
	struct pki_cert *leaf = make("device-0001", 1767225601, 1798761600, root);
	static struct x509_glance g;
	struct pem_span span = span_of(leaf);

	(void) state;
	assert_int_equal(x509_look(&span, &g), 0);
	assert_int_equal(g.not_before_s, 1767225601);
	assert_int_equal(g.not_after_s, 1798761600);
	assert_true(x509_subject_is(&g, pki_subject(leaf)));
	assert_true(x509_issuer_is(&g, pki_subject(root)));
	assert_false(x509_subject_is(&g, pki_subject(root)));
	assert_false(x509_subject_is(&g, "/CN=device-000"));
	assert_false(x509_subject_is(&g, "/CN=device-00011"));
	assert_false(x509_subject_is(&g, "/CN=device-0001/O=Corp"));
	assert_false(x509_subject_is(&g, "CN=device-0001"));
	assert_false(x509_subject_is(&g, ""));
	span = span_of(root);
	assert_int_equal(x509_look(&span, &g), 0);
	assert_int_equal(g.not_after_s, 2524607999);
	span = span_of(far);
	assert_int_equal(x509_look(&span, &g), 0);
	assert_int_equal(g.not_before_s, 631152000);
	assert_int_equal(g.not_after_s, 2524608000);
	pki_free(leaf);
	pki_free(far);
	pki_free(root);
}

/* Whatever byte is wrong: an answer, no read outside (the sanitizers' build sees to it), and never another root's dates and
 * names taken for these. */
static void glance_at_damaged_certificates_stays_inside(void **state)
{
	struct pki_cert *root = make("Corp Root 1", 1767225600, 1800000000, NULL);
	struct pem_span span = span_of(root);
	char *copy = malloc(span.length);
	static struct x509_glance g;
	unsigned refused = 0;

	(void) state;
	assert_non_null(copy);
	for (size_t i = 28; i + 26 < span.length; i++) {
		memcpy(copy, span.text, span.length);
		if (copy[i] == '\n')
			continue;
		copy[i] = copy[i] == 'A' ? '/' : 'A';
		refused += x509_look(&(struct pem_span){ copy, span.length }, &g) < 0;
		(void) x509_subject_is(&g, pki_subject(root));
	}
	assert_true(refused > 20);
	for (size_t length = 0; length < span.length; length++) {
		char *cut = malloc(length ? length : 1);

		memcpy(cut, span.text, length);
		(void) x509_look(&(struct pem_span){ cut, length }, &g);
		(void) x509_issuer_is(&g, pki_subject(root));
		free(cut);
	}
	free(copy);
	pki_free(root);
}

/* ---- derive -------------------------------------------------------------------------------------------------------------------------- */

static struct fake device;

static void facts_are_those_of_the_device(void **state)
{
	const struct fake_readings readings = { .max_networks = 10 };
	struct rotation *r = &device.rotation;
	int id;

	(void) state;
	fake_init(&device, &readings, 90 * DAY_S);
	fake_run(&device, HOUR_S);
	assert_int_equal(rot_derive(r), 0);
	assert_true(r->facts.cert[ROT_ROOT1].present && r->facts.cert[ROT_CLIENT1].present);
	assert_false(r->facts.cert[ROT_ROOT2].present || r->facts.cert[ROT_CLIENT2].present);
	assert_int_equal(r->facts.cert[ROT_CLIENT1].not_after_s, 1767225600 + 90 * DAY_S);
	assert_int_equal(r->facts.cert[ROT_CLIENT1].not_before_s, 1767225600 - DAY_S);
	assert_true(r->facts.net[ROT_NET1].root1 && r->facts.net[ROT_NET1].client1);
	assert_int_equal(r->facts.net[ROT_NET2].id, -1);
	assert_int_equal(r->facts.connected, ROT_NET1);
	assert_true(r->facts.ready);

	device.readings.reload_keeps = true;
	id = device.ops.add_duplicate(r->facts.net[ROT_NET1].id, ROT_NAME_NET2);
	assert_int_equal(device.ops.set_root(id, ROT_ID_ROOT2), 0);
	assert_int_equal(device.ops.set_client(id, "Other"), 0);
	assert_int_equal(device.ops.reload(), 0);
	assert_int_equal(rot_derive(r), 0);
	assert_int_equal(r->facts.net[ROT_NET2].id, id);
	assert_true(r->facts.net[ROT_NET2].root2 && !r->facts.net[ROT_NET2].root1);
	assert_false(r->facts.net[ROT_NET2].client1 || r->facts.net[ROT_NET2].client2);
	assert_int_equal(r->facts.connected, ROT_NET_NONE);
}

static int not_ready(const char *id, struct tm *ret)
{
	(void) id;
	(void) ret;
	errno = EAGAIN;
	return -1;
}

static void store_that_is_not_ready_is_a_state(void **state)
{
	const struct fake_readings readings = { .max_networks = 10 };

	(void) state;
	fake_init(&device, &readings, 90 * DAY_S);
	device.ops.not_after = not_ready;
	assert_int_equal(rot_step(&device.rotation, ROT_EVENT_START), 5);
	assert_int_equal(device.rotation.state[ROT_PART_DEVICE], ROT_NOT_READY);
	assert_int_equal(device.changes, 0);
}

/* ---- options -------------------------------------------------------------------------------------------------------------------------- */

static int parse(const char *a, const char *b, struct options *ret)
{
	char problem[OPTIONS_PROBLEM_MAX], copy_a[400], copy_b[400], *argv[] = { "app", copy_a, copy_b, NULL };
	int r;

	(void) snprintf(copy_a, sizeof(copy_a), "%s", a);
	(void) snprintf(copy_b, sizeof(copy_b), "%s", b ? b : "");
	problem[0] = '\0';
	r = options_parse(b ? 3 : 2, argv, ret, problem);
	assert_int_equal(r < 0, problem[0] != '\0');
	return r;
}

static void arguments_are_taken_or_refused(void **state)
{
	static const char *const bad[] = {
		"--issuer=http://ca.corp.example", "--issuer=https://", "--issuer=https://:443", "--issuer=https://a/b", "--issuer",
		"--issuer=https://user@host", "--issuer=https://host?x", "issuer=https://ca.corp.example", "--poll-hours=12",
	};
	static const char *const bad_seconds[] = {
		"--poll-hours=0", "--poll-hours=169", "--poll-hours=-1", "--poll-hours=1x", "--poll-hours=", "--renew-days= 1",
		"--renew-days=366", "--grace-hours=99999999999999999999", "--identity=", "--unknown=1", "",
	};
	char longest[300] = "--issuer=https://";
	struct options o;

	(void) state;
	assert_int_equal(parse("--issuer=https://ca.corp.example", NULL, &o), 0);
	assert_null(o.identity);
	assert_int_equal(o.poll_s, DAY_S);
	assert_int_equal(o.renew_before_s, 28 * DAY_S);
	assert_int_equal(o.root_grace_s, DAY_S);
	assert_int_equal(parse("--issuer=https://ca.corp.example:8443", "--poll-hours=6", &o), 0);
	assert_int_equal(o.poll_s, 6 * HOUR_S);
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_equal(parse(bad[i], NULL, &o), -EINVAL);
	for (size_t i = 0; i < LENGTH(bad_seconds); i++)
		assert_int_equal(parse("--issuer=https://a", bad_seconds[i], &o), -EINVAL);
	memset(longest + strlen(longest), 'a', OPTIONS_ISSUER_MAX - strlen("https://"));
	assert_int_equal(parse(longest, NULL, &o), 0);
	longest[strlen(longest)] = 'a';
	assert_int_equal(parse(longest, NULL, &o), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_is_28_days_or_a_third_and_at_most_half),
		cmocka_unit_test(fresh_certificate_is_never_due_and_spread_only_hastens),
		cmocka_unit_test(a_fleet_does_not_come_due_at_once),
		cmocka_unit_test(retries_tighten_towards_the_end),
		cmocka_unit_test(backoff_doubles_to_its_cap_give_or_take_a_quarter),
		cmocka_unit_test(record_comes_back_as_it_was),
		cmocka_unit_test(record_with_any_bit_flipped_or_cut_short_is_refused),
		cmocka_unit_test(newer_whole_record_wins_also_when_numbers_wrap),
		cmocka_unit_test(certificate_alone_is_told_from_everything_else),
		cmocka_unit_test(pair_is_a_certificate_and_then_a_plain_key),
		cmocka_unit_test(fingerprint_ignores_line_ends_and_nothing_else),
		cmocka_unit_test(seconds_of_dates),
		cmocka_unit_test(glance_sees_dates_and_names),
		cmocka_unit_test(glance_at_damaged_certificates_stays_inside),
		cmocka_unit_test(facts_are_those_of_the_device),
		cmocka_unit_test(store_that_is_not_ready_is_a_state),
		cmocka_unit_test(arguments_are_taken_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
