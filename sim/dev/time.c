/* Commands about time: how fast it passes, how far, and what the clocks show. */
#define _GNU_SOURCE
#include <errno.h>

#include "certs/dates.h"
#include "sim/dev/dev.h"

#define WITHIN_S (INT64_C(30) * 86400)      /* a condition is waited for no longer, unless it is said */
#define FAR_S (INT64_C(100) * 365 * 86400)

static const char *const parties[] = {[CLOCK_DEVICE] = "device", [CLOCK_RADIUS] = "radius", [CLOCK_ISSUER] = "issuer"};

/* "2026-01-31T00:00:02Z (+30d 00:00:02)", the time of the run. */
static void describe_now(const struct run *run, char buffer[96])
{
	char date[DATES_TEXT_MAX], since[32];

	dates_format(clock_true_ns(&run->clock) / (int64_t)NS_PER_S, date);
	timeline_format_since(run->clock.now_ns, since);
	(void) snprintf(buffer, 96, "%s (%s)", date, since);
}

static json_t *now_json(const struct dev *dev, const char *text)
{
	char date[DATES_TEXT_MAX];

	dates_format(clock_true_ns(&dev->run->clock) / (int64_t)NS_PER_S, date);
	return json_pack("{s:s, s:s, s:I}", "text", text, "date", date, "t_ns", (json_int_t)dev->run->clock.now_ns);
}

static void anchor(struct dev *dev)
{
	pace_anchor(&dev->pace, dev_real_ns(), dev->run->clock.now_ns);
}

/* ---- Pace ---------------------------------------------------------------------------------------------------------------- */

static void answer_pace(const struct request *request)
{
	char pace[64], text[96];

	pace_describe(&request->dev->pace, pace);
	(void) snprintf(text, sizeof(text), "time: %s", pace);
	request_answer(request, now_json(request->dev, text));
}

void command_pause(const struct request *request)
{
	dev_end_advance(request->dev, "stopped by pause");
	request->dev->pace.paused = true;
	anchor(request->dev);
	answer_pace(request);
}

void command_resume(const struct request *request)
{
	request->dev->pace.paused = false;
	anchor(request->dev);
	answer_pace(request);
}

void command_speed(const struct request *request)
{
	struct pace *pace = &request->dev->pace;
	char *end;
	double speed = strtod(request->argv[0], &end);
	bool fast = strcmp(request->argv[0], "max") == 0;

	if (!fast && (end == request->argv[0] || *end || !(speed >= PACE_SPEED_MIN && speed <= PACE_SPEED_MAX))) {
		request_refuse(request, AZ_USAGE, "speed %.32s: a number from %g to %g, or max", request->argv[0], PACE_SPEED_MIN, PACE_SPEED_MAX);
		return;
	}
	pace->fast = fast;
	if (!fast)
		pace->speed = speed;
	anchor(request->dev);
	answer_pace(request);
}

/* ---- Advance ------------------------------------------------------------------------------------------------------------- */

void dev_forget_advance(struct dev *dev, const struct ctl_client *client)
{
	if (!dev->advance.client || dev->advance.client != client)
		return;
	if (dev->advance.has_watch)
		run_drop_watch(dev->run, dev->advance.watch);
	json_decref(dev->advance.id);
	memset(&dev->advance, 0, sizeof(dev->advance));
	dev->pace.goal_ns = TIME_NEVER;
	anchor(dev);
}

void dev_end_advance(struct dev *dev, const char *why)
{
	struct ctl_client *client = dev->advance.client;
	bool met = !dev->advance.has_watch || dev->advance.hit;
	json_t *id = json_incref(dev->advance.id);
	char now[96];

	if (!client)
		return;
	describe_now(dev->run, now);
	dev_forget_advance(dev, client);
	if (why)
		dev_refuse(client, id, AZ_FAILED, "%s at %s", why, now);
	else if (!met)
		dev_refuse(client, id, AZ_FAILED, "the condition has not come to hold; it is %s now", now);
	else
		dev_answer(client, id, now_json(dev, now));
	ctl_hold(client, false);
}

