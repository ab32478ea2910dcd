/* The network and the issuer: as they are at the start, and the changes that events make to them. */
#include <errno.h>

#include "sim/scenario/build.h"

static int one_ca(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	return build_cert(b, at, raw, BUILD_ANY_CA, ret);
}

static int one_cert(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	return build_cert(b, at, raw, BUILD_ANY_USE, ret);
}

static int one_identity(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	if (strlen(raw) > 254)
		return build_fail(b, at, "this identity is longer than 254 bytes");
	return build_text(b, raw, ret);
}

static int one_client(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	return build_cert_or_issued(b, at, raw, BUILD_USE(PKI_CLIENT), false, ret);
}

/* A list that is there says from when until when it counts; one that is not has no dates. */
static int check_crl(struct builder *b, const struct source_step *at, const struct raw_crl *raw)
{
	static const char *const keys[] = {"from", "until"};
	const char *const values[] = {raw->from, raw->until};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!raw->state && !values[i])
			return build_fail(b, at, "`%s` is missing in `crl`", keys[i]);
		if (raw->state && values[i])
			return build_fail(b, STEP_KEY(at, keys[i]), "`%s` beside `state`: there is no list then; remove one", keys[i]);
	}
	if (raw->state && build_present(b, STEP_KEY(at, "revoked")))
		return build_fail(b, STEP_KEY(at, "revoked"), "`revoked` beside `state`: there is no list then; remove one");
	return 0;
}

static int build_crl(struct builder *b, const struct source_step *at, const struct raw_crl *raw, struct scn_radius *ret)
{
	const char *issuer = ret->client_roots ? ret->client_roots[0] : b->s->radius.client_roots[0];
	int r;

	if (!raw)
		return 0;
	r = check_crl(b, at, raw);
	if (r < 0)
		return r;
	ret->crl_state = raw->state;
	if (raw->state) {
		ret->has_crl = true;
		return 0;
	}
	r = build_names(b, STEP_KEY(at, "revoked"), raw->revoked, raw->revoked_count, one_cert, &ret->crl_revoked);
	if (r < 0)
		return r;
	r = build_instant(b, STEP_KEY(at, "from"), raw->from, &ret->crl_from_s);
	if (r < 0)
		return r;
	r = build_instant(b, STEP_KEY(at, "until"), raw->until, &ret->crl_until_s);
	if (r < 0)
		return r;
	if (ret->crl_from_s >= ret->crl_until_s)
		return build_fail(b, STEP_KEY(at, "until"), "the CRL ends before it begins; swap or change the dates");
	for (size_t i = 0; ret->crl_revoked && ret->crl_revoked[i]; i++) {
		const struct scn_cert *cert = scenario_cert(b->s, ret->crl_revoked[i]);

		if (!cert->issuer || strcmp(cert->issuer, issuer) != 0)
			return build_fail(b, STEP_ITEM(STEP_KEY(at, "revoked"), i),
			                  "`%s` was not issued by `%s`, whose CRL this is (the first of `client_roots`)", cert->name,
			                  issuer);
	}
	ret->has_crl = true;
	if (!ret->crl_revoked) {
		ret->crl_revoked = build_alloc(b, 1, sizeof(char *));
		if (!ret->crl_revoked)
			return -ENOMEM;
	}
	return 0;
}

