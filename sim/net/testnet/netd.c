/* Asking the process that holds the daemons: see netd.h. Whoever asks does not wait for ever.
 */
#include "sim/net/testnet/netd.h"

#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"

/* Real time; each is above what the helper's own limits add up to. */
#define APPLY_LIMIT_MS 120000
#define CLOCKS_LIMIT_MS 60000
#define AUTHENTICATE_LIMIT_MS 400000
#define TCP_LIMIT_MS 60000
#define SCAN_LIMIT_MS 120000
#define QUIT_LIMIT_MS 5000
#define OWN_END_LIMIT_MS 500u

static void await_child(struct net *net)
{
	while (waitpid(net->child, NULL, 0) < 0 && errno == EINTR)
		;
	net->child = 0;
}

void netd_end(struct net *net)
{
	if (net->fd >= 0)
		(void) close(steal_fd(&net->fd));
	if (net->child > 0) {
		(void) kill(net->child, SIGKILL);
		await_child(net);
	}
}

/* A process closes what it has open a moment before its end can be known. */
static void await_own_end(struct net *net)
{
	net->wait_status = -1;
	for (unsigned waited = 0; net->child > 0 && waited < OWN_END_LIMIT_MS; waited += 5) {
		if (waitpid(net->child, &net->wait_status, WNOHANG) == net->child) {
			net->child = 0;
			return;
		}
		net->wait_status = -1;
		(void) poll(NULL, 0, 5);
	}
}

int netd_lose(struct net *net, int r, struct az_error *ret_error)
{
	if (r == -EPIPE)
		await_own_end(net);
	netd_end(net);
	if (r == -EINTR) {
		az_error_set(ret_error, AZ_INTERRUPTED, "interrupted");
		return r;
	}
	az_error_set(ret_error, AZ_ENVIRONMENT, "%s %s", net->who,
	             r == -EPIPE       ? "ended by itself"
	             : r == -ETIMEDOUT ? "does not answer, and was ended"
	                               : "gave an answer that makes no sense, and was ended");
	if (net->explain != NULL)
		net->explain(net, ret_error);
	return r;
}

/* The words of a reply that says no. */
static int take_error(struct net *net, struct az_error *ret_error)
{
	struct wire_reader r;
	char text[AZ_ERROR_MAX];
	uint8_t status;

	wire_reader_init(&r, net->message.payload, net->message.header.length);
	status = wire_get_u8(&r);
	if (!wire_get_str(&r, text, sizeof(text)) || !wire_reader_done(&r) || status > AZ_ENVIRONMENT)
		return netd_lose(net, -EBADMSG, ret_error);
	az_error_set(ret_error, (enum az_status) status, "%s", text);
	return net->message.header.result;
}

static int take_reply(struct net *net, uint32_t op, uint32_t seq, int limit_ms, struct az_error *ret_error)
{
	const struct testnet_header *header = &net->message.header;
	int r = net->stream ? testnet_stream_receive(net->fd, &net->message, limit_ms)
	                    : testnet_receive(net->fd, &net->message, limit_ms);

	if (r == 0 && (header->op != op || header->seq != seq || header->result > 0))
		r = -EBADMSG;
	if (r < 0)
		return netd_lose(net, r, ret_error);
	return header->result < 0 ? take_error(net, ret_error) : 0;
}

int netd_take_hello(struct net *net, int limit_ms, struct az_error *ret_error)
{
	return take_reply(net, 0, 0, limit_ms, ret_error);
}

struct wire_writer netd_writer(struct net *net)
{
	struct wire_writer w;

	wire_writer_init(&w, net->message.payload, sizeof(net->message.payload));
	return w;
}

