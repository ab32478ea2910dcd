/* PEM text from a certificate source: frames and base64 characters are checked here, the contents by the certificate store. */
#include "app/rotation/pem.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

static size_t skip_space(const char *body, size_t length, size_t at)
{
	while (at < length && is_space(body[at]))
		at++;
	return at;
}

static bool starts(const char *body, size_t length, size_t at, const char *what)
{
	size_t n = strlen(what);

	return length - at >= n && memcmp(body + at, what, n) == 0;
}

/* One block of the given label at *at; moves *at behind its last line. */
static int take_block(const char *body, size_t length, size_t *at, const char *label, struct pem_span *ret)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";
	size_t label_length = strlen(label), start = *at, i = *at, characters = 0;

	if (!starts(body, length, i, begin) || !starts(body, length, i + sizeof(begin) - 1, label))
		return -EBADMSG;
	i += sizeof(begin) - 1 + label_length;
	if (!starts(body, length, i, dashes))
		return -EBADMSG;
	i += sizeof(dashes) - 1;
	if (i >= length || !is_space(body[i]))
		return -EBADMSG;
	/* A header such as Proc-Type (an encrypted key) has a colon and stops here. */
	for (; i < length && body[i] != '-'; i++) {
		if (is_base64(body[i]))
			characters++;
		else if (!is_space(body[i]))
			return -EBADMSG;
	}
	if (characters == 0 || !starts(body, length, i, end) || !starts(body, length, i + sizeof(end) - 1, label))
		return -EBADMSG;
	i += sizeof(end) - 1 + label_length;
	if (!starts(body, length, i, dashes))
		return -EBADMSG;
	i += sizeof(dashes) - 1;
	if (i < length && !is_space(body[i]))
		return -EBADMSG;
	ret->text = body + start;
	ret->length = i - start;
	*at = skip_space(body, length, i);
	return 0;
}

int pem_one_certificate(const char *body, size_t length, struct pem_span *ret_certificate)
{
	struct pem_span certificate;
	size_t at = skip_space(body, length, 0);

	if (take_block(body, length, &at, "CERTIFICATE", &certificate) < 0 || at != length)
		return -EBADMSG;
	*ret_certificate = certificate;
	return 0;
}

int pem_certificate_and_key(const char *body, size_t length, struct pem_span *ret_certificate, struct pem_span *ret_key)
{
	static const char *const labels[] = { "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY" };
	struct pem_span certificate, key;
	size_t at = skip_space(body, length, 0);

	if (take_block(body, length, &at, "CERTIFICATE", &certificate) < 0)
		return -EBADMSG;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		size_t behind = at;

		if (take_block(body, length, &behind, labels[i], &key) < 0)
			continue;
		if (behind != length)
			return -EBADMSG;
		*ret_certificate = certificate;
		*ret_key = key;
		return 0;
	}
	return -EBADMSG;
}

uint64_t pem_fingerprint(const struct pem_span *span)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, 64 bits */

	for (size_t i = 0; i < span->length; i++) {
		if (is_space(span->text[i]))
			continue;
		hash ^= (uint8_t)span->text[i];
		hash *= 0x100000001b3u;
	}
	return hash ? hash : 1;
}
