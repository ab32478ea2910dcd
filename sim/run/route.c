/* The way from the application to the issuer and the web hosts: names and routes, and the requests of the libcurl without TLS. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "sim/run/internal.h"

#define ISSUER_ADDRESS 0xc6120001u /* 198.18.0.1, of the range reserved for tests */
#define HTTPS_PORT 443
#define HOST_MAX VT_TEXT_MAX
#define PATH_MAX_SENT 1024
#define PEM_MAX 16384

bool run_is_online(const struct run *run)
{
	return device_is_on(run->device) && device_has_address(run->device);
}

/* Who is at this address: the name that the manifest has to allow. NULL: nobody. */
static const char *name_of(const struct run *run, uint64_t address)
{
	return address == ISSUER_ADDRESS ? run->scenario->issuer_host : address > UINT32_MAX ? NULL : web_name(run->web, (uint32_t)address);
}

/* Who serves this address and port. 0, -EHOSTUNREACH or -ECONNREFUSED. */
static int find_server(struct run *run, uint64_t address, uint64_t port, struct server **ret)
{
	if (address != ISSUER_ADDRESS)
		return address > UINT32_MAX || port > UINT16_MAX ? -EHOSTUNREACH : web_find(run->web, (uint32_t)address, (unsigned)port, ret);
	if (port != HTTPS_PORT || !issuer_is_up(run->issuer))
		return -ECONNREFUSED;
	*ret = issuer_server(run->issuer);
	return 0;
}

bool run_serve(struct run *run)
{
	bool moved = false, again;

	if (!run_is_online(run))
		return false; /* what is on its way waits until the device is back, or whoever waits for it gives up */
	/* Bytes that came over the network are served before anybody waits for an answer. */
	do {
		again = run->relays && relay_pump(run);
		moved |= server_pump(issuer_server(run->issuer));
		moved |= web_pump(run->web);
		moved |= again;
	} while (again && !run->stop);
	return moved;
}

/* May the application reach this host? When not, why not is a hint. */
static bool allowed(struct run *run, const char *host)
{
	if (device_manifest_allows_host(run->device, host))
		return true;
	run_hint(run, "%s is not among the AllowedConnections of %s/app_manifest.json", host, run->package.folder);
	return false;
}

/* Where the name leads in this world. 0, or EAI_NONAME. */
static int address_of(const struct run *run, const char *host, uint64_t *ret_address)
{
	uint32_t address = ISSUER_ADDRESS;

	if (strcasecmp(host, run->scenario->issuer_host) != 0 && web_resolve(run->web, host, &address) < 0)
		return EAI_NONAME;
	*ret_address = address;
	return 0;
}

int run_resolve(struct run *run, const char *host, uint64_t *ret_address)
{
	int status;

	*ret_address = 0;
	if (!run_is_online(run)) {
		status = EAI_AGAIN;
	} else if (!device_resolves_names(run->device)) {
		status = EAI_AGAIN;
		run_hint(run, "%s cannot be resolved: the device has a static address and no DNS server "
		              "(Networking_IpConfig_EnableCustomDns)", host);
	} else if (!allowed(run, host) && device_forbidden_host(run->device) == FORBIDDEN_HOST_NO_NAME) {
		status = EAI_AGAIN;
	} else {
		status = address_of(run, host, ret_address);
	}
	if (status)
		run_note(run, TL_APP, true, NULL, "name %s: %s", host, gai_strerror(status));
	return status;
}

/* What connecting to a host gives that the manifest does not allow. */
static int forbidden(struct run *run)
{
	switch (device_forbidden_host(run->device)) {
	case FORBIDDEN_HOST_REFUSED: return -ECONNREFUSED;
	case FORBIDDEN_HOST_EACCES: return -EACCES;
	default: return -ENETUNREACH;
	}
}