/* The request is in `w`, over the payload of the message. It may hold a key, and goes when it has been sent. */
int netd_ask(struct net *net, enum testnet_op op, struct wire_writer *w, int limit_ms, struct az_error *ret_error)
{
	uint32_t seq = ++net->seq;
	int r = w->failed ? -EMSGSIZE : 0;

	if (r == 0 && net->fd < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s ended earlier", net->who);
		return -EPIPE;
	}
	net->message.header = (struct testnet_header){.op = op, .seq = seq};
	if (r == 0)
		r = net->stream ? testnet_stream_send(net->fd, &net->message, w->length) : testnet_send(net->fd, &net->message, w->length);
	explicit_bzero(net->message.payload, w->length);
	if (r == -EMSGSIZE) {
		az_error_set(ret_error, AZ_USAGE, "certificates and identities together are too long for a network of real daemons: %u bytes at most",
		             TESTNET_MAX_PAYLOAD);
		return r;
	}
	if (r < 0)
		return netd_lose(net, r == -ETIMEDOUT ? r : -EPIPE, ret_error);
	return take_reply(net, op, seq, limit_ms, ret_error);
}

/* ---- Requests --------------------------------------------------------------------------------------------------------------- */

int netd_apply(struct net *net, const struct net_state *state, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);

	net->nothing_found = false;
	net->loses_frames = net_loses_frames(state);
	testnet_put_state(&w, state);
	return netd_ask(net, TESTNET_APPLY, &w, APPLY_LIMIT_MS, ret_error);
}

int netd_set_clocks(struct net *net, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);

	wire_put_i64(&w, device_wall_s);
	wire_put_i64(&w, radius_wall_s);
	return netd_ask(net, TESTNET_SET_CLOCKS, &w, CLOCKS_LIMIT_MS, ret_error);
}

int netd_authenticate(struct net *net, const struct auth_request *request, struct auth_verdict *ret_verdict,
                        struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);
	struct wire_reader reader;
	int r;

	testnet_put_request(&w, request);
	r = netd_ask(net, TESTNET_AUTHENTICATE, &w, AUTHENTICATE_LIMIT_MS, ret_error);
	if (r < 0)
		return r;
	wire_reader_init(&reader, net->message.payload, net->message.header.length);
	r = testnet_get_verdict(&reader, ret_verdict);
	return r < 0 ? netd_lose(net, r, ret_error) : 0;
}

int netd_tcp_connect(struct net *net, uint32_t id, const struct net_address *own, uint32_t address, uint16_t port,
                     struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);

	wire_put_u32(&w, id);
	wire_put_u32(&w, own->address);
	wire_put_u32(&w, own->mask);
	wire_put_u32(&w, own->gateway);
	wire_put_u32(&w, address);
	wire_put_u32(&w, port);
	return netd_ask(net, TESTNET_TCP_CONNECT, &w, TCP_LIMIT_MS, ret_error);
}

int netd_tcp_carry(struct net *net, uint32_t id, bool from_device, uint8_t *bytes, size_t length, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);
	struct wire_reader reader;
	const uint8_t *came;
	size_t came_length;
	int r;

	wire_put_u32(&w, id);
	wire_put_u8(&w, from_device);
	wire_put_bytes(&w, bytes, length);
	r = netd_ask(net, TESTNET_TCP_CARRY, &w, TCP_LIMIT_MS, ret_error);
	if (r < 0)
		return r;
	wire_reader_init(&reader, net->message.payload, net->message.header.length);
	came = wire_get_bytes(&reader, &came_length);
	if (!wire_reader_done(&reader) || came_length != length)
		return netd_lose(net, -EBADMSG, ret_error);
	memcpy(bytes, came, length);
	explicit_bzero(net->message.payload, net->message.header.length);
	return 0;
}

int netd_tcp_close(struct net *net, uint32_t id, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);

	wire_put_u32(&w, id);
	return netd_ask(net, TESTNET_TCP_CLOSE, &w, QUIT_LIMIT_MS, ret_error);
}

static bool digest_join(const struct net *net, const struct wire_writer *w, uint8_t digest[32])
{
	return !w->failed && EVP_Digest(net->message.payload + TESTNET_JOIN_MOMENT, w->length - TESTNET_JOIN_MOMENT, digest, NULL, EVP_sha256(), NULL) == 1;
}

