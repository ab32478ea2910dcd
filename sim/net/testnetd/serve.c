/* The requests of azsim, answered: see testnetd/serve.h.
 */
#include "sim/net/testnetd/serve.h"

#include <errno.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/lan.h"
#include "sim/net/testnetd/listen.h"

/* ---- Replies ---------------------------------------------------------------------------------------------------------------- */

static int reply(struct serve *h, int result, const struct az_error *error, struct wire_writer *w)
{
	if (result < 0) {
		wire_writer_init(w, h->message.payload, sizeof(h->message.payload));
		wire_put_u8(w, (uint8_t) error->status);
		wire_put_str(w, error->text);
	}
	h->message.header.result = result < 0 ? result : 0;
	return h->device ? testnet_stream_send(h->fd, &h->message, w->length) : testnet_send(h->fd, &h->message, w->length);
}

int serve_reply(struct serve *h, int result, const struct az_error *error)
{
	struct wire_writer w;

	wire_writer_init(&w, h->message.payload, sizeof(h->message.payload));
	return reply(h, result, error, &w);
}

void serve_hello(struct serve *h, int result, const struct az_error *error)
{
	memset(&h->message.header, 0, sizeof(h->message.header));
	(void) serve_reply(h, result, error);
}

static int malformed(struct az_error *error)
{
	az_error_set(error, AZ_ENVIRONMENT, "a request to the helper of the test network is malformed");
	return -EBADMSG;
}

/* ---- Requests --------------------------------------------------------------------------------------------------------------- */

static int do_apply(struct serve *h, struct wire_reader *r, struct az_error *error)
{
	struct net_state state;

	if (testnet_get_state(r, &state) < 0)
		return malformed(error);
	/* The copy in the message holds the server's key. */
	explicit_bzero(h->message.payload, h->message.header.length);
	return daemons_apply(&h->daemons, &state, error);
}

static int do_set_clocks(struct serve *h, struct wire_reader *r, struct az_error *error)
{
	int64_t device_wall_s = wire_get_i64(r), radius_wall_s = wire_get_i64(r);
	int e;

	if (!wire_reader_done(r))
		return malformed(error);
	e = daemons_check(&h->daemons, error);
	return e < 0 ? e : daemons_set_clocks(&h->daemons, device_wall_s, radius_wall_s, error);
}

static int do_authenticate(struct serve *h, struct wire_reader *r, struct wire_writer *w, struct az_error *error)
{
	struct auth_request request;
	struct auth_verdict verdict;
	int e;

	if (testnet_get_request(r, &request) < 0)
		return malformed(error);
	if (!wire_reader_done(r)) {
		testnet_request_clear(&request);
		return malformed(error);
	}
	explicit_bzero(h->message.payload, h->message.header.length);
	lan_forget(&h->daemons);
	e = h->daemons.medium->radio ? join_one(&h->daemons, &h->joiner, &request, &verdict, error)
	                             : attempt_run(&h->daemons, &h->aftermath, &request, &verdict, error);
	testnet_request_clear(&request);
	if (e == 0)
		testnet_put_verdict(w, &verdict);
	return e;
}

/* What is no fault of the network has no words. */
static void set_plain(struct az_error *error)
{
	az_error_set(error, AZ_OK, "%s", "");
}

static int do_tcp_connect(struct serve *h, struct wire_reader *r, struct az_error *error)
{
	struct net_address own;
	uint32_t id = wire_get_u32(r), address, port;

	own.address = wire_get_u32(r);
	own.mask = wire_get_u32(r);
	own.gateway = wire_get_u32(r);
	address = wire_get_u32(r);
	port = wire_get_u32(r);
	if (!wire_reader_done(r) || !h->daemons.medium->radio || port > UINT16_MAX)
		return malformed(error);
	set_plain(error);
	return tcp_connect(&h->daemons, &h->tcp, id, &own, address, (uint16_t) port, error);
}

/* The bytes go back in the message that they came in. */
static int do_tcp_carry(struct serve *h, struct wire_reader *r, struct wire_writer *w, struct az_error *error)
{
	static uint8_t bytes[NET_CARRY_MAX];
	uint32_t id = wire_get_u32(r);
	bool from_device = wire_get_u8(r) != 0;
	const uint8_t *given;
	size_t length;
	int e;

	given = wire_get_bytes(r, &length);
	if (!wire_reader_done(r) || length > sizeof(bytes) || !h->daemons.medium->radio)
		return malformed(error);
	memcpy(bytes, given, length);
	set_plain(error);
	e = tcp_carry(&h->daemons, &h->tcp, id, from_device, bytes, length, error);
	if (e == 0)
		wire_put_bytes(w, bytes, length);
	return e;
}

