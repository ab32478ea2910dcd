/* See web.h. */
#define _GNU_SOURCE
#include "sim/web/web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/web/template.h"

#define FIRST_ADDRESS 0xc6120101u /* 198.18.1.1 */
#define CONTENT_TEXT "text/plain"

struct host {
	struct web *web;
	struct web_site site;
	uint32_t address;
	struct server *http, *https; /* NULL: not served */
	enum scn_web_state state;
	uint64_t delay_ns;
};

struct web {
	struct web_env env;
	size_t count;
	struct host hosts[];
};

/* ---- What is answered ---------------------------------------------------------------------------------------------------- */

static void answer_text(struct server_answer *a, int status, const char *text)
{
	a->status = status;
	a->content_type = CONTENT_TEXT;
	a->body = strdup(text);
	if (!a->body)
		abort();
	a->length = strlen(text);
}

/* "/a" answers "/a" and "/a?b"; "/a?b" only itself. */
static bool path_fits(const char *path, const char *asked)
{
	size_t length = strchr(path, '?') ? strlen(asked) : strcspn(asked, "?");

	return strlen(path) == length && strncmp(path, asked, length) == 0;
}

/* One with this very query goes before one for any. */
static const struct scn_web_path *find_path(const struct scn_web *spec, const struct http_request *request, bool *ret_other_method)
{
	const struct scn_web_path *found = NULL;

	*ret_other_method = false;
	for (size_t i = 0; i < spec->path_count; i++) {
		const struct scn_web_path *p = &spec->paths[i];

		if (!path_fits(p->path, request->path))
			continue;
		if (p->method && strcmp(p->method, request->method) != 0)
			*ret_other_method = true;
		else if (!found || (strchr(p->path, '?') && !strchr(found->path, '?')))
			found = p;
	}
	return found;
}

static void answer_path(const struct host *h, const struct scn_web_path *p, struct server_answer *a)
{
	const struct web_env *env = &h->web->env;
	const struct template_source source = {.ctx = env->ctx, .now_s = env->wall_s(env->ctx), .pem = env->pem};
	bool json = strncmp(p->type, "application/json", strlen("application/json")) == 0;

	a->status = p->status;
	a->content_type = p->type;
	a->location = p->location;
	if (template_fill(p->body, p->body_length, json, &source, &a->body, &a->length) < 0)
		abort(); /* of memory: the scenario's places were checked */
	a->due_ns = h->delay_ns + p->delay_ns;
}

/* What is wrong with the client's certificate where one is needed, for the timeline; NULL: nothing. */
static const char *client_fault(const struct host *h, const struct http_request *request, bool tls)
{
	if (!h->site.client_ca || !tls)
		return NULL;
	if (!request->has_client_certificate)
		return "no client certificate";
	return request->verify_result == X509_V_OK ? NULL : X509_verify_cert_error_string(request->verify_result);
}

static void decide(struct host *h, const struct http_request *request, bool tls, struct server_answer *ret)
{
	const struct web_env *env = &h->web->env;
	const char *fault = client_fault(h, request, tls);
	char text[HTTP_PATH_MAX + 512];
	bool other_method;
	const struct scn_web_path *p = find_path(h->site.spec, request, &other_method);
	uint64_t delay_ns = h->delay_ns;

	if (h->state == SCN_WEB_SILENT) {
		answer_text(ret, 200, "");
		ret->due_ns = TIME_NEVER;
	} else if (request->too_large) {
		answer_text(ret, 413, "request too large\n");
	} else if (fault) {
		answer_text(ret, 403, "a client certificate is needed\n");
	} else if (p) {
		answer_path(h, p, ret);
		delay_ns = ret->due_ns;
	} else if (other_method) {
		answer_text(ret, 405, "not by this method\n");
	} else {
		answer_text(ret, 404, "no such path\n");
	}
	if (h->state != SCN_WEB_SILENT)
		ret->due_ns = delay_ns ? env->mono_ns(env->ctx) + delay_ns : 0;
	if (h->state == SCN_WEB_SILENT)
		(void) snprintf(text, sizeof(text), "%s %s://%s%s -> (silent)", request->method, tls ? "https" : "http", h->site.spec->host,
		                request->path);
	else
		(void) snprintf(text, sizeof(text), "%s %s://%s%s -> %d%s%s%s", request->method, tls ? "https" : "http", h->site.spec->host,
		                request->path, ret->status, fault ? " " : "", fault ? fault : "", delay_ns ? " (delayed)" : "");
	env->event(env->ctx, text);
}

static void decide_http(void *ctx, const struct http_request *request, struct server_answer *ret)
{
	decide(ctx, request, false, ret);
}

static void decide_https(void *ctx, const struct http_request *request, struct server_answer *ret)
{
	decide(ctx, request, true, ret);
}

/* ---- Hosts --------------------------------------------------------------------------------------------------------------- */

static uint64_t host_mono_ns(void *ctx)
{
	const struct web_env *env = &((struct host *)ctx)->web->env;

	return env->mono_ns(env->ctx);
}

