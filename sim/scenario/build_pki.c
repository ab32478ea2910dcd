/* The certificates of a scenario: names, uses, who signed whom, validity. */
#include <errno.h>
#include <stdio.h>

#include "certs/dates.h"
#include "sim/scenario/build.h"

const struct scn_cert *scenario_cert(const struct scenario *scenario, const char *name)
{
	for (size_t i = 0; i < scenario->cert_count; i++)
		if (strcmp(scenario->certs[i].name, name) == 0)
			return &scenario->certs[i];
	return NULL;
}

unsigned scenario_issued_number(const char *name)
{
	static const char prefix[] = "issued-";
	unsigned n = 0;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	name += sizeof(prefix) - 1;
	if (*name == '0' || strlen(name) > 6)
		return 0;
	for (; *name; name++) {
		if (*name < '0' || *name > '9')
			return 0;
		n = n * 10 + (unsigned)(*name - '0');
	}
	return n;
}

static int check_name(struct builder *b, const struct source_step *at, const struct raw_cert *raw, size_t index)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";

	if (strlen(raw->name) > 64 || strspn(raw->name, allowed) != strlen(raw->name))
		return build_fail(b, STEP_KEY(at, "name"), "`%.80s` is no name; 1 to 64 of A-Z a-z 0-9 . - _", raw->name);
	if (strncmp(raw->name, "issued-", 7) == 0)
		return build_fail(b, STEP_KEY(at, "name"), "`%s`: names with issued- stand for what the issuer hands out",
		                  raw->name);
	for (size_t i = 0; i < index; i++)
		if (strcmp(b->raw->pki[i].name, raw->name) == 0)
			return build_fail(b, STEP_KEY(at, "name"), "two certificates are named `%s`; rename one", raw->name);
	return 0;
}

static int check_fault(struct builder *b, const struct source_step *at, const struct raw_cert *raw)
{
	if (raw->fault == PKI_FAULT_WRONG_EKU && raw->use != PKI_SERVER && raw->use != PKI_CLIENT)
		return build_fail(b, STEP_KEY(at, "fault"), "wrong-eku is for uses server and client");
	if (raw->fault == PKI_FAULT_BAD_SIGNATURE && raw->use == PKI_ROOT)
		return build_fail(b, STEP_KEY(at, "fault"), "bad-signature is not for roots: nobody checks theirs");
	return 0;
}

static int check_issuer_key(struct builder *b, const struct source_step *at, const struct raw_cert *raw)
{
	if (raw->use == PKI_ROOT && raw->issuer)
		return build_fail(b, STEP_KEY(at, "issuer"), "a root has no issuer; remove `issuer`, or make it an intermediate");
	if (raw->use != PKI_ROOT && !raw->issuer)
		return build_fail(b, at, "`%s` needs `issuer`, the name of the certificate that signs it", raw->name);
	return 0;
}

static int build_validity(struct builder *b, const struct source_step *at, const struct raw_cert *raw, struct scn_cert *cert)
{
	const struct source_step *valid = STEP_KEY(at, "valid");
	char from[DATES_TEXT_MAX], until[DATES_TEXT_MAX];
	int r = build_instant(b, STEP_ITEM(valid, 0), raw->valid[0], &cert->not_before_s);

	if (r < 0)
		return r;
	r = build_instant(b, STEP_ITEM(valid, 1), raw->valid[1], &cert->not_after_s);
	if (r < 0)
		return r;
	if (cert->not_before_s < cert->not_after_s)
		return 0;
	dates_format(cert->not_before_s, from);
	dates_format(cert->not_after_s, until);
	return build_fail(b, STEP_ITEM(valid, 1), "`%s` ends (%s) before it begins (%s); swap or change the dates", raw->name,
	                  until, from);
}

static int build_one_cert(struct builder *b, size_t index, struct scn_cert *cert)
{
	const struct source_step *at = STEP_ITEM(STEP_KEY(NULL, "pki"), index);
	const struct raw_cert *raw = &b->raw->pki[index];
	int r = check_name(b, at, raw, index);

	if (r < 0)
		return r;
	r = check_fault(b, at, raw);
	if (r < 0)
		return r;
	r = check_issuer_key(b, at, raw);
	if (r < 0)
		return r;
	if (raw->cn && strlen(raw->cn) > 64) /* ub-common-name, RFC 5280 appendix A */
		return build_fail(b, STEP_KEY(at, "cn"), "`cn` is longer than the 64 bytes that X.509 allows");
	if (raw->dns && (raw->use != PKI_SERVER || strlen(raw->dns) > 253))
		return build_fail(b, STEP_KEY(at, "dns"), "`dns` is a host name of at most 253 bytes, for use server");
	if (raw->key_of && raw->key)
		return build_fail(b, STEP_KEY(at, "key"), "`key` beside `key_of`, whose key it is; remove `key`");
	r = build_validity(b, at, raw, cert);
	if (r < 0)
		return r;
	cert->use = (enum pki_use)raw->use;
	cert->key = (enum pki_key_type)raw->key;
	cert->fault = (enum pki_fault)raw->fault;
	cert->pos = build_pos(b, at);
	r = build_text(b, raw->name, &cert->name);
	if (r < 0)
		return r;
	r = build_text(b, raw->cn, &cert->cn);
	if (r < 0)
		return r;
	return build_text(b, raw->dns, &cert->dns);
}

