/* See dev.h: the front of the run, what it prints, and whom it tells. */
#define _GNU_SOURCE
#include "sim/dev/dev.h"

#include <time.h>

#include "sim/dev/place.h"

int64_t dev_real_ns(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * (int64_t)NS_PER_S + ts.tv_nsec;
}

/* How much of the real time is over since the second at which the run starts. */
static int64_t real_since_ns(int64_t start_s)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_REALTIME, &ts);
	return ((int64_t)ts.tv_sec - start_s) * (int64_t)NS_PER_S + ts.tv_nsec;
}

static void client_gone(void *ctx, struct ctl_client *client)
{
	dev_forget_advance(ctx, client);
}

static void greet(struct dev *dev)
{
	if (!dev->out)
		return;
	(void) fprintf(dev->out, "azsim dev: %s on %s; commands: azsim ctl, azsim device (%s)\n", dev->run->package.folder, dev->run->net_ops->name,
	               dev->socket);
	(void) fprintf(dev->out, "azsim dev: %s; Ctrl-C ends it\n", dev->virtual_time
	               ? "time stands still until `azsim ctl advance 1h`, `run-until` or `resume`" : "time passes as it does");
	(void) fflush(dev->out);
}

static int live_begin(void *ctx, struct run *run, struct az_error *ret_error)
{
	struct dev *dev = ctx;
	const struct ctl_handler handler = {.ctx = dev, .request = dev_handle, .gone = client_gone};
	int64_t now = dev_real_ns();
	int r = ctl_new(dev->socket, &handler, &dev->server, ret_error);

	if (r < 0)
		return r;
	dev->run = run;
	pace_init(&dev->pace, dev->virtual_time, dev->virtual_time, now, run->clock.now_ns);
	if (dev->starts_now)
		pace_anchor(&dev->pace, now - real_since_ns(run->clock.start_s), run->clock.now_ns);
	greet(dev);
	return 0;
}

static uint64_t live_limit_ns(void *ctx)
{
	const struct dev *dev = ctx;

	return pace_limit(&dev->pace, dev_real_ns(), dev->run->clock.now_ns);
}

static uint64_t live_present_ns(void *ctx)
{
	const struct dev *dev = ctx;

	return pace_present(&dev->pace, dev_real_ns(), dev->run->clock.now_ns);
}

static int live_rest(void *ctx, uint64_t next_ns)
{
	struct dev *dev = ctx;

	if (dev->pace.goal_ns != TIME_NEVER) {
		dev_end_advance(dev, NULL);
		return 0;
	}
	return pace_wait_ms(&dev->pace, dev_real_ns(), dev->run->clock.now_ns, next_ns);
}

static void live_hold(void *ctx)
{
	struct dev *dev = ctx;

	pace_anchor(&dev->pace, dev_real_ns(), dev->run->clock.now_ns);
}

static size_t live_poll_set(void *ctx, struct pollfd *fds)
{
	_Static_assert(CTL_POLL_MAX <= RUN_LIVE_FDS, "room for every client");

	return ctl_poll_set(((struct dev *)ctx)->server, fds);
}

static void live_serve(void *ctx)
{
	struct dev *dev = ctx;

	ctl_turn(dev->server);
	if (dev->quits)
		dev->run->stop = true;
}

/* ---- The timeline -------------------------------------------------------------------------------------------------------- */

json_t *dev_entry_json(const struct timeline *timeline, const struct tl_entry *entry)
{
	char line[64];
	json_t *json;

	timeline_format_date(timeline, entry, line);
	json = json_pack("{s:s, s:I, s:s, s:o}", "date", line, "t_ns", (json_int_t)entry->at_ns, "kind", timeline_kind_name(entry->kind),
	                 "text", json_string(entry->text));
	if (json && entry->detail)
		(void) json_object_set_new(json, "detail", json_string(entry->detail));
	return json;
}

static void print(struct dev *dev, FILE *out, const char *line, const char *detail)
{
	if (out && (fprintf(out, "%s%s%s\n", line, detail ? "   | " : "", detail ? detail : "") < 0 || fflush(out) != 0))
		dev->quits = true; /* nobody reads it any more, or there is no room */
}

static void tell_followers(struct dev *dev, const struct timeline *timeline, const struct tl_entry *entry)
{
	for (size_t i = 0; dev->server && i < CTL_CLIENTS_MAX; i++) {
		struct ctl_client *client = ctl_client_at(dev->server, i);
		unsigned mark = client ? *ctl_mark(client) : 0, kinds = mark & (DEV_FOLLOWS - 1);

		if ((mark & DEV_FOLLOWS) && (kinds == 0 || (kinds & (1u << entry->kind))))
			ctl_send(client, json_pack("{s:o}", "entry", dev_entry_json(timeline, entry)));
	}
}

static void live_entry(void *ctx, const struct timeline *timeline, const struct tl_entry *entry)
{
	struct dev *dev = ctx;
	char line[8192];

	timeline_format(timeline, entry, line, sizeof(line));
	print(dev, dev->out, line, entry->detail);
	print(dev, dev->copy, line, entry->detail);
	if (dev->capture)
		(void) json_array_append_new(dev->capture, json_string(entry->text));
	tell_followers(dev, timeline, entry);
}

/* ---- The end ------------------------------------------------------------------------------------------------------------- */

static void live_end(void *ctx)
{
	struct dev *dev = ctx;

	if (!dev->server)
		return;
	dev_end_advance(dev, "azsim dev ends");
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++) {
		struct ctl_client *client = ctl_client_at(dev->server, i);

		if (client && (*ctl_mark(client) & DEV_FOLLOWS))
			dev_answer(client, NULL, json_object());
	}
	ctl_free(dev->server);
	dev->server = NULL;
	place_leave(dev->socket);
}

struct run_live dev_live(struct dev *dev)
{
	proto_init();
	return (struct run_live){
		.ctx = dev, .begin = live_begin, .limit_ns = live_limit_ns, .present_ns = live_present_ns, .rest = live_rest,
		.hold = live_hold, .poll_set = live_poll_set, .serve = live_serve, .entry = live_entry, .end = live_end,
	};
}
