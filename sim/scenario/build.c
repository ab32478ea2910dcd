/* See build.h: the small checks that all parts share. */
#include "sim/scenario/build.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "certs/dates.h"

int build_fail(struct builder *b, const struct source_step *at, const char *format, ...)
{
	const struct source_node *node = source_find(b->root, at);
	char text[1024];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	az_error_set(b->error, AZ_USAGE, "%s:%u:%u: %s", b->file, node->line, node->column, text);
	return -EINVAL;
}

bool build_present(const struct builder *b, const struct source_step *at)
{
	const struct source_node *parent = source_find(b->root, at->up);

	return at->key ? source_child(parent, at->key) != NULL : at->index < parent->child_count;
}

struct scn_pos build_pos(const struct builder *b, const struct source_step *at)
{
	const struct source_node *node = source_find(b->root, at);

	return (struct scn_pos){.line = node->line, .column = node->column};
}

static int out_of_memory(struct builder *b)
{
	az_error_set(b->error, AZ_ENVIRONMENT, "%s: out of memory", b->file);
	return -ENOMEM;
}

void *build_alloc(struct builder *b, size_t count, size_t size)
{
	void *p = memory_alloc(b->s, count, size);

	if (!p)
		(void) out_of_memory(b);
	return p;
}

int build_text(struct builder *b, const char *raw, char **ret)
{
	size_t length;
	char *copy;

	if (!raw) {
		*ret = NULL;
		return 0;
	}
	length = strlen(raw);
	copy = build_alloc(b, length + 1, 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, raw, length);
	*ret = copy;
	return 0;
}

int build_duration(struct builder *b, const struct source_step *at, const char *raw, int64_t min_s, int64_t *ret_s)
{
	char least[DATES_TEXT_MAX];
	int64_t s;
	int r;

	if (!raw)
		return 0;
	r = dates_parse_duration(raw, &s);
	if (r == -EINVAL)
		return build_fail(b, at, "`%.64s` is no duration; write numbers with a unit y, w, d, h, m or s, as 90d or 1d12h",
		                  raw);
	if (r < 0 || s > BUILD_LENGTH_MAX_S || s < -BUILD_LENGTH_MAX_S)
		return build_fail(b, at, "`%.64s` is too long; at most 100y", raw);
	if (s < min_s) {
		dates_format_duration(min_s, least);
		return build_fail(b, at, "`%.64s` is too short; at least %s", raw, least);
	}
	*ret_s = s;
	return 0;
}

int build_duration_ns(struct builder *b, const struct source_step *at, const char *raw, int64_t min_s, uint64_t *ret_ns)
{
	int64_t s = 0;
	int r;

	if (!raw)
		return 0;
	r = build_duration(b, at, raw, min_s < 0 ? 0 : min_s, &s);
	if (r < 0)
		return r;
	*ret_ns = (uint64_t)s * NS_PER_S;
	return 0;
}

int build_step(struct builder *b, const struct source_step *at, const char *raw, bool *ret_has, int64_t *ret_s)
{
	int r;

	if (!raw)
		return 0;
	r = build_duration(b, at, raw, -BUILD_LENGTH_MAX_S, ret_s);
	if (r < 0)
		return r;
	*ret_has = true;
	return 0;
}

int build_instant(struct builder *b, const struct source_step *at, const char *raw, int64_t *ret_s)
{
	int r;

	if (!raw)
		return 0;
	r = dates_parse_instant(raw, b->s->start_s, ret_s);
	if (r == -ERANGE)
		return build_fail(b, at, "`%.64s` is outside the years 1950 to 9999", raw);
	if (r < 0)
		return build_fail(b, at,
		                  "`%.64s` is no instant; write an existing day as 2026-06-01 or 2026-06-01T00:00Z, or a signed "
		                  "duration from the start as +90d",
		                  raw);
	return 0;
}

