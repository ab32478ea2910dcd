/* From a file to a struct scenario: read, check the form, check the schema, check the meaning. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "certs/dates.h"
#include "sim/scenario/build.h"
#include "sim/scenario/explain.h"
#include "sim/util/text.h"

static int fail_file(struct az_error *error, const char *file, int r)
{
	az_error_set(error, AZ_USAGE, "%s: %s; give the path of a scenario file", file, strerror(-r));
	return r;
}

/* The whole file, bounded. */
static int read_text(const char *file, char **ret_text, size_t *ret_length, struct az_error *error)
{
	cleanup_fd int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	cleanup_free char *text = NULL;
	size_t length = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_file(error, file, -errno);
	if (!S_ISREG(st.st_mode)) {
		az_error_set(error, AZ_USAGE, "%s: not a file; give the path of a scenario file", file);
		return -EINVAL;
	}
	text = malloc(SOURCE_MAX_BYTES + 1);
	if (!text)
		return fail_file(error, file, -ENOMEM);
	while (length <= SOURCE_MAX_BYTES) {
		ssize_t n = read(fd, text + length, SOURCE_MAX_BYTES + 1 - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_file(error, file, -errno);
		if (n == 0)
			break;
		length += (size_t)n;
	}
	if (length > SOURCE_MAX_BYTES) {
		az_error_set(error, AZ_USAGE, "%s: larger than 256 KiB; no scenario needs that", file);
		return -EFBIG;
	}
	*ret_text = steal_ptr(&text);
	*ret_length = length;
	return 0;
}

static int build_name(struct builder *b)
{
	const char *slash = strrchr(b->file, '/');
	const char *base = slash ? slash + 1 : b->file;
	const char *dot = strrchr(base, '.');
	size_t length = dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0) ? (size_t)(dot - base) : strlen(base);

	if (strlen(b->raw->scenario) != length || strncmp(b->raw->scenario, base, length) != 0)
		return build_fail(b, STEP_KEY(NULL, "scenario"), "`%.64s` is not the name of the file; write `scenario: %.*s`",
		                  b->raw->scenario, (int)length, base);
	return build_text(b, b->raw->scenario, &b->s->name);
}

static int build_times(struct builder *b)
{
	const char *start = b->raw->start;
	int64_t length_s;
	int r;

	if (start[0] == '+' || start[0] == '-')
		return build_fail(b, STEP_KEY(NULL, "start"), "`start` is a day or an instant, as 2026-01-01; all else counts from it");
	r = build_instant(b, STEP_KEY(NULL, "start"), start, &b->s->start_s);
	if (r < 0)
		return r;
	if (b->s->start_s < 0)
		return build_fail(b, STEP_KEY(NULL, "start"), "`start` is before 1970");
	r = build_duration(b, STEP_KEY(NULL, "length"), b->raw->length, 1, &length_s);
	if (r < 0)
		return r;
	if (b->s->start_s > DATES_MAX_S - length_s)
		return build_fail(b, STEP_KEY(NULL, "length"), "the run ends after the year 9999; shorten it");
	b->s->length_ns = (uint64_t)length_s * NS_PER_S;
	return 0;
}

static int build_needs_power(struct builder *b)
{
	const struct source_step *list = STEP_KEY(NULL, "needs_power");

	b->s->needs_power = build_alloc(b, b->raw->needs_power_count, sizeof(struct scn_span));
	if (!b->s->needs_power)
		return -ENOMEM;
	for (unsigned i = 0; i < b->raw->needs_power_count; i++) {
		const struct source_step *at = STEP_ITEM(list, i);
		struct scn_span *span = &b->s->needs_power[i];
		int r = build_run_time(b, STEP_KEY(at, "from"), b->raw->needs_power[i].from, &span->from_ns);

		if (r < 0)
			return r;
		r = build_run_time(b, STEP_KEY(at, "until"), b->raw->needs_power[i].until, &span->until_ns);
		if (r < 0)
			return r;
		if (span->from_ns >= span->until_ns)
			return build_fail(b, STEP_KEY(at, "until"), "`until` is not after `from`; change one");
	}
	b->s->needs_power_count = b->raw->needs_power_count;
	return 0;
}

static int one_oracle(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	static const char *const known[] = {
#define X(id, name) name,
		SCN_ORACLES(X)
#undef X
	};

	return build_known(b, at, "oracle", raw, known, ARRAY_LEN(known), ret);
}

/* The networks by name; sim/net has them, but a scenario is read without linking them. */
static int one_kind_of_network(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	static const char *const known[] = {"model", "wired", "radio"};

	return build_known(b, at, "kind of network", raw, known, ARRAY_LEN(known), ret);
}

