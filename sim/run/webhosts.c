/* The web hosts of a run: their certificates, what the application's image package trusts them by, and their lines in the timeline. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>

#include "sim/run/internal.h"

static uint64_t env_mono_ns(void *ctx)
{
	return ((struct run *)ctx)->clock.now_ns;
}

static int64_t env_wall_s(void *ctx)
{
	return clock_true_ns(&((struct run *)ctx)->clock) / (int64_t)NS_PER_S;
}

static void env_event(void *ctx, const char *text)
{
	run_note(ctx, TL_WEB, true, NULL, "%s", text);
}

static char *env_pem(void *ctx, const char *name, bool key)
{
	const struct pki_cert *cert = run_cert(ctx, name);
	char *pem = NULL;

	if (!cert)
		return NULL;
	if (!key)
		return pki_chain_pem(cert);
	return pki_key_pem(cert, PKI_PKCS8, NULL, &pem) == 0 ? pem : NULL;
}

/* A certificate of its own under the world's web root, valid as long as that is. */
static int make_certificate(struct run *run, const struct scn_web *spec, struct pki_cert **ret, struct az_error *ret_error)
{
	char error[PKI_ERROR_MAX];
	const struct pki_spec pki = {
		.name = spec->host, .cn = strlen(spec->host) <= 64 ? spec->host : "web host", .dns_name = spec->host, .use = PKI_SERVER,
		.not_before_s = pki_not_before(run->web_root), .not_after_s = pki_not_after(run->web_root), .now_s = run->scenario->start_s,
		.issuer = run->web_root, .seed = run_pki_seed(run),
	};
	int r = pki_make(&pki, ret, error);

	if (r < 0)
		az_error_set(ret_error, AZ_USAGE, "%s: web host %s: %s", run->scenario->file, spec->host, error);
	return r;
}

int run_make_webs(struct run *run, struct az_error *ret_error)
{
	const struct scenario *s = run->scenario;
	const struct web_env env = {.ctx = run, .mono_ns = env_mono_ns, .wall_s = env_wall_s, .event = env_event, .pem = env_pem};
	struct web_site *sites = calloc(s->web_count + 1, sizeof(*sites));
	int r = 0;

	run->web_certs = calloc(s->web_count + 1, sizeof(struct pki_cert *));
	if (!sites || !run->web_certs)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < s->web_count; i++) {
		const struct scn_web *spec = &s->webs[i];

		if (!spec->cert)
			r = make_certificate(run, spec, &run->web_certs[i], ret_error);
		if (r == 0 && run->web_certs[i] && !run_note_key(run, run->web_certs[i]))
			r = -ENOMEM;
		sites[i] = (struct web_site){.spec = spec, .cert = spec->cert ? run_cert(run, spec->cert) : run->web_certs[i],
			.client_ca = spec->device_auth ? run->device_ca : run_cert(run, spec->client_ca)};
	}
	if (r == 0)
		r = web_new(&env, sites, s->web_count, &run->web, ret_error);
	free(sites);
	return r;
}

void run_free_webs(struct run *run)
{
	web_free(run->web);
	for (size_t i = 0; run->web_certs && i < run->scenario->web_count; i++)
		pki_free(run->web_certs[i]);
	free(run->web_certs);
}

/* ---- What the application trusts ----------------------------------------------------------------------------------------- */

/* The root that a host's certificate leads to. */
static const struct pki_cert *root_of(const struct run *run, const struct scn_web *spec)
{
	const struct scn_cert *c = spec->cert ? scenario_cert(run->scenario, spec->cert) : NULL;

	while (c && c->issuer)
		c = scenario_cert(run->scenario, c->issuer);
	return c ? run_cert(run, c->name) : run->web_root;
}

static bool names_file(const struct scn_web *spec, const char *path)
{
	for (char **trust = spec->trust; trust && *trust; trust++)
		if (strcmp(*trust, path) == 0)
			return true;
	return false;
}

/* The roots of all hosts that name this file, each once. */
static char *roots_in(const struct run *run, const char *path)
{
	const struct scenario *s = run->scenario;
	char *text = strdup("");

	for (size_t i = 0; text && i < s->web_count; i++) {
		const char *pem = pki_cert_pem(root_of(run, &s->webs[i]));
		char *more = NULL;

		if (!names_file(&s->webs[i], path) || strstr(text, pem))
			continue;
		if (asprintf(&more, "%s%s", text, pem) < 0)
			more = NULL;
		free(text);
		text = more;
	}
	return text;
}

int run_add_trusted(const struct run *run, struct app_overlay *overlays, size_t max, size_t *count)
{
	const struct scenario *s = run->scenario;

	for (size_t i = 0; i < s->web_count; i++)
		for (char **trust = s->webs[i].trust; trust && *trust; trust++) {
			size_t known = 0;

			while (known < *count && strcmp(overlays[known].path, *trust) != 0)
				known++;
			if (known < *count)
				continue;
			if (*count == max)
				return -E2BIG;
			overlays[*count].path = *trust;
			overlays[*count].text = roots_in(run, *trust);
			if (!overlays[(*count)++].text)
				return -ENOMEM;
		}
	return 0;
}