int build_radius(struct builder *b, const struct source_step *at, const struct raw_radius *raw, struct scn_radius *ret)
{
	int r = build_cert(b, STEP_KEY(at, "server"), raw->server, BUILD_USE(PKI_SERVER), &ret->server);

	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "client_roots"), raw->client_roots, raw->client_roots_count, one_ca, &ret->client_roots);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "identities"), raw->identities, raw->identities_count, one_identity, &ret->identities);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "chain"), raw->chain, raw->chain_count, one_cert, &ret->chain);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "only_clients"), raw->only_clients, raw->only_clients_count, one_client, &ret->only_clients);
	if (r < 0)
		return r;
	if (raw->fragment_size && (*raw->fragment_size < NET_FRAGMENT_MIN || *raw->fragment_size > NET_FRAGMENT_MAX))
		return build_fail(b, STEP_KEY(at, "fragment_size"), "`fragment_size` is %d to %d bytes", NET_FRAGMENT_MIN, NET_FRAGMENT_MAX);
	ret->fragment_size = raw->fragment_size ? *raw->fragment_size : ret->fragment_size;
	r = build_crl(b, STEP_KEY(at, "crl"), raw->crl, ret);
	if (r < 0)
		return r;
	r = build_step(b, STEP_KEY(at, "clock_step"), raw->clock_step, &ret->has_clock_step, &ret->clock_step_s);
	if (r < 0)
		return r;
	ret->up = raw->up ? raw->up : ret->up;
	ret->secret_wrong = raw->secret_wrong ? raw->secret_wrong : ret->secret_wrong;
	ret->cn_must_match = raw->cn_must_match ? raw->cn_must_match : ret->cn_must_match;
	ret->tls = raw->tls ? raw->tls : ret->tls;
	return 0;
}

/* As WPA2 wants it: 8 to 63 printable characters, or 64 hex digits. */
int build_psk(struct builder *b, const struct source_step *at, enum auth_security security, const char *raw, char **ret)
{
	size_t length = raw ? strlen(raw) : 0;

	if (security != AUTH_SECURITY_PSK)
		return raw ? build_fail(b, STEP_KEY(at, "psk"), "`psk` goes with `security: psk`; add it") : 0;
	if (!raw)
		return build_fail(b, at, "`psk` is missing: the passphrase of a network with `security: psk`");
	for (size_t i = 0; i < length; i++)
		if (raw[i] < ' ' || raw[i] > '~')
			return build_fail(b, STEP_KEY(at, "psk"), "`psk` has a character that is not printable ASCII");
	if (length < 8 || length > 64 || (length == 64 && strspn(raw, "0123456789abcdefABCDEF") != 64))
		return build_fail(b, STEP_KEY(at, "psk"), "`psk` has %zu characters: 8 to 63, or 64 hex digits", length);
	return build_text(b, raw, ret);
}

int build_signal(struct builder *b, const struct source_step *at, const int *raw, int *ret)
{
	if (raw && (*raw < NET_SIGNAL_MIN || *raw > NET_SIGNAL_MAX))
		return build_fail(b, STEP_KEY(at, "signal"), "`signal` is %d to %d (dBm, at the device)", NET_SIGNAL_MIN, NET_SIGNAL_MAX);
	*ret = raw ? *raw : NET_SIGNAL_DEFAULT;
	return 0;
}

int build_loss(struct builder *b, const struct source_step *at, const char *raw, unsigned *ret_percent)
{
	size_t digits = raw ? strspn(raw, "0123456789") : 0;

	*ret_percent = 0;
	if (!raw)
		return 0;
	if (digits < 1 || digits > 3 || strcmp(raw + digits, "%") != 0 || atoi(raw) > 100)
		return build_fail(b, STEP_KEY(at, "loss"), "`loss` is 0%% to 100%% of the frames, a whole number and `%%`: 30%%");
	*ret_percent = (unsigned)atoi(raw);
	b->s->loses_frames = b->s->loses_frames || *ret_percent > 0;
	return 0;
}

/* At the start. */
static int build_air(struct builder *b, const struct source_step *at, enum scn_tri up, enum scn_tri in_range, const int *raw_signal,
                     const char *raw_loss, struct net_air *ret)
{
	int r = build_signal(b, at, raw_signal, &ret->signal_dbm);

	ret->up = up != SCN_NO;
	ret->in_range = in_range != SCN_NO;
	return r == 0 ? build_loss(b, at, raw_loss, &ret->loss_percent) : r;
}

int build_access_point(struct builder *b, const struct source_step *at, const char *raw)
{
	for (size_t i = 0; i < b->s->bss_count; i++)
		if (b->s->bss[i].name && strcmp(raw, b->s->bss[i].name) == 0)
			return (int)i;
	return build_fail(b, at, "there is no access point with the name `%.32s` in `access_points` of `network`", raw);
}