/* False: another one is under way. */
static bool may_begin(const struct request *request)
{
	if (request->dev->advance.client)
		request_refuse(request, AZ_FAILED, "an advance is under way already; `azsim ctl pause` ends it");
	return !request->dev->advance.client;
}

static void begin(const struct request *request, uint64_t goal_ns)
{
	struct dev *dev = request->dev;

	dev->advance.client = request->client;
	dev->advance.id = json_deep_copy(request->id);
	dev->pace.goal_ns = goal_ns;
	ctl_hold(request->client, true);
}

/* 0 and *ret_ns, or it is refused. */
static int duration(const struct request *request, const char *what, const char *text, uint64_t *ret_ns)
{
	int64_t s;

	if (dates_parse_duration(text, &s) < 0 || s <= 0 || s > FAR_S) {
		request_refuse(request, AZ_USAGE, "%s %.32s: a duration from 1s to 100y, as 90s, 30d or 1d12h", what, text);
		return -EINVAL;
	}
	*ret_ns = (uint64_t)s * NS_PER_S;
	return 0;
}

void command_advance(const struct request *request)
{
	uint64_t ns;

	if (may_begin(request) && duration(request, "advance", request->argv[0], &ns) == 0)
		begin(request, request->dev->run->clock.now_ns + ns);
}

static void condition_holds(void *ctx)
{
	struct dev *dev = ctx;

	dev->advance.hit = true;
	dev->advance.has_watch = false;
	dev->pace.goal_ns = dev->run->clock.now_ns; /* no further */
}

static void run_until_condition(const struct request *request)
{
	struct dev *dev = request->dev;
	const char *within = request_option(request, "within");
	uint64_t within_ns = (uint64_t)WITHIN_S * NS_PER_S;
	struct scenario *said = NULL;
	struct az_error error;

	if (within && duration(request, "--within", within, &within_ns) < 0)
		return;
	if (scenario_parse_condition(dev->run->scenario, "condition", request->argv[0], strlen(request->argv[0]), &said, &error) < 0) {
		request_refuse(request, error.status, "%s", error.text);
		return;
	}
	if (run_condition(dev->run, &said->events[0].when)) {
		scenario_free(said);
		request_answer(request, now_json(dev, "it holds already"));
		return;
	}
	begin(request, dev->run->clock.now_ns + within_ns);
	dev->advance.has_watch = true;
	dev->advance.watch = run_add_watch(dev->run, said, condition_holds, dev);
}

void command_run_until(const struct request *request)
{
	struct run *run = request->dev->run;
	const char *text = request->argv[0];
	int64_t s;

	if (!may_begin(request))
		return;
	if (dates_parse_instant(text, run->clock.start_s, &s) < 0) {
		run_until_condition(request);
		return;
	}
	if (s <= clock_true_ns(&run->clock) / (int64_t)NS_PER_S || s - run->clock.start_s > FAR_S) {
		request_refuse(request, AZ_USAGE, "run-until %.32s: that is %s", text, s - run->clock.start_s > FAR_S ? "too far away" : "over already");
		return;
	}
	begin(request, (uint64_t)(s - run->clock.start_s) * NS_PER_S);
}

/* ---- Clocks -------------------------------------------------------------------------------------------------------------- */

static json_t *clock_json(const struct run *run, enum clock_party party, char *text, size_t capacity)
{
	int64_t offset_s = run->clock.offset_ns[party] / (int64_t)NS_PER_S;
	char date[DATES_TEXT_MAX], offset[DATES_TEXT_MAX];

	dates_format(clock_wall_s(&run->clock, party), date);
	dates_format_duration(offset_s < 0 ? -offset_s : offset_s, offset);
	(void) snprintf(text, capacity, "%-8s %s  %s%s\n", parties[party], date, offset_s == 0 ? "right" : offset,
	                offset_s == 0 ? "" : offset_s > 0 ? " ahead" : " behind");
	return json_pack("{s:s, s:I}", "date", date, "offset_s", (json_int_t)offset_s);
}

