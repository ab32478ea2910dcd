/* Messages between azsim and the helper that owns the daemons: see testnet.h.
 */
#include "sim/net/testnet/testnet.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "emu-applibs/base/base.h"

#define MAX_LIST 1024u

int testnet_send(int fd, struct testnet_message *message, size_t length)
{
	size_t total = sizeof(message->header) + length;
	ssize_t n;

	if (length > TESTNET_MAX_PAYLOAD)
		return -EMSGSIZE;
	message->header.magic = TESTNET_MAGIC;
	message->header.length = (uint32_t) length;
	do
		n = send(fd, message, total, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t) n == total ? 0 : -EMSGSIZE;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int testnet_receive(int fd, struct testnet_message *message, int timeout_ms)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	int64_t deadline = now_ms() + timeout_ms;
	ssize_t n;
	int r;

	for (;;) {
		int64_t left = deadline - now_ms();

		r = poll(&pfd, 1, timeout_ms < 0 ? -1 : left > 0 ? (int) left : 0);
		if (r > 0)
			break;
		if (r == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
	struct iovec io = {.iov_base = message, .iov_len = sizeof(*message)};
	struct msghdr msg = {.msg_iov = &io, .msg_iovlen = 1};

	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	if (n == 0)
		return -EPIPE;
	if ((msg.msg_flags & MSG_TRUNC) != 0 || (size_t) n < sizeof(message->header) ||
	    message->header.magic != TESTNET_MAGIC || message->header.length != (size_t) n - sizeof(message->header))
		return -EBADMSG;
	return 0;
}

static void put_optional(struct wire_writer *w, const char *s)
{
	wire_put_u8(w, s != NULL);
	if (s != NULL)
		wire_put_str(w, s);
}

int testnet_get_string(struct wire_reader *r, char **ret_s)
{
	size_t length;
	const uint8_t *bytes = wire_get_bytes(r, &length);
	char *s;

	if (r->failed || memchr(bytes, 0, length) != NULL)
		return -EBADMSG;
	s = malloc(length + 1);
	if (s == NULL)
		return -ENOMEM;
	memcpy(s, bytes, length);
	s[length] = '\0';
	*ret_s = s;
	return 0;
}

static int get_optional(struct wire_reader *r, char **ret_s)
{
	uint8_t present = wire_get_u8(r);

	*ret_s = NULL;
	if (r->failed || present > 1)
		return -EBADMSG;
	return present ? testnet_get_string(r, ret_s) : 0;
}

static void wipe_free(const char *secret)
{
	if (secret != NULL)
		explicit_bzero((char *) secret, strlen(secret));
	free((char *) secret);
}

/* ---- struct net_state ------------------------------------------------------------------------------------------------------ */

static void put_list(struct wire_writer *w, const char *const *list)
{
	uint32_t count = 0;

	wire_put_u8(w, list != NULL);
	if (list == NULL)
		return;
	while (list[count] != NULL)
		count++;
	wire_put_u32(w, count);
	for (uint32_t i = 0; i < count; i++)
		wire_put_str(w, list[i]);
}

static void put_air(struct wire_writer *w, const struct net_air *air)
{
	wire_put_u8(w, air->up);
	wire_put_u8(w, air->in_range);
	wire_put_i32(w, air->signal_dbm);
	wire_put_u8(w, (uint8_t) air->loss_percent);
}

static bool get_air(struct wire_reader *r, struct net_air *ret)
{
	ret->up = wire_get_u8(r) != 0;
	ret->in_range = wire_get_u8(r) != 0;
	ret->signal_dbm = wire_get_i32(r);
	ret->loss_percent = wire_get_u8(r);
	return !r->failed && ret->signal_dbm >= NET_SIGNAL_MIN && ret->signal_dbm <= NET_SIGNAL_MAX && ret->loss_percent <= 100;
}

void testnet_put_state(struct wire_writer *w, const struct net_state *state)
{
	wire_put_str(w, state->ssid);
	wire_put_str(w, state->server_chain_pem);
	wire_put_str(w, state->server_key_pem);
	wire_put_str(w, state->client_roots_pem);
	put_optional(w, state->crl_pem);
	put_list(w, state->known_identities);
	put_list(w, state->only_clients);
	wire_put_u32(w, state->fragment_size);
	wire_put_u8(w, state->cn_must_match);
	wire_put_u8(w, (uint8_t) state->tls);
	wire_put_u8(w, state->radius_up);
	wire_put_u8(w, state->radius_secret_wrong);
	wire_put_u8(w, state->hidden);
	wire_put_u8(w, state->pmksa_caching);
	wire_put_u8(w, (uint8_t) state->bss_count);
	for (size_t i = 0; i < state->bss_count; i++)
		put_air(w, &state->bss[i]);
	wire_put_u8(w, (uint8_t) state->other_count);
	for (size_t i = 0; i < state->other_count; i++) {
		wire_put_str(w, state->others[i].ssid);
		wire_put_u8(w, (uint8_t) state->others[i].security);
		put_optional(w, state->others[i].psk);
		wire_put_u8(w, state->others[i].hidden);
		put_air(w, &state->others[i].air);
	}
}

static int get_bss(struct wire_reader *r, struct net_state *s)
{
	s->bss_count = wire_get_u8(r);
	if (r->failed || s->bss_count < 1 || s->bss_count > NET_BSS_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < s->bss_count; i++)
		if (!get_air(r, &s->bss[i]))
			return -EBADMSG;
	return 0;
}

static int get_others(struct wire_reader *r, struct net_state *s)
{
	uint8_t count = wire_get_u8(r);
	struct net_ap *others = NULL;
	int e = 0;

	if (r->failed || count > NET_OTHERS_MAX)
		return -EBADMSG;
	if (count > 0) {
		others = calloc(count, sizeof(*others));
		if (others == NULL)
			return -ENOMEM;
	}
	s->others = others;
	for (uint8_t i = 0; i < count && e == 0; i++) {
		e = testnet_get_string(r, (char **) &others[i].ssid);
		if (e < 0)
			break;
		s->other_count = i + 1u;
		uint8_t security = wire_get_u8(r);

		if (security > AUTH_SECURITY_PSK || strlen(others[i].ssid) > 32)
			return -EBADMSG;
		others[i].security = (enum auth_security) security;
		e = get_optional(r, (char **) &others[i].psk);
		others[i].hidden = wire_get_u8(r) != 0;
		if (e == 0 && !get_air(r, &others[i].air))
			e = -EBADMSG;
	}
	return e;
}

static int get_list(struct wire_reader *r, char ***ret_list)
{
	uint8_t present = wire_get_u8(r);
	uint32_t count;

	if (r->failed || present > 1)
		return -EBADMSG;
	if (!present)
		return 0;
	count = wire_get_u32(r);
	if (r->failed || count > MAX_LIST)
		return -EBADMSG;
	*ret_list = calloc(count + 1, sizeof(**ret_list));
	if (*ret_list == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		int e = testnet_get_string(r, &(*ret_list)[i]);

		if (e < 0)
			return e;
	}
	return 0;
}

int testnet_get_state(struct wire_reader *r, struct net_state *ret_state)
{
	struct net_state s = {0};
	char **strings[] = {(char **) &s.ssid, (char **) &s.server_chain_pem, (char **) &s.server_key_pem,
	                    (char **) &s.client_roots_pem};
	int e = 0;

	for (size_t i = 0; i < ARRAY_LEN(strings) && e == 0; i++)
		e = testnet_get_string(r, strings[i]);
	if (e == 0)
		e = get_optional(r, (char **) &s.crl_pem);
	if (e == 0)
		e = get_list(r, (char ***) &s.known_identities);
	if (e == 0)
		e = get_list(r, (char ***) &s.only_clients);
	if (e == 0) {
		s.fragment_size = wire_get_u32(r);
		s.cn_must_match = wire_get_u8(r) != 0;
		uint8_t tls = wire_get_u8(r);

		s.tls = tls == NET_TLS_1_3 ? NET_TLS_1_3 : NET_TLS_1_2;
		s.radius_up = wire_get_u8(r) != 0;
		s.radius_secret_wrong = wire_get_u8(r) != 0;
		s.hidden = wire_get_u8(r) != 0;
		s.pmksa_caching = wire_get_u8(r) != 0;
		e = get_bss(r, &s);
		if (e == 0)
			e = get_others(r, &s);
		if (e == 0 && !wire_reader_done(r))
			e = -EBADMSG;
		if (r->failed || tls > NET_TLS_1_3)
			e = -EBADMSG;
	}
	if (e < 0) {
		testnet_state_clear(&s);
		return e;
	}
	*ret_state = s;
	return 0;
}

static void free_list(char **list)
{
	for (char **s = list; s != NULL && *s != NULL; s++)
		free(*s);
	free(list);
}

void testnet_state_clear(struct net_state *state)
{
	free((char *) state->ssid);
	free((char *) state->server_chain_pem);
	wipe_free(state->server_key_pem);
	free((char *) state->client_roots_pem);
	free((char *) state->crl_pem);
	free_list((char **) state->known_identities);
	free_list((char **) state->only_clients);
	for (size_t i = 0; i < state->other_count; i++) {
		free((char *) state->others[i].ssid);
		wipe_free(state->others[i].psk);
	}
	free((void *) state->others);
	memset(state, 0, sizeof(*state));
}

/* ---- struct auth_request and struct auth_verdict ---------------------------------------------------------------------------- */

void testnet_put_request(struct wire_writer *w, const struct auth_request *request)
{
	wire_put_bytes(w, request->ssid, request->ssid_length);
	wire_put_u8(w, (uint8_t) request->security);
	wire_put_u8(w, request->targeted_scan);
	wire_put_bytes(w, request->bssid, request->bssid != NULL ? AUTH_BSSID_LENGTH : 0);
	put_optional(w, request->psk);
	wire_put_str(w, request->identity);
	put_optional(w, request->root_ca_pem);
	put_optional(w, request->client_cert_pem);
	put_optional(w, request->client_key_pem);
}

static int get_access_point(struct wire_reader *r, struct auth_request *q)
{
	size_t length;
	const uint8_t *bytes = wire_get_bytes(r, &length);
	uint8_t *bssid;

	if (r->failed || (length != 0 && length != AUTH_BSSID_LENGTH))
		return -EBADMSG;
	if (length == 0)
		return 0;
	bssid = malloc(length);
	if (bssid == NULL)
		return -ENOMEM;
	memcpy(bssid, bytes, length);
	q->bssid = bssid;
	return 0;
}

int testnet_get_request(struct wire_reader *r, struct auth_request *ret_request)
{
	struct auth_request q = {0};
	const uint8_t *ssid = wire_get_bytes(r, &q.ssid_length);
	int e = 0;

	if (r->failed || q.ssid_length > 32)
		return -EBADMSG;
	q.ssid = malloc(q.ssid_length + 1);
	if (q.ssid == NULL)
		return -ENOMEM;
	memcpy((uint8_t *) q.ssid, ssid, q.ssid_length);
	uint8_t security = wire_get_u8(r);

	q.targeted_scan = wire_get_u8(r) != 0;
	q.security = (enum auth_security) security;
	e = get_access_point(r, &q);
	if (e < 0) {
		testnet_request_clear(&q);
		return e;
	}
	e = security > AUTH_SECURITY_PSK ? -EBADMSG : get_optional(r, (char **) &q.psk);
	if (e == 0)
		e = testnet_get_string(r, (char **) &q.identity);
	if (e == 0)
		e = get_optional(r, (char **) &q.root_ca_pem);
	if (e == 0)
		e = get_optional(r, (char **) &q.client_cert_pem);
	if (e == 0)
		e = get_optional(r, (char **) &q.client_key_pem);
	if (e == 0 && r->failed)
		e = -EBADMSG;
	if (e < 0) {
		testnet_request_clear(&q);
		return e;
	}
	*ret_request = q;
	return 0;
}

void testnet_request_clear(struct auth_request *request)
{
	free((uint8_t *) request->ssid);
	free((uint8_t *) request->bssid);
	free((char *) request->identity);
	free((char *) request->root_ca_pem);
	free((char *) request->client_cert_pem);
	wipe_free(request->client_key_pem);
	wipe_free(request->psk);
	memset(request, 0, sizeof(*request));
}

void testnet_put_verdict(struct wire_writer *w, const struct auth_verdict *verdict)
{
	wire_put_u8(w, (uint8_t) verdict->outcome);
	wire_put_u8(w, (uint8_t) verdict->cause);
	wire_put_i32(w, verdict->depth);
	wire_put_bytes(w, verdict->bssid, sizeof(verdict->bssid));
	wire_put_str(w, verdict->subject);
	wire_put_str(w, verdict->device_reason);
	wire_put_str(w, verdict->radius_reason);
}

int testnet_get_verdict(struct wire_reader *r, struct auth_verdict *ret_verdict)
{
	struct auth_verdict v = {0};
	uint8_t outcome = wire_get_u8(r), cause = wire_get_u8(r);
	const uint8_t *bssid;
	size_t length;

	v.depth = wire_get_i32(r);
	bssid = wire_get_bytes(r, &length);
	if (r->failed || length != sizeof(v.bssid))
		return -EBADMSG;
	memcpy(v.bssid, bssid, sizeof(v.bssid));
	if (!wire_get_str(r, v.subject, sizeof(v.subject)) ||
	    !wire_get_str(r, v.device_reason, sizeof(v.device_reason)) ||
	    !wire_get_str(r, v.radius_reason, sizeof(v.radius_reason)) || !wire_reader_done(r) ||
	    outcome > AUTH_WRONG_KEY || cause > AUTH_CAUSE_OTHER)
		return -EBADMSG;
	v.outcome = (enum auth_outcome) outcome;
	v.cause = (enum auth_cause) cause;
	*ret_verdict = v;
	return 0;
}
