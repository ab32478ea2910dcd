/* azsim's side of a network of real daemons: one child process that holds them, asked over the messages of testnet.h.
 *
 * wired: the child is testnetd itself. radio: the child is the emulator in which testnetd runs.
 */
#ifndef SIM_NET_TESTNET_NETD_H
#define SIM_NET_TESTNET_NETD_H

#include <sys/types.h>

#include "sim/net/testnet/testnet.h"

struct net {
	const char *who; /* for messages: "the helper of the wired network" */
	pid_t child;     /* 0: gone */
	int fd;          /* -1: nobody is there to be asked */
	bool stream;     /* bytes instead of packets */
	int wait_status; /* of a child that had ended by itself, else -1 */
	uint32_t seq;
	/* NULL, or adds to an error what is known of a child that was lost; called when it is gone. */
	void (*explain)(struct net *net, struct az_error *error);
	struct testnet_message message;
	/* The last join found nothing: what was asked, as a digest, and the answer; until the network is changed. */
	bool nothing_found;
	bool loses_frames; /* then asking again may find something */
	uint8_t nothing_digest[32];
	struct join_result nothing;
};

/* The first message of the helper, which comes unasked. 0, or negative errno and *ret_error. */
int netd_take_hello(struct net *net, int limit_ms, struct az_error *ret_error);
struct wire_writer netd_writer(struct net *net);
/* One request, from netd_writer(), and its reply, which is in net->message. A child that does not answer within limit_ms of real
 * time is ended. */
int netd_ask(struct net *net, enum testnet_op op, struct wire_writer *w, int limit_ms, struct az_error *ret_error);
/* Ends the child by force, and waits for it. */
void netd_end(struct net *net);
/* No sense can be made of the child: it is ended, and the error says so. Returns r. */
int netd_lose(struct net *net, int r, struct az_error *ret_error);

/* Those of struct net_ops that are the same for both. */
int netd_apply(struct net *net, const struct net_state *state, struct az_error *ret_error);
int netd_set_clocks(struct net *net, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error);
int netd_authenticate(struct net *net, const struct auth_request *request, struct auth_verdict *ret_verdict,
                        struct az_error *ret_error);
int netd_tcp_connect(struct net *net, uint32_t id, const struct net_address *own, uint32_t address, uint16_t port,
                     struct az_error *ret_error);
int netd_tcp_carry(struct net *net, uint32_t id, bool from_device, uint8_t *bytes, size_t length, struct az_error *ret_error);
int netd_tcp_close(struct net *net, uint32_t id, struct az_error *ret_error);
int netd_join(struct net *net, const struct join_request *join, struct join_result *ret_result, struct az_error *ret_error);
bool netd_join_known(struct net *net, const struct join_request *join, struct join_result *ret_result);
int netd_scan(struct net *net, const struct auth_request *names, size_t name_count, struct join_row rows[JOIN_ROWS_MAX],
              struct az_error *ret_error);
int netd_signal(struct net *net, struct join_row *ret_row, struct az_error *ret_error);
int netd_capture(struct net *net, struct az_error *ret_error);
/* Says goodbye, and waits for an orderly end as long as that takes at most. */
void netd_quit(struct net *net);

/* Process ids as the helper sees them; 0: not running. */
struct netd_pids {
	uint32_t helper, freeradius, hostapd, wpa_supplicant;
};
int netd_status(struct net *net, struct netd_pids *ret_pids, struct az_error *ret_error);

#endif