int run_route(struct run *run, uint64_t address, uint64_t port, int *ret_fd)
{
	const struct in_addr number = {.s_addr = htonl((uint32_t)address)};
	char text[INET_ADDRSTRLEN] = "";
	const char *host = name_of(run, address);
	struct server *server = NULL;
	int r, fd = -1;

	(void) inet_ntop(AF_INET, &number, text, sizeof(text));
	if (!run_is_online(run))
		r = -ENETUNREACH;
	else if (!device_manifest_allows_host(run->device, text) && !allowed(run, host ? host : text))
		r = forbidden(run);
	else
		r = find_server(run, address, port, &server);
	if (r == 0 && ret_fd)
		r = server_connect(server, &fd);
	if (r == 0 && ret_fd && run->net_ops->tcp.connect)
		r = relay_open(run, (uint32_t)address, (uint16_t)port, fd, &fd);
	if (r == 0 && ret_fd)
		*ret_fd = fd;
	if (r < 0)
		run_note(run, TL_APP, true, NULL, "connection to %s port %u: %s", host ? host : text, (unsigned)port, strerrorname_np(-r));
	return r;
}

/* ---- Requests without TLS ------------------------------------------------------------------------------------------------ */

/* An IPv4 address as text, or a name that is known here. */
static int number_or_name(const struct run *run, const char *host, uint64_t *ret_address)
{
	struct in_addr number;

	if (inet_pton(AF_INET, host, &number) != 1)
		return address_of(run, host, ret_address);
	*ret_address = ntohl(number.s_addr);
	return 0;
}

static int http_connect(struct run *run, struct wire_reader *in, struct wire_writer *out)
{
	enum wire_http_stage stage = WIRE_HTTP_CONNECTED;
	struct in_addr number;
	char host[HOST_MAX];
	uint64_t address;
	uint32_t port;
	int fault, r = 0;

	(void) wire_get_str(in, host, sizeof(host));
	port = wire_get_u32(in);
	if (!wire_reader_done(in))
		return -EBADMSG;
	fault = faults_at_connect(run);
	if (fault == FAULT_HTTP_NONAME) {
		stage = WIRE_HTTP_NO_NAME;
	} else if (fault > 0) {
		stage = WIRE_HTTP_NO_ROUTE;
		r = -fault;
	} else if (inet_pton(AF_INET, host, &number) == 1) {
		address = ntohl(number.s_addr);
	} else if (run_resolve(run, host, &address) != 0) {
		stage = WIRE_HTTP_NO_NAME;
	}
	if (stage == WIRE_HTTP_CONNECTED) {
		r = run_route(run, address, port, NULL);
		if (r < 0)
			stage = WIRE_HTTP_NO_ROUTE;
	}
	wire_put_i32(out, r < 0 ? wire_from_errno(-r) : 0);
	return (int)stage;
}

/* Reads the request's fields into *ret and the buffers behind it. */
struct fields {
	struct server_request request;
	char host[HOST_MAX], method[16], path[PATH_MAX_SENT], chain[PEM_MAX], roots[PEM_MAX];
	uint32_t port;
};

static char *make_own_chain(void *ctx)
{
	return device_auth_reference_pem(((struct run *)ctx)->device);
}

/* What the reference in the place of a chain stands for. */
static void take_own(struct run *run, struct server_request *request)
{
	struct device_auth_dates dates;
	uint64_t until_ns;

	request->client_chain = "";
	if (!device_auth_reference(run->device, &dates, &until_ns))
		return;
	request->own.signer = run_device_auth_signer(run);
	request->own.from_s = run_device_auth_from_s(run, dates.issued_ns);
	request->own.until_s = clock_true_s_at(&run->clock, dates.issued_ns) + (int64_t)((until_ns - dates.issued_ns) / NS_PER_S);
	request->own.make_chain = make_own_chain;
	request->own.ctx = run;
}