/* A cable has one end, and nothing to hide; only radios lose frames. */
static int build_only_on(struct builder *b)
{
	static const char *const on_air[] = {"radio", "model"};
	const struct source_step *at = STEP_KEY(NULL, "only_on");
	struct scenario *s = b->s;
	size_t count = s->loses_frames ? 1 : ARRAY_LEN(on_air);
	int r = build_names(b, at, b->raw->only_on, b->raw->only_on_count, one_kind_of_network, &s->networks);

	if (r < 0 || (s->other_count == 0 && s->bss_count == 1 && !s->hidden && !s->loses_frames))
		return r;
	for (size_t i = 0; s->networks && s->networks[i]; i++) {
		if (s->loses_frames && strcmp(s->networks[i], "radio") != 0)
			return build_fail(b, STEP_ITEM(at, i), "frames get lost on `radio` alone: take `%s` out, or `loss`", s->networks[i]);
		if (strcmp(s->networks[i], "wired") == 0)
			return build_fail(b, STEP_ITEM(at, i), "several access points, and hidden ones, are for `model` and `radio`: take `wired` out");
	}
	if (!s->networks) {
		s->networks = build_alloc(b, count + 1, sizeof(char *));
		for (size_t i = 0; i < count && r == 0; i++)
			r = s->networks ? build_text(b, on_air[i], &s->networks[i]) : -ENOMEM;
	}
	return r;
}

static int build_limits(struct builder *b)
{
	static const struct raw_limits nothing;
	const struct raw_limits *raw = b->raw->limits ? b->raw->limits : &nothing;
	const struct source_step *at = STEP_KEY(NULL, "limits");
	struct scenario *s = b->s;
	int r;

	s->recover_within_ns = 24 * 3600 * NS_PER_S;
	s->calls_per_day = raw->calls_per_day ? *raw->calls_per_day : 5000;
	s->writes_per_day = raw->writes_per_day ? *raw->writes_per_day : 40;
	s->requests_per_day = raw->requests_per_day ? *raw->requests_per_day : 100;
	r = build_duration_ns(b, STEP_KEY(at, "recover_within"), raw->recover_within, 1, &s->recover_within_ns);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(NULL, "oracles_off"), b->raw->oracles_off, b->raw->oracles_off_count, one_oracle,
	                &s->oracles_off);
	if (r < 0)
		return r;
	return build_only_on(b);
}

static int one_source(struct builder *b, const struct source_step *at, const char *raw, char **ret)
{
	(void) at;
	return build_text(b, raw, ret);
}

static int build_scenario(struct builder *b)
{
	static int (*const parts[])(struct builder *b) = {
		build_name,         build_times,  build_pki,     build_network, build_device,
		build_issuer_start, build_webs, build_events, build_expects, build_needs_power, build_limits,
	};
	int r = build_text(b, b->file, &b->s->file);

	if (r == 0)
		r = build_text(b, b->raw->about, &b->s->about);
	if (r == 0)
		r = build_names(b, STEP_KEY(NULL, "sources"), b->raw->sources, b->raw->sources_count, one_source, &b->s->sources);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(parts); i++)
		r = parts[i](b);
	return r;
}

struct loading {
	const char *file;
	const struct source_node *root;
	struct scenario **ret;
	struct az_error *error;
};

/* The file has the right form: its meaning now. */
static int load_meaning(void *ctx, const void *raw)
{
	const struct loading *loading = ctx;
	struct builder b = {.file = loading->file, .root = loading->root, .raw = raw, .error = loading->error};
	int r;

	b.s = memory_new_scenario();
	if (!b.s)
		return fail_file(loading->error, loading->file, -ENOMEM);
	r = build_scenario(&b);
	if (r < 0)
		scenario_free(b.s);
	else
		*loading->ret = b.s;
	return r;
}

int build_with_schema(const char *file, const char *text, size_t length, const struct source_node *root,
                      const cyaml_schema_value_t *schema, build_meaning *meaning, void *ctx, struct az_error *ret_error)
{
	struct explain_log log = {0};
	const cyaml_config_t config = {
		.log_fn = explain_log, .log_ctx = &log, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR, .flags = CYAML_CFG_NO_ALIAS,
	};
	cyaml_data_t *raw = NULL;
	cyaml_err_t result = cyaml_load_data((const uint8_t *)text, length, &config, schema, &raw, NULL);
	int r;

	if (result != CYAML_OK || !raw) {
		explain_refusal(file, root, schema, result, &log, ret_error);
		return -EINVAL;
	}
	r = meaning(ctx, raw);
	(void) cyaml_free(&config, schema, raw, 0);
	return r;
}

int scenario_load_text(const char *file, const char *text, size_t length, struct scenario **ret, struct az_error *ret_error)
{
	struct source_node *root = NULL;
	int r = source_read(file, text, length, &root, ret_error);

	if (r == 0) {
		struct loading loading = {.file = file, .root = root, .ret = ret, .error = ret_error};

		r = build_with_schema(file, text, length, root, &raw_schema, load_meaning, &loading, ret_error);
	}
	if (r < 0)
		text_sanitize(ret_error->text); /* messages repeat what the file says */
	source_free(root);
	return r;
}

int scenario_load(const char *file, struct scenario **ret, struct az_error *ret_error)
{
	cleanup_free char *text = NULL;
	size_t length = 0;
	int r = read_text(file, &text, &length, ret_error);

	if (r < 0) {
		text_sanitize(ret_error->text);
		return r;
	}
	return scenario_load_text(file, text, length, ret, ret_error);
}