/* Whose keys are whose. The owner of a key has it from nobody else, so that no two can wait for each other's. */
static int find_keys(struct builder *b, size_t *key_of)
{
	for (size_t i = 0; i < b->s->cert_count; i++) {
		const struct source_step *at = STEP_KEY(STEP_ITEM(STEP_KEY(NULL, "pki"), i), "key_of");
		struct scn_cert *cert = &b->s->certs[i];
		size_t other;
		int r = build_cert(b, at, b->raw->pki[i].key_of, BUILD_ANY_USE, &cert->key_of);

		if (r < 0)
			return r;
		key_of[i] = i;
		if (!cert->key_of)
			continue;
		other = (size_t)(scenario_cert(b->s, cert->key_of) - b->s->certs);
		if (other == i || b->raw->pki[other].key_of)
			return build_fail(b, at, "`%s` has no key of its own; name the certificate whose key it is", cert->key_of);
		cert->key = b->s->certs[other].key;
		key_of[i] = other;
	}
	return 0;
}

/* The issuers' places in the file; the certificate's own when it is a root. */
static int find_issuers(struct builder *b, size_t *issuer_of)
{
	for (size_t i = 0; i < b->s->cert_count; i++) {
		const struct source_step *at = STEP_KEY(STEP_ITEM(STEP_KEY(NULL, "pki"), i), "issuer");
		struct scn_cert *cert = &b->s->certs[i];
		int r = build_cert(b, at, b->raw->pki[i].issuer, BUILD_ANY_CA, &cert->issuer);

		if (r < 0)
			return r;
		if (cert->issuer && strcmp(cert->issuer, cert->name) == 0)
			return build_fail(b, at, "`%s` cannot be its own issuer; only a root is", cert->name);
		issuer_of[i] = cert->issuer ? (size_t)(scenario_cert(b->s, cert->issuer) - b->s->certs) : i;
	}
	for (size_t i = 0; i < b->s->cert_count; i++) {
		size_t at_cert = i;

		for (size_t steps = 0; issuer_of[at_cert] != at_cert; steps++, at_cert = issuer_of[at_cert])
			if (steps == b->s->cert_count)
				return build_fail(b, STEP_KEY(STEP_ITEM(STEP_KEY(NULL, "pki"), i), "issuer"),
				                  "the issuers of `%s` lead back to themselves; one of them must be a root",
				                  b->s->certs[i].name);
	}
	return 0;
}

/* Issuers and owners of keys first, otherwise in the order of the file. */
static int sort_certs(struct builder *b, const size_t *issuer_of, const size_t *key_of)
{
	size_t count = b->s->cert_count, done = 0;
	struct scn_cert *sorted = build_alloc(b, count, sizeof(*sorted));
	bool *placed = build_alloc(b, count, sizeof(*placed));

	if (!sorted || !placed)
		return -ENOMEM;
	while (done < count) {
		size_t before = done, waits = count;

		for (size_t i = 0; i < count; i++) {
			if (placed[i])
				continue;
			if ((issuer_of[i] != i && !placed[issuer_of[i]]) || (key_of[i] != i && !placed[key_of[i]])) {
				waits = key_of[i] != i ? i : waits;
				continue;
			}
			sorted[done++] = b->s->certs[i];
			placed[i] = true;
		}
		if (done == before)
			return build_fail(b, STEP_KEY(STEP_ITEM(STEP_KEY(NULL, "pki"), waits), "key_of"),
			                  "`%s` is signed, in the end, by the one that has its key; break the circle",
			                  b->s->certs[waits].key_of);
	}
	b->s->certs = sorted;
	for (size_t i = 0; i < count; i++)
		b->cert_names[i] = sorted[i].name;
	return 0;
}

int build_pki(struct builder *b)
{
	size_t count = b->raw->pki_count;
	size_t *issuer_of = build_alloc(b, count, sizeof(*issuer_of)), *key_of = build_alloc(b, count, sizeof(*key_of));
	int r;

	b->s->certs = build_alloc(b, count, sizeof(struct scn_cert));
	b->cert_names = build_alloc(b, count + 1, sizeof(char *));
	if (!issuer_of || !key_of || !b->s->certs || !b->cert_names)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		r = build_one_cert(b, i, &b->s->certs[i]);
		if (r < 0)
			return r;
		b->cert_names[i] = b->s->certs[i].name;
		b->s->cert_count = i + 1;
	}
	r = find_issuers(b, issuer_of);
	if (r == 0)
		r = find_keys(b, key_of);
	return r < 0 ? r : sort_certs(b, issuer_of, key_of);
}
