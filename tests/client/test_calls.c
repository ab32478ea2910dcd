/* Every function against every kind of reply: good, each errno, and each way a simulator can break the protocol. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sysexits.h>

#include "emu-applibs/base/base.h"
#include "tests/client/calls.h"
#include "tests/client/fake_server.h"

static struct server server;

static int32_t reply_of_row(struct server *s, struct wire_writer *out, int *ret_fd)
{
	const struct call_row *row = s->arg;

	(void) ret_fd;
	return row->reply ? row->reply(out) : 0;
}

static int one_call(void *arg)
{
	const struct call_row *row = arg;

	CHECK(row->call() >= 0);
	return 0;
}

static void every_call_makes_one_request_and_takes_its_reply(void **state)
{
	(void) state;
	for (size_t i = 0; i < call_row_count; i++) {
		server = (struct server){ .answer = reply_of_row, .arg = (void *)&call_rows[i] };
		if (serve(&server, one_call, (void *)&call_rows[i]) != 0)
			fail_msg("%s: %s", call_rows[i].name, server.output);
		assert_int_equal(server.hellos, 1);
		assert_int_equal(server.requests, 1);
		assert_int_equal(server.last.op, call_rows[i].op);
		assert_string_equal(server.output, "");
	}
}

/* ---- errno ---------------------------------------------------------------------------------------------------------------- */

/* Those that the headers name, and codes that no version knows. */
static const int documented[] = { EACCES, EAGAIN, EBUSY, EEXIST, EFAULT, EFBIG, EINVAL, EIO, ENETDOWN, ENOBUFS, ENODATA, ENODEV,
				  ENOENT, ENOMEM, ENOSPC, ENOTCONN, EPERM, ERANGE };
static const int32_t unknown[] = { INT32_MIN, -INT32_MAX, -9999 };

#define ROUNDS (ARRAY_LEN(documented) + ARRAY_LEN(unknown))

static int32_t next_error(struct server *s, struct wire_writer *out, int *ret_fd)
{
	size_t i = (s->requests - 1) % ROUNDS;

	(void) out;
	(void) ret_fd;
	return i < ARRAY_LEN(documented) ? -wire_from_errno(documented[i]) : unknown[i - ARRAY_LEN(documented)];
}

static int calls_in_rounds(void *arg)
{
	(void) arg;
	for (size_t i = 0; i < call_row_count; i++)
		for (size_t k = 0; k < ROUNDS; k++) {
			int expected = k < ARRAY_LEN(documented) ? documented[k] : EIO;

			errno = 0;
			if (call_rows[i].call() != -1 || errno != expected) {
				(void) dprintf(2, "%s: errno %d instead of %d\n", call_rows[i].name, errno, expected);
				return 1;
			}
		}
	return 0;
}

static void every_call_gives_the_errno_of_the_device(void **state)
{
	(void) state;
	server = (struct server){ .answer = next_error };
	assert_served(&server, calls_in_rounds, NULL);
	assert_int_equal(server.requests, call_row_count * ROUNDS);
}

static int32_t always_enodev(struct server *s, struct wire_writer *out, int *ret_fd)
{
	(void) s;
	(void) out;
	(void) ret_fd;
	return -wire_from_errno(ENODEV);
}

static int one_refused(void *arg)
{
	const struct call_row *row = arg;

	CHECK_ERRNO(row->call(), ENODEV);
	return 0;
}

static void what_is_not_simulated_is_asked_for_all_the_same(void **state)
{
	(void) state;
	for (size_t i = 0; i < refused_row_count; i++) {
		server = (struct server){ .answer = always_enodev };
		assert_served(&server, one_refused, (void *)&refused_rows[i]);
		assert_int_equal(server.last.op, refused_rows[i].op);
		/* An answer that it is there would be a lie. */
		server = (struct server){ .answer = NULL };
		assert_int_equal(serve(&server, one_refused, (void *)&refused_rows[i]), EX_PROTOCOL);
	}
}

/* ---- Broken replies ------------------------------------------------------------------------------------------------------ */

static void a_broken_reply_ends_the_application_and_says_whose(void **state)
{
	(void) state;
	for (size_t i = 0; i < call_row_count; i++)
		for (int d = WRONG_MAGIC; d <= DEVIATION_LAST; d++) {
			int status;

			server = (struct server){ .answer = reply_of_row, .arg = (void *)&call_rows[i], .deviation = (enum deviation)d };
			status = serve(&server, one_call, (void *)&call_rows[i]);
			if (status != EX_PROTOCOL || !strstr(server.output, "broken reply to "))
				fail_msg("%s, deviation %d: status %d, said: %s", call_rows[i].name, d, status, server.output);
		}
}

static void a_simulator_that_goes_away_ends_the_application(void **state)
{
	(void) state;
	for (size_t i = 0; i < call_row_count; i++) {
		server = (struct server){ .deviation = HANG_UP };
		assert_int_equal(serve(&server, one_call, (void *)&call_rows[i]), EX_UNAVAILABLE);
		assert_non_null(strstr(server.output, "the simulator is gone"));
	}
}

/* A good reply with a few bytes changed, and a few results. */
static int32_t mutated(struct server *s, struct wire_writer *out, int *ret_fd)
{
	int32_t result = reply_of_row(s, out, ret_fd);

	for (int i = rand() % 3; i >= 0 && out->length > 0; i--)
		out->data[(size_t)rand() % out->length] = rand() % 2 ? 0xff : (uint8_t)rand();
	return rand() % 4 ? result : rand() % 5;
}

static int one_call_any_result(void *arg)
{
	const struct call_row *row = arg;

	return row->call() >= -1 ? 0 : 1;
}

/* What the sanitizers of the library's own build would find: anything but a clean result or a clean end. */
static void mutated_replies_never_overflow(void **state)
{
	unsigned seed = getenv("AZSIM_TEST_SEED") ? (unsigned)atoi(getenv("AZSIM_TEST_SEED")) : 20260101u;

	(void) state;
	srand(seed);
	for (size_t i = 0; i < call_row_count; i++)
		for (int k = 0; k < 25 && call_rows[i].reply; k++) {
			int status;

			server = (struct server){ .answer = mutated, .arg = (void *)&call_rows[i] };
			status = serve(&server, one_call_any_result, (void *)&call_rows[i]);
			if (status != 0 && status != EX_PROTOCOL)
				fail_msg("AZSIM_TEST_SEED=%u: %s: status %d: %s", seed, call_rows[i].name, status, server.output);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_makes_one_request_and_takes_its_reply),
		cmocka_unit_test(every_call_gives_the_errno_of_the_device),
		cmocka_unit_test(what_is_not_simulated_is_asked_for_all_the_same),
		cmocka_unit_test(a_broken_reply_ends_the_application_and_says_whose),
		cmocka_unit_test(a_simulator_that_goes_away_ends_the_application),
		cmocka_unit_test(mutated_replies_never_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