static int do_tcp_close(struct serve *h, struct wire_reader *r, struct az_error *error)
{
	uint32_t id = wire_get_u32(r);

	if (!wire_reader_done(r) || !h->daemons.medium->radio)
		return malformed(error);
	tcp_close(&h->tcp, id);
	return 0;
}

static int do_join(struct serve *h, struct wire_reader *r, struct wire_writer *w, struct az_error *error)
{
	struct join_request join;
	struct join_result result;
	int e;

	if (!h->daemons.medium->radio || testnet_get_join(r, &join) < 0)
		return malformed(error);
	explicit_bzero(h->message.payload, h->message.header.length);
	lan_forget(&h->daemons);
	e = join_run(&h->daemons, &h->joiner, &join, &result, error);
	if (e == 0)
		testnet_put_joined(w, &result, join.count);
	testnet_join_clear(&join);
	return e;
}

static int do_scan(struct serve *h, struct wire_reader *r, struct wire_writer *w, struct az_error *error)
{
	static struct auth_request names[JOIN_NETWORKS_MAX];
	static struct join_row rows[JOIN_ROWS_MAX];
	uint32_t wanted = wire_get_u32(r), count = 0;
	int e = 0;

	if (!h->daemons.medium->radio || r->failed || wanted > ARRAY_LEN(names))
		return malformed(error);
	for (; count < wanted && e == 0; count += e == 0)
		e = testnet_get_request(r, &names[count]);
	e = e == 0 && wire_reader_done(r) ? listen_scan(&h->daemons, names, count, rows, error) : malformed(error);
	while (count > 0)
		testnet_request_clear(&names[--count]);
	if (e >= 0)
		testnet_put_rows(w, rows, (size_t) e);
	return e < 0 ? e : 0;
}

static int do_signal(struct serve *h, struct wire_writer *w, struct az_error *error)
{
	struct join_row row;
	int e = h->daemons.medium->radio ? listen_signal(&h->daemons, &row, error) : malformed(error);

	if (e >= 0)
		testnet_put_rows(w, &row, (size_t) e);
	return e < 0 ? e : 0;
}

static void put_pid(struct wire_writer *w, const struct proc *proc)
{
	wire_put_u32(w, proc->state == PROC_RUNNING ? (uint32_t) proc->pid : 0);
}

static void do_status(struct serve *h, struct wire_writer *w)
{
	wire_put_u32(w, (uint32_t) getpid());
	put_pid(w, &h->daemons.radius);
	put_pid(w, &h->daemons.ap[0]);
	put_pid(w, &h->daemons.supplicant);
}

/* False: the end. */
static bool answer(struct serve *h)
{
	struct wire_reader r;
	struct wire_writer w;
	struct az_error error;
	int e = 0;

	if ((h->device ? testnet_device_receive(h->fd, &h->message, -1) : testnet_receive(h->fd, &h->message, -1)) < 0)
		return false; /* azsim is gone, or speaks another language */
	wire_reader_init(&r, h->message.payload, h->message.header.length);
	wire_writer_init(&w, h->message.payload, sizeof(h->message.payload));
	switch (h->message.header.op) {
	case TESTNET_APPLY:
		e = do_apply(h, &r, &error);
		break;
	case TESTNET_SET_CLOCKS:
		e = do_set_clocks(h, &r, &error);
		break;
	case TESTNET_AUTHENTICATE:
		e = do_authenticate(h, &r, &w, &error);
		break;
	case TESTNET_TCP_CONNECT:
		e = do_tcp_connect(h, &r, &error);
		break;
	case TESTNET_TCP_CARRY:
		e = do_tcp_carry(h, &r, &w, &error);
		break;
	case TESTNET_TCP_CLOSE:
		e = do_tcp_close(h, &r, &error);
		break;
	case TESTNET_JOIN:
		e = do_join(h, &r, &w, &error);
		break;
	case TESTNET_SCAN:
		e = do_scan(h, &r, &w, &error);
		break;
	case TESTNET_SIGNAL:
		e = do_signal(h, &w, &error);
		break;
	case TESTNET_CAPTURE:
		e = daemons_capture(&h->daemons, &error);
		break;
	case TESTNET_STATUS:
		do_status(h, &w);
		break;
	case TESTNET_QUIT:
		break;
	default:
		e = malformed(&error);
	}
	daemons_capture_flush(&h->daemons);
	return reply(h, e, &error, &w) == 0 && h->message.header.op != TESTNET_QUIT;
}

void serve_requests(struct serve *h)
{
	for (;;) {
		if (daemons_wait(&h->daemons, h->fd, TIME_NEVER)) {
			if (!answer(h))
				return;
		} else {
			daemons_pause(&h->daemons, 0); /* takes events: a daemon waits for a reader that does not read */
		}
	}
}
