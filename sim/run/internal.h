/* The state of one run, shared by the files of run/ and oracle/. */
#ifndef SIM_RUN_INTERNAL_H
#define SIM_RUN_INTERNAL_H

#include "certs/pki.h"
#include "emu-applibs/device/device.h"
#include "sim/app/channel.h"
#include "sim/app/process.h"
#include "sim/issuer/issuer.h"
#include "sim/run/run.h"
#include "sim/world/clock.h"
#include "sim/world/queue.h"

#define BOOT_TO_APP_NS (2 * NS_PER_S) /* from power on to the start of the application */
#define CUT_TO_BOOT_NS (1 * NS_PER_S) /* a power cut lasts this long */
#define MUTABLE_FILE_MAX (64 * 1024)

struct event_state {
	unsigned calls_seen; /* SCN_ON_CALL */
	bool fired;
};

struct expect_state {
	bool met, failed;
	bool holding;        /* NEVER: that holds now, since since_ns */
	uint64_t since_ns;
	uint64_t timer;
};

/* What the last-credential oracle remembers. */
struct credential_memory {
	char *client_pem, *root_pem; /* of the last authentication that worked; NULL: none yet */
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
	struct pki_cert *issuer_root, *issuer_tls, *device_ca;
	char *crl_pem;

	/* The network and what is wanted of it. */
	struct net *net;
	struct net *probe; /* a model network of the stranded oracle's own */
	struct net_state net_state;
	char *server_chain_pem, *server_key_pem, *client_roots_pem;
	const char *client_root; /* name of the first client root: signs CRLs */
	bool net_dirty, probe_dirty;
	bool ntp_reachable;
	uint64_t reauth_timer;

	/* The application. */
	struct app_package package;
	struct app_launch launch;
	struct app_process process;
	struct channel *channel;
	char *socket_path, *run_dir;
	bool app_idle;
	int idle_connection;
	uint64_t idle_deadline_ns; /* run time */
	uint64_t idle_wall_steps;  /* of the device's wall clock, that the application knows of */
	uint64_t boot_base_ns;     /* run time of the device's boot */
	unsigned restart_backoff_s;
	uint64_t app_started_ns;
	unsigned long messages_now, spins;
	uint64_t messages_at_ns;
	char *out_line;            /* the application's unfinished output line */
	size_t out_length;
	char *last_lines[5];       /* of its output and log, for messages */
	unsigned last_line_next;
	/* Set while a message is handled and the application must not be answered any more. */
	bool app_gone;

	/* Its mutable file: fd -1 when there is none. */
	int mutable_fd;
	uint8_t *mutable_seen;
	size_t mutable_seen_length;

	struct event_state *events;
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
	char **secrets; /* lines that no log may hold: private keys */
	size_t secret_count;
	bool secret_reported;

	bool stop;
};

/* run.c */
void run_fail(struct run *run, const char *format, ...) ATTR_PRINTF(2, 3);
void run_error(struct run *run, const struct az_error *error); /* the run cannot go on */
void run_hint(struct run *run, const char *format, ...) ATTR_PRINTF(2, 3);
void run_hint_last_lines(struct run *run); /* what the application said last */
uint64_t run_app_mono_ns(const struct run *run);
void run_update_page(struct run *run);
void run_note(struct run *run, enum tl_kind kind, bool history, const char *detail, const char *format, ...) ATTR_PRINTF(5, 6);

/* setup.c */
int run_setup(struct run *run, struct az_error *ret_error);
void run_teardown(struct run *run);
uint64_t run_pki_seed(const struct run *run); /* certificates too are a function of the run's seed */
const struct pki_cert *run_cert(const struct run *run, const char *name); /* pki or "issued-N"; NULL: none (yet) */

/* netstate.c */
int run_radius_change(struct run *run, const struct scn_radius *change, struct az_error *ret_error);
int run_net_sync(struct run *run, struct az_error *ret_error); /* apply what is wanted, set the clocks */

/* host.c */
extern const struct device_host run_device_host_template;
extern const struct issuer_host run_issuer_host_template;

/* power.c */
void run_power_on(struct run *run);
void run_power_off(struct run *run, const char *why);
void run_app_start(struct run *run);
void run_app_kill(struct run *run, const char *why);
void run_app_ended(struct run *run, int status); /* by itself */

/* events.c */
void run_schedule_events(struct run *run);
/* Events that wait for this call; true when the application did not survive them. */
bool run_events_on_call(struct run *run, uint16_t op, int attribute, bool after);
void run_events_on_state(struct run *run);

/* dispatch.c */
void run_handle_message(struct run *run, struct channel_message *message, enum channel_message_kind kind);
void run_drain_output(struct run *run);
void run_watch_mutable_file(struct run *run);
void run_remember_line(struct run *run, const char *line);

/* expect.c */
bool run_condition(const struct run *run, const struct scn_condition *condition);
void run_schedule_expectations(struct run *run);
void run_check_expectations(struct run *run);
void run_finish_expectations(struct run *run);
void run_describe_state(const struct run *run, char *buffer, size_t capacity);
bool run_pem_equal(const char *a, const char *b);

/* oracle/ */
bool oracle_on(const struct run *run, const char *name);
void oracle_authenticated(struct run *run, const struct auth_request *request);
void oracle_store_changed(struct run *run);
void oracle_operator_acted(struct run *run);
void oracle_offline(struct run *run, bool offline);
void oracle_count_call(struct run *run);
void oracle_count_write(struct run *run);
void oracle_count_request(struct run *run);
void oracle_scan_line(struct run *run, const char *where, const char *line);
void oracle_add_secret(struct run *run, const char *key_pem);
void oracle_finish(struct run *run);
bool oracle_path_exists(struct run *run);

#endif
