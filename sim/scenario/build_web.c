/* Web hosts beside the issuer: what they answer, and the changes that events make to them. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <strings.h>

#include "sim/scenario/build.h"
#include "sim/web/template.h"

#define HOST_MAX 253
#define DEFAULT_TYPE "text/plain"

static bool is_address(const char *host)
{
	struct in_addr address;

	return inet_pton(AF_INET, host, &address) == 1;
}

static int build_host(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
	size_t length = strlen(raw);

	if (length > HOST_MAX || strspn(raw, allowed) != length || (!is_address(raw) && strspn(raw, "0123456789.") == length))
		return build_fail(b, at, "`%.64s` is no host name or IPv4 address", raw);
	if (strcasecmp(raw, b->s->issuer_host) == 0)
		return build_fail(b, at, "`%.64s` is the issuer's host; set `host` in `issuer` to another name, or this one", raw);
	for (size_t i = 0; i < b->s->web_count; i++)
		if (strcasecmp(b->s->webs[i].host, raw) == 0)
			return build_fail(b, at, "`%.64s` is there twice; put all its paths into one", raw);
	return build_text(b, raw, ret);
}

static int build_port(struct builder *b, const struct source_step *at, const unsigned *raw, unsigned *ret)
{
	if (raw && *raw > 65535)
		return build_fail(b, at, "`%u` is no port; 1 to 65535, or 0 for none", *raw);
	if (raw)
		*ret = *raw;
	return 0;
}

/* A file below the image package's folder. */
static int one_trust(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	if (raw[0] == '/' || raw[0] == '.' || strstr(raw, "..") || strlen(raw) > 255)
		return build_fail(b, at, "`%.64s` is no file of an image package; write it as the application does: certs/root.pem", raw);
	return build_text(b, raw, ret);
}

/* A regular file beside the scenario, bounded. */
static int build_file(struct builder *b, const struct source_step *at, const char *raw, char **ret_text, size_t *ret_length)
{
	const char *slash = strrchr(b->file, '/');
	cleanup_free char *text = malloc(BUILD_FILE_MAX + 1);
	char path[PATH_MAX];
	size_t length = 0;
	FILE *f;
	bool failed;

	if (!text || snprintf(path, sizeof(path), "%.*s%s", raw[0] == '/' || !slash ? 0 : (int)(slash - b->file) + 1, b->file, raw) >=
	             (int)sizeof(path))
		return build_fail(b, at, "`%.64s` cannot be read", raw);
	f = fopen(path, "re");
	if (!f)
		return build_fail(b, at, "`%.64s`: %s; it is looked for from the scenario's folder", raw, strerror(errno));
	length = fread(text, 1, BUILD_FILE_MAX + 1, f);
	failed = ferror(f) != 0;
	(void) fclose(f);
	if (failed)
		return build_fail(b, at, "`%.64s` cannot be read: not a file", raw);
	if (length > BUILD_FILE_MAX)
		return build_fail(b, at, "`%.64s` is larger than 1 MiB", raw);
	*ret_text = build_alloc(b, length + 1, 1);
	if (!*ret_text)
		return -ENOMEM;
	memcpy(*ret_text, text, length);
	*ret_length = length;
	return 0;
}

static int build_body(struct builder *b, const struct source_step *at, const struct raw_web_path *raw, struct scn_web_path *ret)
{
	const struct source_step *where = STEP_KEY(at, raw->file ? "file" : "body");
	const char *wrong;
	int r;

	if (raw->body && raw->file)
		return build_fail(b, where, "`file` beside `body`; keep one");
	if (raw->file) {
		r = build_file(b, where, raw->file, &ret->body, &ret->body_length);
	} else {
		r = build_text(b, raw->body ? raw->body : "", &ret->body);
		ret->body_length = r == 0 ? strlen(ret->body) : 0;
	}
	if (r < 0)
		return r;
	wrong = template_check(ret->body, ret->body_length, b->cert_names);
	return wrong ? build_fail(b, where, "%s", wrong) : 0;
}

static int build_method(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};

	return raw ? build_known(b, at, "HTTP method", raw, known, ARRAY_LEN(known), ret) : 0;
}

