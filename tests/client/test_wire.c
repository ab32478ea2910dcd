/* The message cursors: what is put comes out, and nothing is read or written beyond the end. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/wire/wire.h"

static size_t put_all(struct wire_writer *w)
{
	wire_put_u8(w, 0xfe);
	wire_put_u32(w, 0x01020304);
	wire_put_i32(w, INT32_MIN);
	wire_put_u64(w, UINT64_MAX - 1);
	wire_put_i64(w, INT64_MIN);
	wire_put_str(w, "RootCA1");
	wire_put_bytes(w, NULL, 0);
	return w->length;
}

static bool get_all(struct wire_reader *r)
{
	char text[8];
	size_t length;
	bool good = wire_get_u8(r) == 0xfe;

	good &= wire_get_u32(r) == 0x01020304;
	good &= wire_get_i32(r) == INT32_MIN;
	good &= wire_get_u64(r) == UINT64_MAX - 1;
	good &= wire_get_i64(r) == INT64_MIN;
	good &= wire_get_str(r, text, sizeof(text)) && strcmp(text, "RootCA1") == 0;
	good &= wire_get_bytes(r, &length) != NULL && length == 0;
	return good && wire_reader_done(r);
}

static void what_is_put_comes_out_in_little_endian(void **state)
{
	uint8_t buffer[64];
	struct wire_writer w;
	struct wire_reader r;

	(void) state;
	wire_writer_init(&w, buffer, sizeof(buffer));
	wire_reader_init(&r, buffer, put_all(&w));
	assert_false(w.failed);
	assert_memory_equal(buffer + 1, "\4\3\2\1", 4);
	assert_true(get_all(&r));
}

/* Exact heap blocks, so that a sanitizer sees one byte too many. */
static void every_shorter_buffer_and_message_fails(void **state)
{
	uint8_t whole[64];
	struct wire_writer w;
	size_t full;

	(void) state;
	wire_writer_init(&w, whole, sizeof(whole));
	full = put_all(&w);
	for (size_t n = 0; n < full; n++) {
		uint8_t *block = malloc(n ? n : 1);
		struct wire_reader r;

		wire_writer_init(&w, block, n);
		(void) put_all(&w);
		assert_true(w.failed);
		assert_true(w.length <= n);
		memcpy(block, whole, n);
		wire_reader_init(&r, block, n);
		assert_false(get_all(&r));
		assert_true(r.failed);
		assert_true(r.offset <= n);
		free(block);
	}
}

static void lying_lengths_fail_and_yield_nothing(void **state)
{
	static const uint32_t lengths[] = { 5, 0x7fffffff, 0x80000000, 0xfffffffb, 0xffffffff };

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		uint8_t message[8] = { 0, 0, 0, 0, 'a', 'b', 'c', 'd' };
		struct wire_reader r;
		char text[16] = "before";
		size_t length;

		memcpy(message, &lengths[i], 4);
		wire_reader_init(&r, message, sizeof(message));
		assert_non_null(wire_get_bytes(&r, &length));
		assert_int_equal(length, 0);
		assert_true(r.failed);
		assert_int_equal(wire_get_u8(&r), 0); /* stays failed */
		wire_reader_init(&r, message, sizeof(message));
		assert_false(wire_get_str(&r, text, sizeof(text)));
		assert_string_equal(text, "");
	}
}

static void strings_must_fit_and_hold_no_nul(void **state)
{
	uint8_t fits[] = { 3, 0, 0, 0, 'a', 'b', 'c' }, nul[] = { 3, 0, 0, 0, 'a', 0, 'c' };
	struct wire_reader r;
	char text[4];

	(void) state;
	wire_reader_init(&r, fits, sizeof(fits));
	assert_true(wire_get_str(&r, text, 4));
	assert_true(wire_reader_done(&r));
	wire_reader_init(&r, fits, sizeof(fits));
	assert_false(wire_get_str(&r, text, 3));
	wire_reader_init(&r, fits, sizeof(fits));
	assert_false(wire_get_str(&r, text, 0));
	wire_reader_init(&r, nul, sizeof(nul));
	assert_false(wire_get_str(&r, text, 4));
	assert_false(wire_reader_done(&r));
}

static void left_over_bytes_are_not_done(void **state)
{
	uint8_t two[2] = { 1, 2 };
	struct wire_reader r;

	(void) state;
	wire_reader_init(&r, two, sizeof(two));
	(void) wire_get_u8(&r);
	assert_false(wire_reader_done(&r));
	(void) wire_get_u8(&r);
	assert_true(wire_reader_done(&r));
}

static void more_than_a_message_never_fits(void **state)
{
	uint8_t *buffer = malloc(2 * WIRE_MAX_PAYLOAD);
	struct wire_writer w;

	(void) state;
	wire_writer_init(&w, buffer, 2 * WIRE_MAX_PAYLOAD);
	wire_put_bytes(&w, buffer, WIRE_MAX_PAYLOAD + 1);
	assert_true(w.failed);
	assert_int_equal(w.length, 0);
	wire_writer_init(&w, buffer, 2 * WIRE_MAX_PAYLOAD);
	wire_put_bytes(&w, buffer, SIZE_MAX);
	assert_true(w.failed);
	free(buffer);
}

static void errnos_of_the_api_travel_and_strangers_become_eio(void **state)
{
	static const int errnos[] = { EACCES, EAGAIN, EBADMSG, EBUSY,	 EEXIST, EFAULT, EFBIG,	 EINVAL, EIO,	   ENETDOWN,
				      ENOBUFS, ENODATA, ENODEV, ENOENT, ENOMEM, ENOSPC, ENOTCONN, EPERM, ERANGE };

	(void) state;
	for (size_t i = 0; i < ARRAY_LEN(errnos); i++) {
		assert_true(wire_from_errno(errnos[i]) > 0);
		assert_int_equal(wire_to_errno(wire_from_errno(errnos[i])), errnos[i]);
	}
	assert_int_equal(wire_to_errno(wire_from_errno(EXDEV)), EIO);
	assert_int_equal(wire_to_errno(0), EIO);
	assert_int_equal(wire_to_errno(-1), EIO);
	assert_int_equal(wire_to_errno(INT32_MAX), EIO);
	/* Codes are part of the protocol between builds: these must never move. */
	assert_int_equal(wire_from_errno(EIO), 1);
	assert_int_equal(wire_from_errno(EACCES), 2);
	assert_int_equal(wire_from_errno(EAGAIN), 3);
}

static void ops_have_names_both_ways(void **state)
{
	(void) state;
	assert_string_equal(wire_op_name(WIRE_CERTSTORE_MOVE), "CertStore_MoveCertificate");
	assert_int_equal(wire_op_by_name("CertStore_MoveCertificate"), WIRE_CERTSTORE_MOVE);
	assert_null(wire_op_name(9999));
	assert_int_equal(wire_op_by_name("CertStore_Nothing"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_comes_out_in_little_endian),
		cmocka_unit_test(every_shorter_buffer_and_message_fails),
		cmocka_unit_test(lying_lengths_fail_and_yield_nothing),
		cmocka_unit_test(strings_must_fit_and_hold_no_nul),
		cmocka_unit_test(left_over_bytes_are_not_done),
		cmocka_unit_test(more_than_a_message_never_fits),
		cmocka_unit_test(errnos_of_the_api_travel_and_strangers_become_eio),
		cmocka_unit_test(ops_have_names_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
