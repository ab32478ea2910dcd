/* The state of one run, shared by the files of run/ and oracle/. */
#ifndef SIM_RUN_INTERNAL_H
#define SIM_RUN_INTERNAL_H

#include "certs/pki.h"
#include "emu-applibs/device/device.h"
#include "sim/app/channel.h"
#include "sim/app/package.h"
#include "sim/app/process.h"
#include "sim/issuer/issuer.h"
#include "sim/run/ahead.h"
#include "sim/run/run.h"
#include "sim/torture/cuts.h"
#include "sim/web/web.h"
#include "sim/world/clock.h"
#include "sim/world/queue.h"

#define TERM_TO_KILL_NS (2 * NS_PER_S) /* "only two seconds to exit" ["Initialization and termination" on Microsoft Learn] */
#define BOOT_TO_APP_NS (2 * NS_PER_S) /* from power on to the start of the application */
#define CUT_TO_BOOT_NS (1 * NS_PER_S) /* a power cut of a scenario lasts this long */
#define MUTABLE_FILE_MAX (64 * 1024)

/* What run_app_start() has the channel watch. */
#define APP_ENDED 2u
#define APP_WROTE 4u

struct event_state {
	const struct scn_event *event;
	unsigned calls_seen; /* SCN_ON_CALL */
	bool fired;
	void (*hook)(void *ctx); /* what it does instead, when not NULL */
	void *hook_ctx;
};

struct expect_state {
	bool met_unlogged; /* all but what a fault may have kept the application from logging */
	bool met, failed;
	bool holding;        /* NEVER: that holds now, since since_ns */
	uint64_t since_ns;
	uint64_t timer;
};

/* A client certificate and a root with which the device has been connected, PEM; NULL: the connection went without. */
struct credential_pair {
	char *client_pem, *root_pem;
};
/* What the last-credential oracle remembers. */
struct credential_memory {
	struct credential_pair *proven; /* all that there were in this run */
	size_t proven_count;
	char *client_pem, *root_pem; /* of the last authentication that worked; NULL: none yet */
	struct credential_pair saved; /* the last of these to which a network in flash led */
	bool saved_by_operator; /* flash leads to the last of these because an operator saved it, and not yet the application */
	bool violated;
};

struct day_count {
	uint64_t day;
	unsigned calls, writes, requests;
	bool reported;
};

struct run {
	const struct scenario *scenario;
	const struct run_options *options;
	const struct net_ops *net_ops;
	struct run_result *result;

	struct clock clock;
	struct queue *queue;
	struct device *device;
	struct issuer *issuer;
	struct pki_cert **certs; /* as scenario->certs */
	struct pki_cert *issuer_root, *issuer_tls, *device_ca, *web_root;
	struct pki_cert *device_auth; /* the device's, as last issued; NULL: never */
	char *device_auth_key_pem;
	struct web *web;
	struct pki_cert **web_certs; /* as scenario->webs; NULL where that names its own */
	char *crl_pem;

	/* The network and what is wanted of it. */
	struct net *net;
	struct net *probe; /* a model network of the stranded oracle's own */
	struct net_state net_state;
	struct net_ap others[NET_OTHERS_MAX]; /* of net_state */
	char *server_chain_pem, *server_key_pem, *client_roots_pem;
	char **only_clients; /* serial numbers; NULL: RADIUS has no such file */
	const char *client_root; /* name of the first client root: signs CRLs */
	const char *server_name; /* of RADIUS's certificate */
	bool net_dirty, probe_dirty;
	bool ntp_reachable;
	int64_t ntp_error_s; /* of what time servers say */
	const char *tenant_ca; /* who signs device-authentication certificates: name in pki; NULL: device_ca */
	char *const *ntp_servers; /* only these answer; NULL: all */
	bool rtc_busy;
	int64_t rtc_lag_ns; /* the clock that runs on without power, minus the device's clock */
	uint64_t reauth_timer;
	uint64_t key_until_ns[NET_BSS_MAX]; /* apkeys.c; 0: none */
	struct relay *relays;    /* connections over it */
	uint32_t relay_last;     /* number of the last one */
	uint64_t relay_clock_ns; /* the moment that its clocks were set to for one of them */