static int build_path(struct builder *b, const struct source_step *at, const struct raw_web_path *raw, struct scn_web_path *ret)
{
	int r;

	if (raw->path[0] != '/' || strpbrk(raw->path, " #"))
		return build_fail(b, STEP_KEY(at, "path"), "`%.64s` is no path of a URL; it begins with `/`", raw->path);
	if (raw->status && (*raw->status < 200 || *raw->status > 599))
		return build_fail(b, STEP_KEY(at, "status"), "`%u` is no HTTP status; 200 to 599", *raw->status);
	if (raw->location && (!raw->status || *raw->status / 100 != 3))
		return build_fail(b, STEP_KEY(at, "location"), "`location` goes with a status from 300 to 399");
	for (const char *text = raw->type ? raw->type : ""; *text; text++)
		if ((unsigned char)*text <= ' ' && *text != ' ')
			return build_fail(b, STEP_KEY(at, "type"), "a content type is one line");
	if (raw->location && strpbrk(raw->location, " \t\r\n"))
		return build_fail(b, STEP_KEY(at, "location"), "a location is a URL, without spaces");
	ret->status = raw->status ? (int)*raw->status : 200;
	r = build_text(b, raw->path, &ret->path);
	if (r == 0)
		r = build_text(b, raw->type ? raw->type : DEFAULT_TYPE, &ret->type);
	if (r == 0)
		r = build_text(b, raw->location, &ret->location);
	if (r == 0)
		r = build_method(b, STEP_KEY(at, "method"), raw->method, &ret->method);
	if (r == 0)
		r = build_duration_ns(b, STEP_KEY(at, "delay"), raw->delay, 0, &ret->delay_ns);
	return r < 0 ? r : build_body(b, at, raw, ret);
}

static int build_web(struct builder *b, const struct source_step *at, const struct raw_web *raw, struct scn_web *ret)
{
	int r = build_host(b, STEP_KEY(at, "host"), raw->host, &ret->host);

	*ret = (struct scn_web){.host = ret->host, .http = 80, .https = 443, .state = raw->state ? raw->state : SCN_WEB_UP,
		.device_auth = raw->device_auth == SCN_YES};
	if (r == 0)
		r = build_port(b, STEP_KEY(at, "http"), raw->http, &ret->http);
	if (r == 0)
		r = build_port(b, STEP_KEY(at, "https"), raw->https, &ret->https);
	if (r == 0 && ret->http == ret->https)
		r = build_fail(b, at, ret->http ? "`http` and `https` are one port" : "a host without `http` and `https` serves nothing");
	if (r == 0)
		r = build_cert(b, STEP_KEY(at, "cert"), raw->cert, BUILD_USE(PKI_SERVER), &ret->cert);
	if (r == 0)
		r = build_cert(b, STEP_KEY(at, "client_ca"), raw->client_ca, BUILD_ANY_CA, &ret->client_ca);
	if (r == 0 && ret->client_ca && ret->device_auth)
		r = build_fail(b, STEP_KEY(at, "device_auth"), "`device_auth` beside `client_ca`; keep one");
	if (r == 0)
		r = build_names(b, STEP_KEY(at, "trust"), raw->trust, raw->trust_count, one_trust, &ret->trust);
	if (r == 0)
		r = build_duration_ns(b, STEP_KEY(at, "delay"), raw->delay, 0, &ret->delay_ns);
	if (r < 0)
		return r;
	ret->paths = build_alloc(b, raw->paths_count, sizeof(*ret->paths));
	if (!ret->paths)
		return -ENOMEM;
	for (unsigned i = 0; i < raw->paths_count; i++) {
		r = build_path(b, STEP_ITEM(STEP_KEY(at, "paths"), i), &raw->paths[i], &ret->paths[i]);
		if (r < 0)
			return r;
		ret->path_count++;
	}
	return 0;
}

int build_webs(struct builder *b)
{
	b->s->webs = build_alloc(b, b->raw->web_count, sizeof(*b->s->webs));
	if (!b->s->webs)
		return -ENOMEM;
	for (unsigned i = 0; i < b->raw->web_count; i++) {
		int r = build_web(b, STEP_ITEM(STEP_KEY(NULL, "web"), i), &b->raw->web[i], &b->s->webs[i]);

		if (r < 0)
			return r;
		b->s->web_count++;
	}
	return 0;
}

int build_web_change(struct builder *b, const struct source_step *at, const struct raw_web_change *raw, struct scn_web_change *ret)
{
	const char *known[BUILD_WEB_MAX];
	int r;

	for (size_t i = 0; i < b->s->web_count && i < BUILD_WEB_MAX; i++)
		known[i] = b->s->webs[i].host;
	r = build_known(b, STEP_KEY(at, "host"), "web host", raw->host, known, b->s->web_count, &ret->host);
	if (r < 0)
		return r;
	if (!raw->state && !raw->delay)
		return build_fail(b, at, "`web` changes nothing; give `state` or `delay`");
	ret->state = raw->state;
	ret->has_delay = raw->delay != NULL;
	return build_duration_ns(b, STEP_KEY(at, "delay"), raw->delay, 0, &ret->delay_ns);
}
