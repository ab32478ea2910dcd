/* Cursors, op names and errno numbers of the messages in wire.h.
 *
 * Both sides read what the other wrote, so every length is checked here, once: a reader never leaves its message and a
 * writer never leaves its buffer. After the first failure a cursor stays failed, so callers check once, at the end.
 */
#include "emu-applibs/wire/wire.h"

#include <errno.h>
#include <string.h>

#include "emu-applibs/base/base.h"

static const struct {
	uint16_t op;
	const char *name;
} OPS[] = {
#define X(op, number, name) { number, name },
	WIRE_OPS(X)
#undef X
};

const char *wire_op_name(uint16_t op)
{
	for (size_t i = 0; i < ARRAY_LEN(OPS); i++)
		if (OPS[i].op == op)
			return OPS[i].name;
	return NULL;
}

uint16_t wire_op_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(OPS); i++)
		if (strcmp(OPS[i].name, name) == 0)
			return OPS[i].op;
	return 0;
}

/* The codes are the position in this list, from 1: append only. EIO is the answer to
 * everything unknown, so it comes first. */
static const int ERRNOS[] = {
	EIO,       EACCES, EAGAIN,   ENETDOWN, EFAULT,       EINVAL,  ERANGE,   ENOENT,    ENODEV,
	ENOSPC,    ENOMEM, EEXIST,   ENOTCONN, ENODATA,      EPERM,   EBUSY,    EBADF,     EINTR,
	ENOBUFS,   EFBIG,  ENOSYS,   ENOTSUP,  EADDRNOTAVAIL, EPROTO, EBADMSG,  EMSGSIZE,  ETIMEDOUT,
	ENAMETOOLONG, ENETUNREACH, EHOSTUNREACH, ECONNREFUSED,
};

int32_t wire_from_errno(int errno_value)
{
	for (size_t i = 0; i < ARRAY_LEN(ERRNOS); i++)
		if (ERRNOS[i] == errno_value)
			return (int32_t)i + 1;
	return 1;
}

int wire_to_errno(int32_t code)
{
	if (code < 1 || (size_t)code > ARRAY_LEN(ERRNOS))
		return EIO;
	return ERRNOS[code - 1];
}

void wire_writer_init(struct wire_writer *w, void *buffer, size_t capacity)
{
	*w = (struct wire_writer){ .data = buffer, .capacity = capacity };
}

/* Room for `length` more bytes, or NULL and the writer is failed. */
static uint8_t *claim(struct wire_writer *w, size_t length)
{
	uint8_t *at;

	if (w->failed || length > w->capacity - w->length) {
		w->failed = true;
		return NULL;
	}
	at = w->data + w->length;
	w->length += length;
	return at;
}

static void put_le(struct wire_writer *w, uint64_t v, size_t width)
{
	uint8_t *at = claim(w, width);

	if (!at)
		return;
	for (size_t i = 0; i < width; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

void wire_put_u8(struct wire_writer *w, uint8_t v)
{
	put_le(w, v, 1);
}

void wire_put_u32(struct wire_writer *w, uint32_t v)
{
	put_le(w, v, 4);
}

void wire_put_i32(struct wire_writer *w, int32_t v)
{
	put_le(w, (uint32_t)v, 4);
}

void wire_put_u64(struct wire_writer *w, uint64_t v)
{
	put_le(w, v, 8);
}

void wire_put_i64(struct wire_writer *w, int64_t v)
{
	put_le(w, (uint64_t)v, 8);
}

void wire_put_bytes(struct wire_writer *w, const void *bytes, size_t length)
{
	uint8_t *at;

	/* Longer than any message: its length must not be cut to 32 bits and then seem to fit. */
	if (length > WIRE_MAX_PAYLOAD) {
		w->failed = true;
		return;
	}
	wire_put_u32(w, (uint32_t)length);
	if (length == 0)
		return;
	at = claim(w, length);
	if (at)
		memcpy(at, bytes, length);
}

void wire_put_str(struct wire_writer *w, const char *s)
{
	wire_put_bytes(w, s, strlen(s));
}

void wire_reader_init(struct wire_reader *r, const void *data, size_t length)
{
	*r = (struct wire_reader){ .data = data, .length = length };
}

/* The next `length` bytes, or NULL and the reader is failed. */
static const uint8_t *take(struct wire_reader *r, size_t length)
{
	const uint8_t *at;

	if (r->failed || length > r->length - r->offset) {
		r->failed = true;
		return NULL;
	}
	at = r->data + r->offset;
	r->offset += length;
	return at;
}

static uint64_t get_le(struct wire_reader *r, size_t width)
{
	const uint8_t *at = take(r, width);
	uint64_t v = 0;

	for (size_t i = 0; at && i < width; i++)
		v |= (uint64_t)at[i] << (8 * i);
	return v;
}

uint8_t wire_get_u8(struct wire_reader *r)
{
	return (uint8_t)get_le(r, 1);
}

uint32_t wire_get_u32(struct wire_reader *r)
{
	return (uint32_t)get_le(r, 4);
}

int32_t wire_get_i32(struct wire_reader *r)
{
	return (int32_t)wire_get_u32(r);
}

uint64_t wire_get_u64(struct wire_reader *r)
{
	return get_le(r, 8);
}

int64_t wire_get_i64(struct wire_reader *r)
{
	return (int64_t)wire_get_u64(r);
}

const uint8_t *wire_get_bytes(struct wire_reader *r, size_t *ret_length)
{
	static const uint8_t EMPTY[1];
	uint32_t length = wire_get_u32(r);
	const uint8_t *at = r->failed || length == 0 ? NULL : take(r, length);

	*ret_length = at ? length : 0;
	return at ? at : EMPTY;
}

bool wire_get_str(struct wire_reader *r, char *buffer, size_t capacity)
{
	size_t length;
	const uint8_t *bytes = wire_get_bytes(r, &length);

	if (capacity > 0)
		buffer[0] = '\0';
	if (r->failed || length >= capacity || memchr(bytes, '\0', length)) {
		r->failed = true;
		return false;
	}
	memcpy(buffer, bytes, length);
	buffer[length] = '\0';
	return true;
}

bool wire_reader_done(const struct wire_reader *r)
{
	return !r->failed && r->offset == r->length;
}