static int build_bss(struct builder *b, const struct source_step *at, const struct raw_network *raw)
{
	struct scenario *s = b->s;

	s->bss_count = 1;
	s->bss[0] = (struct scn_bss){.air = NET_AIR_WELL};
	for (unsigned i = 0; i < raw->access_points_count; i++) {
		const struct raw_bss *from = &raw->access_points[i];
		const struct source_step *item = STEP_ITEM(STEP_KEY(at, "access_points"), i);
		struct scn_bss *bss = &s->bss[i];
		size_t length = strlen(from->name);
		int r;

		if (length > 32 || strspn(from->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") != length)
			return build_fail(b, STEP_KEY(item, "name"), "`name` is 1 to 32 of `A-Z a-z 0-9 . - _`");
		for (unsigned j = 0; j < i; j++)
			if (strcmp(s->bss[j].name, from->name) == 0)
				return build_fail(b, STEP_KEY(item, "name"), "there are two access points with the name `%s`; rename one", from->name);
		r = build_text(b, from->name, &bss->name);
		if (r == 0)
			r = build_air(b, item, from->up, from->in_range, from->signal, from->loss, &bss->air);
		if (r < 0)
			return r;
		s->bss_count = i + 1;
	}
	return 0;
}

static int build_others(struct builder *b, const struct source_step *at, const struct raw_network *raw)
{
	b->s->others = build_alloc(b, raw->others_count + 1, sizeof(*b->s->others));
	if (!b->s->others)
		return -ENOMEM;
	for (unsigned i = 0; i < raw->others_count; i++) {
		const struct raw_other_ap *from = &raw->others[i];
		const struct source_step *item = STEP_ITEM(STEP_KEY(at, "others"), i);
		struct scn_other_ap *ap = &b->s->others[i];
		int r;

		if (strlen(from->ssid) > 32)
			return build_fail(b, STEP_KEY(item, "ssid"), "`ssid` is longer than 32 bytes");
		if (!from->security || from->security == AUTH_SECURITY_EAP_TLS + 1)
			return build_fail(b, item, "`security` of an access point beside the first is `open` or `psk`: those with RADIUS are `access_points`");
		ap->security = (enum auth_security)(from->security - 1);
		ap->hidden = from->hidden == SCN_YES;
		r = build_air(b, item, from->up, from->in_range, from->signal, from->loss, &ap->air);
		if (r == 0)
			r = build_text(b, from->ssid, &ap->ssid);
		if (r == 0)
			r = build_psk(b, item, ap->security, from->psk, &ap->psk);
		if (r < 0)
			return r;
		b->s->other_count = i + 1;
	}
	return 0;
}

int build_network(struct builder *b)
{
	const struct source_step *at = STEP_KEY(NULL, "network");
	const struct raw_network *raw = b->raw->network;
	int r;

	if (strlen(raw->ssid) > 32)
		return build_fail(b, STEP_KEY(at, "ssid"), "`ssid` is longer than 32 bytes");
	r = build_text(b, raw->ssid, &b->s->ssid);
	if (r < 0)
		return r;
	b->s->hidden = raw->hidden == SCN_YES;
	b->s->pmksa_caching = raw->pmksa_caching == SCN_YES;
	r = build_bss(b, at, raw);
	if (r == 0)
		r = build_others(b, at, raw);
	if (r < 0)
		return r;
	b->s->reauth_ns = 24 * 3600 * NS_PER_S;
	if (raw->reauth && strcmp(raw->reauth, "never") == 0)
		b->s->reauth_ns = 0;
	else
		r = build_duration_ns(b, STEP_KEY(at, "reauth"), raw->reauth, 60, &b->s->reauth_ns);
	if (r < 0)
		return r;
	if (!raw->radius.server)
		return build_fail(b, at, "`server` is missing in `network`; name the certificate that RADIUS presents");
	if (!raw->radius.client_roots)
		return build_fail(b, at, "`client_roots` is missing in `network`; name the roots from which RADIUS takes clients");
	b->s->radius = (struct scn_radius){.up = SCN_YES, .secret_wrong = SCN_NO, .cn_must_match = SCN_YES, .tls = 12, .fragment_size = NET_FRAGMENT_DEFAULT};
	return build_radius(b, at, &raw->radius, &b->s->radius);
}

int build_issuer(struct builder *b, const struct source_step *at, const struct raw_issuer *raw, struct scn_issuer *ret)
{
	static const char *const wrongs[] = {"html", "empty", "truncated", "garbage", "key-mismatch", "huge"};
	int64_t life_s = (int64_t)ret->client_life_s;
	int r;

	if (raw->delay && raw->state != SCN_ISSUER_SLOW)
		return build_fail(b, STEP_KEY(at, "delay"), "`delay` goes with `state: slow`; add it");
	if (raw->wrong && raw->state != SCN_ISSUER_WRONG)
		return build_fail(b, STEP_KEY(at, "wrong"), "`wrong` goes with `state: wrong`; add it");
	r = build_cert(b, STEP_KEY(at, "root"), raw->root, BUILD_ANY_CA, &ret->root);
	if (r < 0)
		return r;
	r = build_cert(b, STEP_KEY(at, "client_ca"), raw->client_ca, BUILD_ANY_CA, &ret->client_ca);
	if (r < 0)
		return r;
	r = build_cert(b, STEP_KEY(at, "tenant_ca"), raw->tenant_ca, BUILD_USE(PKI_ROOT), &ret->tenant_ca);
	if (r < 0)
		return r;
	r = build_duration(b, STEP_KEY(at, "client_life"), raw->client_life, 60, &life_s);
	if (r < 0)
		return r;
	ret->client_life_s = (uint64_t)life_s;
	r = build_step(b, STEP_KEY(at, "client_start"), raw->client_start, &ret->has_client_start, &ret->client_start_s);
	if (r < 0)
		return r;
	r = build_step(b, STEP_KEY(at, "clock_step"), raw->clock_step, &ret->has_clock_step, &ret->clock_step_s);
	if (r < 0)
		return r;
	if (raw->state)
		ret->state = raw->state;
	if (raw->state == SCN_ISSUER_SLOW)
		ret->delay_ns = 30 * NS_PER_S;
	r = build_duration_ns(b, STEP_KEY(at, "delay"), raw->delay, 1, &ret->delay_ns);
	if (r < 0)
		return r;
	return build_known(b, STEP_KEY(at, "wrong"), "wrong content", raw->state == SCN_ISSUER_WRONG && !raw->wrong ? "html" : raw->wrong,
	                   wrongs, ARRAY_LEN(wrongs), &ret->wrong);
}

/* What the issuer hands out as root when the file does not say: the root of the device's first network, else the first. */
static char *default_root(const struct builder *b)
{
	const struct scenario *s = b->s;

	if (s->dev_net_count > 0 && s->dev_nets[0].root)
		for (size_t i = 0; i < s->dev_cert_count; i++)
			if (strcmp(s->dev_certs[i].id, s->dev_nets[0].root) == 0)
				return s->dev_certs[i].cert;
	for (size_t i = 0; i < s->cert_count; i++)
		if (s->certs[i].use == PKI_ROOT)
			return s->certs[i].name;
	return NULL; /* not reached: every chain of issuers ends in a root */
}

int build_issuer_start(struct builder *b)
{
	static const struct raw_issuer nothing;
	const struct raw_issuer *raw = b->raw->issuer ? b->raw->issuer : &nothing;
	const struct source_step *at = STEP_KEY(NULL, "issuer");

	b->s->issuer = (struct scn_issuer){
		.root = default_root(b),
		.client_ca = b->s->radius.client_roots[0],
		.client_life_s = 365 * 86400,
		.has_client_start = true,
		.client_start_s = -3600,
		.state = SCN_ISSUER_UP,
	};
	if (raw->host && strlen(raw->host) > 253)
		return build_fail(b, STEP_KEY(at, "host"), "`host` is longer than 253 bytes");
	if (build_text(b, raw->host ? raw->host : "ca.corp.example", &b->s->issuer_host) < 0)
		return -ENOMEM;
	return build_issuer(b, at, raw, &b->s->issuer);
}