	/* The application. */
	struct app_package package;
	struct app_launch launch;
	struct app_process process;
	struct channel *channel;
	char *socket_path, *run_dir;
	bool app_idle;
	bool output_quiet;         /* there was no output of it when it said what is being handled */
	int idle_connection;
	uint64_t idle_deadline_ns; /* run time */
	uint64_t idle_wall_steps;  /* of the device's wall clock, that the application knows of */
	uint64_t boot_base_ns;     /* run time of the device's boot */
	unsigned restart_backoff_s;
	uint64_t app_started_ns;
	uint64_t start_timer;      /* of its next start */
	double silent_since_s;     /* real time: it lives since then but says nothing; 0: it has spoken */
	unsigned long messages_now, messages_in_minute, spins;
	uint64_t messages_minute;  /* of virtual time, that they were counted in */
	unsigned long calls_in_a_row; /* since it last waited */
	struct channel_message *held; /* a request that is answered when time has moved (app_idle is set); NULL: none */
	int64_t heard_ms;          /* live: real time of its last message; 0: it waits, or does not run */
	int64_t served_ms;         /* live: when the front was last asked */
	bool hang_told;            /* live */
	uint64_t messages_at_ns;
	char *out_line;            /* the application's unfinished output line */
	size_t out_length;
	char *last_lines[5];       /* of its output and log, for messages */
	unsigned last_line_next;
	size_t kills_done;
	/* Set while a message is handled and the application must not be answered any more. */
	bool app_gone;
	int event_fd;      /* our end of the application's system events, or -1 */
	bool app_has_mail; /* something was sent there: it has to look at its descriptors again */

	/* The device or the application is being shut down: SIGTERM, then SIGKILL. */
	struct {
		bool on, term_due;
		enum device_shut_down what;
		unsigned seconds;
		uint64_t timer;
	} shut_down;
	uint64_t wake_timer; /* end of a power-down */

	/* Its mutable file: fd -1 when there is none. */
	int mutable_fd;
	uint8_t *mutable_seen;
	size_t mutable_seen_length;

	struct event_state *events; /* the scenario's, then those that were said meanwhile */
	size_t event_count;
	struct scenario **said;     /* what run_add_event() took */
	size_t said_count;
	struct expect_state *expects;
	bool state_changed; /* conditions have to be looked at again */
	bool checking;
	uint64_t offline_since_ns; /* TIME_NEVER: connected or off */

	/* Oracles. */
	struct credential_memory credentials;
	struct day_count day;
	uint64_t stranded_timer;
	uint64_t path_since_ns; /* offline with a valid path since; TIME_NEVER: none */
	bool operator_acts; /* a change by the operator or by the scenario is not the application's doing */
	char **secrets; /* what no log may hold: pieces of private keys */
	size_t secret_count;
	bool secret_reported;

	struct cuts *cuts; /* sim/torture; NULL: none */
	struct faults *faults; /* likewise */
	struct oom *oom;       /* likewise */
	struct ahead ahead;
	bool in_request;   /* the device is carrying one out */

	bool stop;
};

/* run.c */
void run_fail(struct run *run, const char *format, ...) ATTR_PRINTF(2, 3);
void run_error(struct run *run, const struct az_error *error); /* the run cannot go on */
void run_network_failed(struct run *run, struct az_error *error); /* the same for what the test network said */
void run_hint(struct run *run, const char *format, ...) ATTR_PRINTF(2, 3);
void run_hint_last_lines(struct run *run); /* what the application said last */
/* It cannot go on like that: the run ends, or (live) the application does and is started again. */
void run_app_misbehaves(struct run *run, const char *format, ...) ATTR_PRINTF(2, 3);
uint64_t run_app_mono_ns(const struct run *run);
void run_update_page(struct run *run);
void run_note(struct run *run, enum tl_kind kind, bool history, const char *detail, const char *format, ...) ATTR_PRINTF(5, 6);
void run_note_text(struct run *run, enum tl_kind kind, bool history, const char *detail, char *text); /* malloc'ed; takes it; never in a trial */