static bool take_fields(struct run *run, struct wire_reader *in, struct fields *ret)
{
	uint64_t whole;

	ret->request = (struct server_request){.host = ret->host, .method = ret->method, .path = ret->path, .client_chain = ret->chain,
		.roots = ret->roots, .device_wall_s = clock_wall_s(&run->clock, CLOCK_DEVICE)};
	ret->request.tls = wire_get_u8(in) != 0;
	(void) wire_get_str(in, ret->host, sizeof(ret->host));
	ret->port = wire_get_u32(in);
	(void) wire_get_str(in, ret->method, sizeof(ret->method));
	(void) wire_get_str(in, ret->path, sizeof(ret->path));
	whole = wire_get_u64(in);
	ret->request.body = (const char *)wire_get_bytes(in, &ret->request.body_length);
	ret->request.too_large = whole != ret->request.body_length;
	(void) wire_get_str(in, ret->chain, sizeof(ret->chain));
	(void) wire_get_str(in, ret->roots, sizeof(ret->roots));
	ret->request.verify_peer = wire_get_u8(in) != 0;
	ret->request.verify_host = wire_get_u8(in) != 0;
	if (strcmp(ret->chain, WIRE_HTTP_DEVICE_AUTH) == 0)
		take_own(run, &ret->request);
	return wire_reader_done(in);
}

/* ret_fd NULL: there is no later; what cannot be answered at once, and without anything coming of it, is -EAGAIN. */
static int http_request(struct run *run, struct wire_reader *in, struct wire_writer *out, int *ret_fd)
{
	static struct fields fields;
	struct server *server = NULL;
	char *bytes = NULL;
	size_t length = 0;
	uint64_t address = 0;
	int fd = -1, fault = 0, r;

	r = take_fields(run, in, &fields) ? 0 : -EBADMSG;
	if (r == 0)
		fault = faults_at_request(run, fields.method, fields.path);
	if (r == 0 && number_or_name(run, fields.host, &address) != 0)
		r = -EHOSTUNREACH;
	if (r == 0)
		r = find_server(run, address, fields.port, &server);
	if (r == 0 && !ret_fd && (server != issuer_server(run->issuer) || !issuer_is_well(run->issuer)))
		r = -EAGAIN;
	if (r == 0 && faults_reaches_server(fault))
		r = server_forward(server, &fields.request, &bytes, &length, &fd);
	if (r == 0 && fault > 0)
		r = faults_answer(run, fault, &bytes, &length, &fd);
	if (r < 0)
		return r;
	wire_put_bytes(out, bytes, length);
	if (bytes) {
		OPENSSL_cleanse(bytes, length);
		free(bytes);
	}
	if (ret_fd)
		*ret_fd = fd;
	return 0;
}

bool run_http_is_question(const uint8_t *fields, size_t length)
{
	struct wire_reader in;
	char method[8];
	size_t skipped;

	wire_reader_init(&in, fields, length);
	(void) wire_get_u8(&in);
	(void) wire_get_bytes(&in, &skipped);
	(void) wire_get_u32(&in);
	return wire_get_str(&in, method, sizeof(method)) && strcmp(method, "GET") == 0;
}

int run_http_answer(struct run *run, uint16_t op, struct wire_reader *in, struct wire_writer *out, int *ret_fd)
{
	return op == WIRE_HTTP_CONNECT ? http_connect(run, in, out) : http_request(run, in, out, ret_fd);
}

void run_http(struct run *run, const struct channel_message *m)
{
	static uint8_t reply[WIRE_MAX_PAYLOAD];
	struct wire_reader in;
	struct wire_writer out;
	int fd = -1, r;

	wire_reader_init(&in, m->payload, m->header.length);
	wire_writer_init(&out, reply, sizeof(reply));
	r = run_http_answer(run, m->header.op, &in, &out, &fd);
	(void) channel_answer(run->channel, m->connection, &m->header, r < 0 ? -wire_from_errno(-r) : r, reply, r < 0 ? 0 : out.length, fd);
	OPENSSL_cleanse(reply, out.length);
	if (fd >= 0)
		(void) close(fd);
}
