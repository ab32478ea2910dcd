/* A run that goes on live, for a developer: it is printed as it happens, and steered over the control socket.
 *
 * Requests and answers are in README.md. Everything happens inside the run's own loop (sim/run/live.c), so that nothing here needs a
 * lock. Leaves to others: the socket (ctl_server.h), how time passes (pace.h), the command line (sim/cli/dev.c).
 */
#ifndef SIM_DEV_DEV_H
#define SIM_DEV_DEV_H

#include <stdio.h>

#include "sim/dev/pace.h"
#include "sim/dev/proto.h"
#include "sim/dev/ctl_server.h"
#include "sim/run/internal.h"

struct dev {
	/* Set by the caller. */
	const char *socket;   /* path of the control socket */
	bool virtual_time;    /* time stands until somebody says how far it may go; else it goes with the real one */
	bool starts_now;      /* the run's start is the present moment: real time is counted from there */
	FILE *out;            /* where the timeline is printed; NULL: nowhere */
	FILE *copy;           /* and written to; NULL: nowhere */

	/* Its own. */
	struct run *run;
	struct pace pace;
	struct ctl_server *server;
	json_t *capture;      /* texts of the entries that a request makes; NULL: no request is being handled */
	unsigned last_mark;   /* of clients; each gets another number */
	bool quits;

	/* The one advance that may be under way. */
	struct {
		struct ctl_client *client; /* NULL: none */
		json_t *id;
		size_t watch;    /* of its condition */
		bool has_watch, hit;
		uint64_t from_ns;
	} advance;
};

/* The front for run_options.live. */
struct run_live dev_live(struct dev *dev);

/* The default world as YAML, for a run that starts at start_s and goes on for long; the caller frees it. */
char *dev_world(int64_t start_s);

/* ---- Between the files of dev ---- */

#define DEV_FOLLOWS 0x10000u /* mark of a client: it is told every entry, of the kinds in the low bits (0: all) */

struct request {
	struct dev *dev;
	struct ctl_client *client;
	const json_t *id;      /* NULL: none was given */
	const char *command;
	size_t argc;
	const char *argv[PROTO_ARGUMENTS_MAX];
	const json_t *options; /* an object, or NULL */
};

/* Exactly one of these answers a request. The result is taken. */
void request_answer(const struct request *request, json_t *result);
void request_refuse(const struct request *request, enum az_status status, const char *format, ...) ATTR_PRINTF(3, 4);
/* The answer to a request of earlier; takes id (may be NULL) and the result. */
void dev_answer(struct ctl_client *client, json_t *id, json_t *result);
void dev_refuse(struct ctl_client *client, json_t *id, enum az_status status, const char *format, ...) ATTR_PRINTF(4, 5);
/* A text of an option; NULL: not given. Anything else than a text counts as not given. */
const char *request_option(const struct request *request, const char *name);
bool request_flag(const struct request *request, const char *name);

/* A command of `azsim ctl` or `azsim device`, for both ends. */
struct dev_command {
	const char *name;      /* "radius"; "device wifi list" */
	const char *arguments; /* for help: "up|down|restart|..." */
	const char *about;
	unsigned min, max;     /* arguments */
	void (*run)(const struct request *request);
};
extern const struct dev_command dev_commands[]; /* ends with a NULL name */

/* commands.c */
void dev_handle(void *ctx, struct ctl_client *client, const json_t *message);

/* time.c */
void command_clock(const struct request *request);
void command_speed(const struct request *request);
void command_pause(const struct request *request);
void command_resume(const struct request *request);
void command_advance(const struct request *request);
void command_run_until(const struct request *request);
int64_t dev_real_ns(void); /* monotonic */
/* The advance has come to its end (why NULL), or is broken off; its client is told. No-op when there is none. */
void dev_end_advance(struct dev *dev, const char *why);
void dev_forget_advance(struct dev *dev, const struct ctl_client *client); /* who asked for it has gone */

/* world commands */
void command_event(const struct request *request);
void command_radius(const struct request *request);
void command_ap(const struct request *request);
void command_issuer(const struct request *request);
void command_power(const struct request *request);
void command_gpio(const struct request *request);
void command_press(const struct request *request);
void command_update(const struct request *request);
void command_reboot(const struct request *request);
void command_kill_app(const struct request *request);
void command_restart_app(const struct request *request);
void command_quit(const struct request *request);

/* view.c */
void command_status(const struct request *request);
void command_timeline(const struct request *request);
void command_log(const struct request *request);
void command_pki(const struct request *request);
json_t *dev_entry_json(const struct timeline *timeline, const struct tl_entry *entry);

/* device.c */
void command_certificate_add(const struct request *request);
void command_certificate_delete(const struct request *request);
void command_certificate_list(const struct request *request);
void command_certificate_show(const struct request *request);
void command_certificate_quota(const struct request *request);
void command_wifi_add(const struct request *request);
void command_wifi_enable(const struct request *request);
void command_wifi_disable(const struct request *request);
void command_wifi_forget(const struct request *request);
void command_wifi_list(const struct request *request);
void command_wifi_reload(const struct request *request);
void command_wifi_scan(const struct request *request);
void command_wifi_show(const struct request *request);
void command_wifi_status(const struct request *request);
void command_wifi_diagnostics(const struct request *request);

#endif