/* When anything happens next, by what is known now; TIME_NEVER: nothing. */
uint64_t run_next_moment(const struct run *run);
void run_advance_clock(struct run *run, uint64_t to_ns); /* no-op for the present and the past */
void run_look(struct run *run);                          /* conditions again, where anything has changed at this moment */
void run_happen(struct run *run);                        /* all that is due now */
/* The application goes on, if it waits and something came for it: true. */
bool run_wake_app(struct run *run);
void run_app_time_is_up(struct run *run); /* it waits no longer */

/* live.c */
void run_live_loop(struct run *run);

/* setup.c */
int run_setup(struct run *run, struct az_error *ret_error);
void run_teardown(struct run *run);
/* The image package may have been built anew: read the manifest and lay out the package again. The old one stays on failure. */
int run_reload_package(struct run *run, struct az_error *ret_error);
uint64_t run_pki_seed(const struct run *run); /* certificates too are a function of the run's seed */
const struct pki_cert *run_cert(const struct run *run, const char *name); /* pki or "issued-N"; NULL: none (yet) */

bool run_note_key(struct run *run, const struct pki_cert *cert); /* no log may hold it; false: no memory */

/* webhosts.c */
int run_make_webs(struct run *run, struct az_error *ret_error);
void run_free_webs(struct run *run);
/* Adds the files of the image package that hold roots of web hosts; text of each malloc'ed, the caller's. -E2BIG, -ENOMEM. */
int run_add_trusted(const struct run *run, struct app_overlay *overlays, size_t max, size_t *count);

/* apkeys.c */
/* The device has authenticated in full at this access point. */
void run_key_made(struct run *run, const uint8_t bssid[AUTH_BSSID_LENGTH]);
bool run_key_known(const struct run *run, const uint8_t bssid[AUTH_BSSID_LENGTH]);
/* Bit i: access point i has forgotten a key since the last call, as its time was over. */
uint32_t run_keys_ended(struct run *run);

/* netstate.c */
int run_radius_change(struct run *run, const struct scn_radius *change, struct az_error *ret_error);
void run_net_free(struct run *run);
void run_forget_device_auth(struct run *run); /* the next one is made anew */
const struct pki_cert *run_device_auth_signer(const struct run *run);
/* When one that is issued at issued_ns begins to be valid, in s since 1970: an hour before. */
int64_t run_device_auth_from_s(const struct run *run, uint64_t issued_ns);
int run_net_sync(struct run *run, struct az_error *ret_error); /* apply what is wanted, set the clocks */

/* host.c */
void run_note_issuer(struct run *run, const char *text); /* the issuer has answered a request */
extern const struct device_host run_device_host_template;
extern const struct issuer_host run_issuer_host_template;

/* power.c */
void run_power_on(struct run *run);
void run_power_off(struct run *run, const char *why);
void run_power_cycle(struct run *run, const char *why); /* off, and on again a moment later */
void run_app_start(struct run *run);
void run_app_kill(struct run *run, const char *why);
void run_app_ended(struct run *run, int status); /* by itself */
/* Ends it, if it runs, and starts it at once. 0, or -EAGAIN: the device is off. */
int run_app_restart(struct run *run);
/* See struct device_host. */
void run_shut_down(struct run *run, enum device_shut_down what, unsigned seconds);

/* kills.c */
void run_kills_count(struct run *run, enum channel_message_kind kind, const struct channel_message *message);
/* Is now, before or after the message is handled, the moment of a kill? Then the application is gone. */
bool run_kills_now(struct run *run, bool after);

/* events.c */
void run_set_flash(struct run *run, enum scn_flash flash); /* not SCN_FLASH_LEAVE */
void run_schedule_events(struct run *run);
/* An event that scenario_parse_event() gave; takes it, whatever comes of it. 0, or a negative errno and *ret_error. */
int run_add_event(struct run *run, struct scenario *said, struct az_error *ret_error);
/* Calls hook(ctx) once, when the condition that scenario_parse_condition() gave first holds; takes it. A number for
 * run_drop_watch(), after which the hook is not called any more. */
