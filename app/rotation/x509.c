/* DER by hand: RFC 5280's Certificate as far as the subject, and no further. All lengths are checked against what was read. */
#include "app/rotation/x509.h"

#include <errno.h>
#include <string.h>

enum {
	TAG_INTEGER = 0x02,
	TAG_OID = 0x06,
	TAG_UTF8 = 0x0c,
	TAG_PRINTABLE = 0x13,
	TAG_IA5 = 0x16,
	TAG_UTC_TIME = 0x17,
	TAG_GENERALIZED_TIME = 0x18,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_VERSION = 0xa0,
};

struct element {
	uint8_t tag;
	size_t at, length; /* of the contents */
};

int64_t x509_seconds(int64_t year, int month, int day, int hour, int minute, int second)
{
	int64_t y = year - (month < 3 ? 1 : 0), m = (month + 9) % 12; /* years from March */
	int64_t days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;

	return days * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The base64 between the frame lines, as much as there is room for. */
static void decode(const struct pem_span *pem, struct x509_glance *g)
{
	const char *text = memchr(pem->text, '\n', pem->length), *end = pem->text + pem->length;
	uint32_t bits = 0;
	unsigned have = 0;

	for (; text && text < end && *text != '-' && *text != '='; text++) {
		int digit = digit_of(*text);

		if (digit < 0)
			continue; /* white space: pem.c let nothing else through */
		bits = bits << 6 | (uint32_t)digit;
		have += 6;
		if (have < 8)
			continue;
		if (g->length == sizeof(g->der))
			return;
		have -= 8;
		g->der[g->length++] = (uint8_t)(bits >> have);
	}
}

/* The element at *at, which must end within `end`. A sequence around everything may go on behind what was decoded: `open`. */
static int take(const struct x509_glance *g, size_t *at, size_t end, uint8_t tag, bool open, struct element *ret)
{
	size_t i = *at, length;

	if (end - i < 2 || g->der[i] != tag)
		return -EBADMSG;
	length = g->der[i + 1];
	i += 2;
	if (length >= 0x80) {
		size_t bytes = length & 0x7f;

		if (bytes < 1 || bytes > 2 || end - i < bytes)
			return -EBADMSG;
		for (length = 0; bytes > 0; bytes--)
			length = length << 8 | g->der[i++];
	}
	if (length > end - i) {
		if (!open)
			return -EBADMSG;
		length = end - i;
	}
	*ret = (struct element){ .tag = tag, .at = i, .length = length };
	*at = i + length;
	return 0;
}

static int number(const uint8_t *digits, size_t count)
{
	int v = 0;

	for (size_t i = 0; i < count; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return -1;
		v = v * 10 + digits[i] - '0';
	}
	return v;
}

static int take_time(const struct x509_glance *g, size_t *at, size_t end, int64_t *ret_s)
{
	struct element e;
	size_t year_digits;
	const uint8_t *p;
	int year, field[5];

	if (take(g, at, end, TAG_UTC_TIME, false, &e) == 0)
		year_digits = 2;
	else if (take(g, at, end, TAG_GENERALIZED_TIME, false, &e) == 0)
		year_digits = 4;
	else
		return -EBADMSG;
	/* RFC 5280: always with seconds, always Z. */
	if (e.length != year_digits + 11 || g->der[e.at + e.length - 1] != 'Z')
		return -EBADMSG;
	p = g->der + e.at;
	year = number(p, year_digits);
	for (size_t i = 0; i < 5; i++) {
		field[i] = number(p + year_digits + 2 * i, 2);
		if (field[i] < 0)
			return -EBADMSG;
	}
	if (year < 0 || field[0] < 1 || field[0] > 12 || field[1] < 1 || field[1] > 31)
		return -EBADMSG;
	if (year_digits == 2)
		year += year < 50 ? 2000 : 1900;
	*ret_s = x509_seconds(year, field[0], field[1], field[2], field[3], field[4]);
	return 0;
}

int x509_look(const struct pem_span *certificate, struct x509_glance *g)
{
	struct element outer, tbs, skipped, issuer, validity, subject;
	size_t at = 0, end;

	g->length = 0;
	decode(certificate, g);
	if (take(g, &at, g->length, TAG_SEQUENCE, true, &outer) < 0)
		return -EBADMSG;
	at = outer.at;
	if (take(g, &at, outer.at + outer.length, TAG_SEQUENCE, true, &tbs) < 0)
		return -EBADMSG;
	at = tbs.at;
	end = tbs.at + tbs.length;
	(void) take(g, &at, end, TAG_VERSION, false, &skipped); /* absent in version 1 */
	if (take(g, &at, end, TAG_INTEGER, false, &skipped) < 0 || take(g, &at, end, TAG_SEQUENCE, false, &skipped) < 0 ||
	    take(g, &at, end, TAG_SEQUENCE, false, &issuer) < 0 || take(g, &at, end, TAG_SEQUENCE, false, &validity) < 0 ||
	    take(g, &at, end, TAG_SEQUENCE, false, &subject) < 0)
		return -EBADMSG;
	g->issuer_at = issuer.at;
	g->issuer_length = issuer.length;
	g->subject_at = subject.at;
	g->subject_length = subject.length;
	at = validity.at;
	end = validity.at + validity.length;
	if (take_time(g, &at, end, &g->not_before_s) < 0 || take_time(g, &at, end, &g->not_after_s) < 0 || at != end)
		return -EBADMSG;
	return 0;
}

/* Characters that no writer of such lines escapes, and that cannot be taken for the line's own. */
static bool is_plain(const uint8_t *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~' || text[i] == '/' || text[i] == '\\' || text[i] == '+')
			return false;
	return length > 0;
}

/* One "/KEY=VALUE" of the line must hold this value; moves *line behind it. */
static bool line_goes_on(const char **line, const uint8_t *value, size_t length)
{
	const char *p = *line;

	if (*p != '/')
		return false;
	p = strchr(p, '=');
	if (!p || strlen(p + 1) < length || memcmp(p + 1, value, length) != 0)
		return false;
	*line = p + 1 + length;
	return **line == '\0' || **line == '/';
}

static bool name_is(const struct x509_glance *g, size_t at, size_t length, const char *line)
{
	size_t end = at + length;

	while (at < end) {
		struct element set, pair, value;
		size_t inner;

		if (take(g, &at, end, TAG_SET, false, &set) < 0)
			return false;
		inner = set.at;
		if (take(g, &inner, set.at + set.length, TAG_SEQUENCE, false, &pair) < 0 || inner != set.at + set.length)
			return false;
		inner = pair.at;
		if (take(g, &inner, pair.at + pair.length, TAG_OID, false, &value) < 0 ||
		    (take(g, &inner, pair.at + pair.length, TAG_UTF8, false, &value) < 0 &&
		     take(g, &inner, pair.at + pair.length, TAG_PRINTABLE, false, &value) < 0 &&
		     take(g, &inner, pair.at + pair.length, TAG_IA5, false, &value) < 0))
			return false;
		if (!is_plain(g->der + value.at, value.length) || !line_goes_on(&line, g->der + value.at, value.length))
			return false;
	}
	return *line == '\0' && length > 0;
}

bool x509_subject_is(const struct x509_glance *g, const char *line)
{
	return name_is(g, g->subject_at, g->subject_length, line);
}

bool x509_issuer_is(const struct x509_glance *g, const char *line)
{
	return name_is(g, g->issuer_at, g->issuer_length, line);
}