bool netd_join_known(struct net *net, const struct join_request *join, struct join_result *ret_result)
{
	uint8_t digest[32];
	struct wire_writer w;
	bool known;

	if (!net->nothing_found)
		return false;
	w = netd_writer(net);
	testnet_put_join(&w, join);
	known = digest_join(net, &w, digest) && memcmp(digest, net->nothing_digest, sizeof(digest)) == 0;
	explicit_bzero(net->message.payload, w.length);
	if (known)
		*ret_result = net->nothing;
	return known;
}

int netd_join(struct net *net, const struct join_request *join, struct join_result *ret_result, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);
	struct wire_reader reader;
	int r;

	testnet_put_join(&w, join);
	net->nothing_found = digest_join(net, &w, net->nothing_digest);
	r = netd_ask(net, TESTNET_JOIN, &w, AUTHENTICATE_LIMIT_MS, ret_error);
	if (r < 0)
		return r;
	wire_reader_init(&reader, net->message.payload, net->message.header.length);
	r = testnet_get_joined(&reader, join->count, ret_result);
	if (r < 0)
		return netd_lose(net, r, ret_error);
	net->nothing_found = net->nothing_found && !net->loses_frames && ret_result->kind == JOIN_NOT_FOUND && join->again == 0;
	net->nothing = *ret_result;
	return 0;
}

static int take_rows(struct net *net, struct join_row *rows, size_t max, struct az_error *ret_error)
{
	struct wire_reader reader;
	int r;

	wire_reader_init(&reader, net->message.payload, net->message.header.length);
	r = testnet_get_rows(&reader, rows, max);
	return r < 0 ? netd_lose(net, r, ret_error) : r;
}

int netd_scan(struct net *net, const struct auth_request *names, size_t name_count, struct join_row rows[JOIN_ROWS_MAX],
              struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);
	int r;

	wire_put_u32(&w, (uint32_t) name_count);
	for (size_t i = 0; i < name_count; i++)
		testnet_put_request(&w, &names[i]);
	r = netd_ask(net, TESTNET_SCAN, &w, SCAN_LIMIT_MS, ret_error);
	return r < 0 ? r : take_rows(net, rows, JOIN_ROWS_MAX, ret_error);
}

int netd_signal(struct net *net, struct join_row *ret_row, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);
	int r = netd_ask(net, TESTNET_SIGNAL, &w, QUIT_LIMIT_MS, ret_error);

	return r < 0 ? r : take_rows(net, ret_row, 1, ret_error);
}

int netd_capture(struct net *net, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);

	return netd_ask(net, TESTNET_CAPTURE, &w, QUIT_LIMIT_MS, ret_error);
}

void netd_quit(struct net *net)
{
	struct az_error ignored;
	struct wire_writer w = netd_writer(net);

	/* A helper that says goodbye ends when all its daemons have: only such an end is waited for without force. */
	if (net->fd >= 0 && netd_ask(net, TESTNET_QUIT, &w, QUIT_LIMIT_MS, &ignored) == 0 && !net->stream)
		await_child(net);
	netd_end(net);
}

int netd_status(struct net *net, struct netd_pids *ret_pids, struct az_error *ret_error)
{
	struct wire_writer w = netd_writer(net);
	struct wire_reader reader;
	int r = netd_ask(net, TESTNET_STATUS, &w, QUIT_LIMIT_MS, ret_error);

	if (r < 0)
		return r;
	wire_reader_init(&reader, net->message.payload, net->message.header.length);
	ret_pids->helper = wire_get_u32(&reader);
	ret_pids->freeradius = wire_get_u32(&reader);
	ret_pids->hostapd = wire_get_u32(&reader);
	ret_pids->wpa_supplicant = wire_get_u32(&reader);
	return wire_reader_done(&reader) ? 0 : netd_lose(net, -EBADMSG, ret_error);
}