size_t run_add_watch(struct run *run, struct scenario *said, void (*hook)(void *ctx), void *ctx);
void run_drop_watch(struct run *run, size_t watch);
/* Events that wait for this call; true when the application did not survive them. */
bool run_events_on_call(struct run *run, uint16_t op, int attribute, bool after);
void run_events_on_state(struct run *run);

/* route.c */
/* What the application may reach, and why not: an EAI_* number and the address; 0 or negative errno and a descriptor (ret_fd NULL:
 * only whether one could be had). Both tell the timeline of a failure. */
int run_resolve(struct run *run, const char *host, uint64_t *ret_address);
/* On, in a network, and with an address there. */
bool run_is_online(const struct run *run);
/* The servers do what they can now, if anything gets through to them; true when the application may have something to see. */
bool run_serve(struct run *run);
int run_route(struct run *run, uint64_t address, uint64_t port, int *ret_fd);
/* A request of the libcurl without TLS. */
void run_http(struct run *run, const struct channel_message *message);
/* Its answer alone: the result >= 0 and the fields, or negative errno. ret_fd NULL: -EAGAIN unless it can be had at once, and leaves
 * nothing behind but a note. */
int run_http_answer(struct run *run, uint16_t op, struct wire_reader *in, struct wire_writer *out, int *ret_fd);
/* WIRE_HTTP_REQUEST with these fields: does it only ask? */
bool run_http_is_question(const uint8_t *fields, size_t length);

/* relay.c: connections over a network that carries IP. */
/* From the application to that address; server_fd: the server's end, which it takes. 0 and the application's end, or negative errno. */
int relay_open(struct run *run, uint32_t address, uint16_t port, int server_fd, int *ret_fd);
/* Lets go over the network what can; true when anything did. */
bool relay_pump(struct run *run);
void relay_drop(struct run *run); /* all of them */

/* dispatch.c */
/* A request that was carried out: counted, and noted with what the device said of it. fields: of the request. */
void run_note_request(struct run *run, uint16_t op, const uint8_t *fields, size_t length, int result, const char *summary,
                      const char *denied);
/* The request that was held is handled now; false: there is none. */
bool run_handle_held(struct run *run);
/* NULL is fine: the application is gone. */
void run_drop_held(struct run *run);
void run_handle_message(struct run *run, struct channel_message *message, enum channel_message_kind kind);
void run_drain_output(struct run *run);
void run_watch_mutable_file(struct run *run);
void run_remember_line(struct run *run, const char *line);

/* expect.c */
bool run_condition(const struct run *run, const struct scn_condition *condition);
/* The name of the access point that the device is at, or on the way to; NULL: it is at none that has a name. */
const char *run_access_point(const struct run *run);
void run_schedule_expectations(struct run *run);
/* For the queue: at that moment the expectations and conditions are looked at anew. */
void run_look_again(void *ctx, uint64_t arg);
void run_check_expectations(struct run *run);
void run_finish_expectations(struct run *run);
void run_describe_state(const struct run *run, char *buffer, size_t capacity);
bool run_pem_equal(const char *a, const char *b);

/* oracle/ */
bool oracle_on(const struct run *run, const char *name);
void oracle_authenticated(struct run *run, const struct auth_request *request);
void oracle_store_changed(struct run *run);
void oracle_operator_acted(struct run *run);
void oracle_credentials_free(struct run *run);
/* For the queue: oracle_store_changed(). */
void oracle_look_at_store(void *ctx, uint64_t arg);
void oracle_offline(struct run *run, bool offline);
void oracle_count_call(struct run *run);
void oracle_count_write(struct run *run);
void oracle_count_request(struct run *run);
void oracle_scan_line(struct run *run, const char *where, const char *line);
/* A private key, PEM, not encrypted: no log may hold it. */
void oracle_add_secret(struct run *run, const char *key_pem);
void oracle_scan_logs(struct run *run); /* of the daemons */
void oracle_finish(struct run *run);
bool oracle_path_exists(struct run *run);

#endif