int build_run_time(struct builder *b, const struct source_step *at, const char *raw, uint64_t *ret_ns)
{
	int64_t s, length_s = (int64_t)(b->s->length_ns / NS_PER_S);
	char edge[DATES_TEXT_MAX], length[DATES_TEXT_MAX];
	int r;

	if (!raw)
		return 0;
	r = build_instant(b, at, raw, &s);
	if (r < 0)
		return r;
	if (s < b->s->start_s) {
		dates_format(b->s->start_s, edge);
		return build_fail(b, at, "`%.64s` is before the start of the run (%s)", raw, edge);
	}
	if (s - b->s->start_s > length_s) {
		dates_format(b->s->start_s + length_s, edge);
		dates_format_duration(length_s, length);
		return build_fail(b, at, "`%.64s` is after the end of the run (+%s, %s); move it or raise `length`", raw, length,
		                  edge);
	}
	*ret_ns = (uint64_t)(s - b->s->start_s) * NS_PER_S;
	return 0;
}

int build_id(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
	size_t length;

	if (!raw)
		return 0;
	length = strlen(raw);
	if (length < 1 || length > 16 || strspn(raw, allowed) != length)
		return build_fail(b, at, "`%.64s` is no certificate id; 1 to 16 of A-Z a-z 0-9 . - _", raw);
	return build_text(b, raw, ret);
}

int build_network_name(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	if (!raw)
		return 0;
	if (strlen(raw) > 16)
		return build_fail(b, at, "`%.64s` is no network name; 1 to 16 bytes", raw);
	return build_text(b, raw, ret);
}

static int fail_use(struct builder *b, const struct source_step *at, const struct scn_cert *cert, unsigned uses)
{
	char wanted[96] = "";
	size_t n = 0;

	for (unsigned use = PKI_ROOT; use <= PKI_DEVICE_AUTH; use++)
		if (uses & BUILD_USE(use))
			n += (size_t)snprintf(wanted + n, sizeof(wanted) - n, "%s%s", n ? " or " : "", pki_use_name(use));
	return build_fail(b, at, "`%s` is of use %s; it must be of use %s here", cert->name, pki_use_name(cert->use), wanted);
}

int build_cert(struct builder *b, const struct source_step *at, const char *raw, unsigned uses, char **ret)
{
	char hint[NAMES_HINT_MAX];
	const struct scn_cert *cert;

	if (!raw)
		return 0;
	cert = scenario_cert(b->s, raw);
	if (!cert) {
		names_hint(raw, b->cert_names, b->s->cert_count, hint);
		return build_fail(b, at, "`pki` has no certificate `%.64s`; %s", raw, hint);
	}
	if (uses != BUILD_ANY_USE && !(uses & BUILD_USE(cert->use)))
		return fail_use(b, at, cert, uses);
	*ret = cert->name;
	return 0;
}

int build_cert_or_issued(struct builder *b, const struct source_step *at, const char *raw, unsigned uses, bool any, char **ret)
{
	if (raw && (scenario_issued_number(raw) > 0 || (any && strcmp(raw, SCN_ISSUED_ANY) == 0)))
		return build_text(b, raw, ret);
	if (raw && strncmp(raw, "issued-", 7) == 0)
		return build_fail(b, at, "`%.64s` is no issued certificate; issued-1 is the first that the issuer hands out", raw);
	return build_cert(b, at, raw, uses, ret);
}

int build_known(struct builder *b, const struct source_step *at, const char *what, const char *raw,
                const char *const *known, size_t count, char **ret)
{
	char hint[NAMES_HINT_MAX];

	if (!raw)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(known[i], raw) == 0)
			return build_text(b, raw, ret);
	names_hint(raw, known, count, hint);
	return build_fail(b, at, "there is no %s `%.64s`; %s", what, raw, hint);
}

int build_names(struct builder *b, const struct source_step *at, char *const *raw, unsigned count, build_one *one,
                char ***ret)
{
	char **names;

	if (!build_present(b, at))
		return 0;
	names = build_alloc(b, (size_t)count + 1, sizeof(char *));
	if (!names)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		const struct source_step *item = STEP_ITEM(at, i);
		int r;

		for (unsigned j = 0; j < i; j++)
			if (strcmp(raw[i], raw[j]) == 0)
				return build_fail(b, item, "`%.64s` is in this list twice; keep one", raw[i]);
		r = one(b, item, raw[i], &names[i]);
		if (r < 0)
			return r;
	}
	*ret = names;
	return 0;
}