static int64_t host_wall_s(void *ctx)
{
	const struct web_env *env = &((struct host *)ctx)->web->env;

	return env->wall_s(env->ctx);
}

static int add_host(struct web *web, const struct web_site *site)
{
	struct host *h = &web->hosts[web->count];
	struct server_host host = {.ctx = h, .mono_ns = host_mono_ns, .wall_s = host_wall_s};
	const struct server_setup plain = {.tls = NULL}, secure = {.tls = site->cert, .client_ca = site->client_ca};
	struct in_addr address;
	int r = 0;

	*h = (struct host){.web = web, .site = *site, .state = site->spec->state, .delay_ns = site->spec->delay_ns};
	h->address = inet_pton(AF_INET, site->spec->host, &address) == 1 ? ntohl(address.s_addr) : FIRST_ADDRESS + (uint32_t)web->count;
	web->count++;
	if (site->spec->http) {
		host.decide = decide_http;
		r = server_new(&host, &plain, &h->http);
	}
	if (r == 0 && site->spec->https) {
		host.decide = decide_https;
		r = server_new(&host, &secure, &h->https);
	}
	return r;
}

int web_new(const struct web_env *env, const struct web_site *sites, size_t count, struct web **ret, struct az_error *ret_error)
{
	struct web *web = calloc(1, sizeof(*web) + count * sizeof(web->hosts[0]));
	int r = web ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		web->env = *env;
		r = add_host(web, &sites[i]);
		if (r < 0)
			az_error_set(ret_error, AZ_ENVIRONMENT, "web host %s: %s", sites[i].spec->host,
			             r == -EIO ? "OpenSSL does not take its certificate" : "out of memory");
	}
	if (!web)
		az_error_set(ret_error, AZ_ENVIRONMENT, "web hosts: out of memory");
	if (r < 0)
		web_free(web);
	else
		*ret = web;
	return r;
}

void web_free(struct web *web)
{
	for (size_t i = 0; web && i < web->count; i++) {
		server_free(web->hosts[i].http);
		server_free(web->hosts[i].https);
	}
	free(web);
}

static struct host *host_by_name(const struct web *web, const char *name)
{
	for (size_t i = 0; i < web->count; i++)
		if (strcasecmp(web->hosts[i].site.spec->host, name) == 0)
			return (struct host *)&web->hosts[i];
	return NULL;
}

static struct host *host_by_address(const struct web *web, uint32_t address)
{
	for (size_t i = 0; i < web->count; i++)
		if (web->hosts[i].address == address)
			return (struct host *)&web->hosts[i];
	return NULL;
}

int web_resolve(const struct web *web, const char *host, uint32_t *ret_address)
{
	const struct host *h = host_by_name(web, host);

	if (!h)
		return -ENOENT;
	*ret_address = h->address;
	return 0;
}

const char *web_name(const struct web *web, uint32_t address)
{
	const struct host *h = host_by_address(web, address);

	return h ? h->site.spec->host : NULL;
}

int web_find(struct web *web, uint32_t address, unsigned port, struct server **ret)
{
	struct host *h = host_by_address(web, address);

	if (!h)
		return -EHOSTUNREACH;
	*ret = port == h->site.spec->https ? h->https : port == h->site.spec->http ? h->http : NULL;
	return *ret && port > 0 && h->state != SCN_WEB_DOWN ? 0 : -ECONNREFUSED;
}

static void drop_host(struct host *h, bool told)
{
	if (h->http)
		server_drop(h->http, told);
	if (h->https)
		server_drop(h->https, told);
}

void web_change(struct web *web, const struct scn_web_change *change)
{
	struct host *h = host_by_name(web, change->host);

	if (!h)
		return;
	if (change->has_delay)
		h->delay_ns = change->delay_ns;
	if (change->state == SCN_WEB_LEAVE || change->state == h->state)
		return;
	/* Down: connections break. Up after silence: who still waits may as well ask again. */
	if (change->state == SCN_WEB_DOWN || h->state == SCN_WEB_SILENT)
		drop_host(h, true);
	h->state = change->state;
}

bool web_pump(struct web *web)
{
	bool moved = false;

	for (size_t i = 0; i < web->count; i++) {
		if (web->hosts[i].http)
			moved |= server_pump(web->hosts[i].http);
		if (web->hosts[i].https)
			moved |= server_pump(web->hosts[i].https);
	}
	return moved;
}

uint64_t web_next_deadline(const struct web *web)
{
	uint64_t next = TIME_NEVER;

	for (size_t i = 0; i < web->count; i++)
		for (int tls = 0; tls < 2; tls++) {
			const struct server *server = tls ? web->hosts[i].https : web->hosts[i].http;
			uint64_t due = server ? server_next_deadline(server) : TIME_NEVER;

			next = due < next ? due : next;
		}
	return next;
}

void web_drop(struct web *web)
{
	for (size_t i = 0; i < web->count; i++)
		drop_host(&web->hosts[i], false);
}