static void show(const struct request *request)
{
	const struct run *run = request->dev->run;
	char text[512], now[96], pace[64];
	size_t n;
	json_t *result = json_object();

	describe_now(run, now);
	pace_describe(&request->dev->pace, pace);
	n = (size_t)snprintf(text, sizeof(text), "%-8s %s\n", "true", now);
	for (int party = 0; party < CLOCK_PARTY_COUNT; party++) {
		(void) json_object_set_new(result, parties[party], clock_json(run, (enum clock_party)party, text + n, sizeof(text) - n));
		n += strlen(text + n);
	}
	(void) snprintf(text + n, sizeof(text) - n, "%-8s %s", "time", pace);
	(void) json_object_update_new(result, json_pack("{s:s, s:I, s:s}", "text", text, "t_ns", (json_int_t)run->clock.now_ns, "pace", pace));
	request_answer(request, result);
}

static void changed(const struct request *request, enum clock_party party)
{
	struct run *run = request->dev->run;
	char date[DATES_TEXT_MAX];

	dates_format(clock_wall_s(&run->clock, party), date);
	run_note(run, TL_CLOCK, true, NULL, "%s clock set to %s", parties[party], date);
	if (party == CLOCK_DEVICE)
		run_update_page(run);
	if (party == CLOCK_RADIUS)
		device_link(run->device, DEVICE_LINK_VISIBLE);
	run->state_changed = true;
	show(request);
}

/* Where the clock shall stand, ns since 1970. False: it is refused. */
static bool wanted(const struct request *request, enum clock_party party, bool set, int64_t *ret_ns)
{
	const struct clock *clock = &request->dev->run->clock;
	const char *text = request->argv[2];
	int64_t s, from_ns = set ? clock_true_ns(clock) : clock_wall_ns(clock, party);

	if (dates_parse_duration(text, &s) == 0 && s > -FAR_S && s < FAR_S) {
		*ret_ns = from_ns + s * (int64_t)NS_PER_S;
	} else if (set && dates_parse_instant(text, 0, &s) == 0 && s <= clock->start_s + 2 * FAR_S) {
		*ret_ns = s * (int64_t)NS_PER_S;
	} else {
		request_refuse(request, AZ_USAGE, set ? "%.32s is no date; write one as 2030-01-01 or 2030-01-01T12:00Z, or how far from the right time it "
		               "is, as +0s" : "%.32s is no step; write one as +6h or -1d", text);
		return false;
	}
	if (*ret_ns < 0)
		request_refuse(request, AZ_USAGE, "%.32s: the clock would stand before 1970", text);
	return *ret_ns >= 0;
}

void command_clock(const struct request *request)
{
	enum clock_party party = CLOCK_DEVICE;
	bool set = request->argc == 3 && strcmp(request->argv[0], "set") == 0;
	int64_t ns;

	if (request->argc == 0 || (request->argc == 1 && strcmp(request->argv[0], "show") == 0)) {
		show(request);
		return;
	}
	if (request->argc != 3 || (!set && strcmp(request->argv[0], "step") != 0)) {
		request_refuse(request, AZ_USAGE, "write: clock, clock set WHO TIME, or clock step WHO STEP");
		return;
	}
	while (party < CLOCK_PARTY_COUNT && strcmp(parties[party], request->argv[1]) != 0)
		party++;
	if (party == CLOCK_PARTY_COUNT) {
		request_refuse(request, AZ_USAGE, "no clock \"%.32s\"; there are device, radius and issuer", request->argv[1]);
		return;
	}
	if (!wanted(request, party, set, &ns))
		return;
	clock_set(&request->dev->run->clock, party, ns);
	changed(request, party);
}
