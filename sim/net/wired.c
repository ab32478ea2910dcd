/* The wired network: real hostapd, FreeRADIUS and wpa_supplicant over a veth pair in namespaces of their own.
 *
 * This file is azsim's side: it starts the helper (testnetd.c) and asks it. Whoever asks does not wait for ever.
 */
#include "sim/net/wired.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnet.h"

/* Real time; each is above what the helper's own limits add up to. */
#define HELLO_LIMIT_MS 30000
#define APPLY_LIMIT_MS 120000
#define CLOCKS_LIMIT_MS 60000
#define AUTHENTICATE_LIMIT_MS 60000
#define QUIT_LIMIT_MS 5000

struct net {
	pid_t helper;
	int fd; /* -1: the helper is gone */
	uint32_t seq;
	struct testnet_message message;
};

/* ---- Asking the helper ------------------------------------------------------------------------------------------------------- */

static void await_helper(struct net *net)
{
	while (waitpid(net->helper, NULL, 0) < 0 && errno == EINTR)
		;
	net->helper = 0;
}

static void end_helper(struct net *net)
{
	if (net->fd >= 0)
		(void) close(steal_fd(&net->fd));
	if (net->helper > 0) {
		(void) kill(net->helper, SIGKILL);
		await_helper(net);
	}
}

/* No sense can be made of it any more: it goes, and every later question says so. */
static int lose_helper(struct net *net, int r, struct az_error *ret_error)
{
	end_helper(net);
	az_error_set(ret_error, AZ_ENVIRONMENT, "the helper of the wired network %s",
	             r == -EPIPE       ? "ended by itself"
	             : r == -ETIMEDOUT ? "does not answer, and was ended"
	                               : "gave an answer that makes no sense, and was ended");
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
		return lose_helper(net, -EBADMSG, ret_error);
	az_error_set(ret_error, (enum az_status) status, "%s", text);
	return net->message.header.result;
}

static int take_reply(struct net *net, uint32_t op, uint32_t seq, int limit_ms, struct az_error *ret_error)
{
	const struct testnet_header *header = &net->message.header;
	int r = testnet_receive(net->fd, &net->message, limit_ms);

	if (r == 0 && (header->op != op || header->seq != seq || header->result > 0))
		r = -EBADMSG;
	if (r < 0)
		return lose_helper(net, r, ret_error);
	return header->result < 0 ? take_error(net, ret_error) : 0;
}

/* The request is in `w`, over the payload of the message. It may hold a key, and goes when it has been sent. */
static int ask(struct net *net, enum testnet_op op, struct wire_writer *w, int limit_ms, struct az_error *ret_error)
{
	uint32_t seq = ++net->seq;
	int r = w->failed ? -EMSGSIZE : 0;

	if (r == 0 && net->fd < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the helper of the wired network ended earlier");
		return -EPIPE;
	}
	net->message.header = (struct testnet_header){.op = op, .seq = seq};
	if (r == 0)
		r = testnet_send(net->fd, &net->message, w->length);
	explicit_bzero(net->message.payload, w->length);
	if (r == -EMSGSIZE) {
		az_error_set(ret_error, AZ_USAGE, "certificates and identities together are too long for the wired network: %u bytes at most",
		             TESTNET_MAX_PAYLOAD);
		return r;
	}
	if (r < 0)
		return lose_helper(net, -EPIPE, ret_error);
	return take_reply(net, op, seq, limit_ms, ret_error);
}

static struct wire_writer writer(struct net *net)
{
	struct wire_writer w;

	wire_writer_init(&w, net->message.payload, sizeof(net->message.payload));
	return w;
}

/* ---- struct net_ops ---------------------------------------------------------------------------------------------------------- */

static int wired_probe(struct az_error *ret_error)
{
	struct testnetd_paths paths;
	int r = wired_find(&paths, ret_error);

	return r < 0 ? r : wired_try_namespaces(ret_error);
}

static int wired_open(const char *dir, struct net **ret_net, struct az_error *ret_error)
{
	struct testnetd_paths paths;
	cleanup_free struct net *net = calloc(1, sizeof(*net));
	int r;

	if (net == NULL) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "out of memory");
		return -ENOMEM;
	}
	r = wired_find(&paths, ret_error);
	if (r == 0)
		r = testnetd_spawn(dir, &paths, &net->helper, &net->fd, ret_error);
	if (r < 0)
		return r;
	r = take_reply(net, 0, 0, HELLO_LIMIT_MS, ret_error);
	if (r < 0) {
		end_helper(net);
		return r;
	}
	*ret_net = steal_ptr(&net);
	return 0;
}

static int wired_apply(struct net *net, const struct net_state *state, struct az_error *ret_error)
{
	struct wire_writer w = writer(net);

	testnet_put_state(&w, state);
	return ask(net, TESTNET_APPLY, &w, APPLY_LIMIT_MS, ret_error);
}

static int wired_set_clocks(struct net *net, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error)
{
	struct wire_writer w = writer(net);

	wire_put_i64(&w, device_wall_s);
	wire_put_i64(&w, radius_wall_s);
	return ask(net, TESTNET_SET_CLOCKS, &w, CLOCKS_LIMIT_MS, ret_error);
}

static int wired_authenticate(struct net *net, const struct auth_request *request, struct auth_verdict *ret_verdict,
                              struct az_error *ret_error)
{
	struct wire_writer w = writer(net);
	struct wire_reader reader;
	int r;

	testnet_put_request(&w, request);
	r = ask(net, TESTNET_AUTHENTICATE, &w, AUTHENTICATE_LIMIT_MS, ret_error);
	if (r < 0)
		return r;
	wire_reader_init(&reader, net->message.payload, net->message.header.length);
	r = testnet_get_verdict(&reader, ret_verdict);
	return r < 0 ? lose_helper(net, r, ret_error) : 0;
}

static void wired_close(struct net *net)
{
	struct az_error ignored;
	struct wire_writer w;

	if (net == NULL)
		return;
	w = writer(net);
	/* A helper that says goodbye ends when all its daemons have: only such an end is waited for without force. */
	if (net->fd >= 0 && ask(net, TESTNET_QUIT, &w, QUIT_LIMIT_MS, &ignored) == 0)
		await_helper(net);
	end_helper(net);
	free(net);
}

const struct net_ops net_wired_ops = {
        .name = "wired",
        .about = "real hostapd, FreeRADIUS and wpa_supplicant over a virtual cable, in namespaces: no root needed",
        .probe = wired_probe,
        .open = wired_open,
        .apply = wired_apply,
        .set_clocks = wired_set_clocks,
        .authenticate = wired_authenticate,
        .close = wired_close,
};

/* ---- For tests --------------------------------------------------------------------------------------------------------------- */

int wired_status(struct net *net, struct wired_pids *ret_pids, struct az_error *ret_error)
{
	struct wire_writer w = writer(net);
	struct wire_reader reader;
	int r = ask(net, TESTNET_STATUS, &w, QUIT_LIMIT_MS, ret_error);

	if (r < 0)
		return r;
	wire_reader_init(&reader, net->message.payload, net->message.header.length);
	ret_pids->helper = wire_get_u32(&reader);
	ret_pids->freeradius = wire_get_u32(&reader);
	ret_pids->hostapd = wire_get_u32(&reader);
	ret_pids->wpa_supplicant = wire_get_u32(&reader);
	return wire_reader_done(&reader) ? 0 : lose_helper(net, -EBADMSG, ret_error);
}

pid_t wired_helper(const struct net *net)
{
	return net->helper;
}
