/* Conditions, and the expectations that are made of them. */
#include <errno.h>
#include <stdio.h>

#include "sim/scenario/build.h"

static int build_diagnostics(struct builder *b, const struct source_step *at, const struct raw_diagnostics *raw,
                             struct scn_condition *ret)
{
	struct scn_diagnostics *d;
	int r;

	if (!raw)
		return 0;
	d = build_alloc(b, 1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	*d = (struct scn_diagnostics){.error = -1, .cert_error = -1, .cert_depth = -1};
	r = build_network_name(b, STEP_KEY(at, "network"), raw->network, &d->network);
	if (r < 0)
		return r;
	if (raw->error && (*raw->error < 1 || *raw->error > 10))
		return build_fail(b, STEP_KEY(at, "error"), "no such error of a network; 1 to 10 (5: authentication failed)");
	if (raw->cert_error && *raw->cert_error != 0 && (*raw->cert_error < 100 || *raw->cert_error > 103))
		return build_fail(b, STEP_KEY(at, "cert_error"),
		                  "no such certificate error; 0 none, 100 not found, 101 root, 102 client, 103 identity");
	if (raw->cert_depth && *raw->cert_depth > 100)
		return build_fail(b, STEP_KEY(at, "cert_depth"), "no chain is so deep; 0 is the server's own certificate");
	if (!raw->error && !raw->cert_error && !raw->cert_depth)
		return build_fail(b, at, "`diagnostics` looks at nothing; give `error`, `cert_error` or `cert_depth`");
	d->error = raw->error ? (int)*raw->error : -1;
	d->cert_error = raw->cert_error ? (int)*raw->cert_error : -1;
	d->cert_depth = raw->cert_depth ? (int)*raw->cert_depth : -1;
	ret->diagnostics = d;
	return 0;
}

static int build_holds(struct builder *b, const struct source_step *at, const struct raw_condition *raw,
                       struct scn_condition *ret)
{
	if (raw->holds_count == 0)
		return 0;
	ret->holds = build_alloc(b, raw->holds_count, sizeof(struct scn_holds));
	if (!ret->holds)
		return -ENOMEM;
	for (unsigned i = 0; i < raw->holds_count; i++) {
		const struct source_step *item = STEP_ITEM(at, i);
		struct scn_holds *holds = &ret->holds[i];
		int r = build_id(b, STEP_KEY(item, "id"), raw->holds[i].id, &holds->id);

		if (r < 0)
			return r;
		for (unsigned j = 0; j < i; j++)
			if (strcmp(ret->holds[j].id, holds->id) == 0)
				return build_fail(b, STEP_KEY(item, "id"), "`%s` is in this list twice; keep one", holds->id);
		r = build_cert_or_issued(b, STEP_KEY(item, "cert"), raw->holds[i].cert, BUILD_ANY_CA | BUILD_USE(PKI_CLIENT), true,
		                         &holds->cert);
		if (r < 0)
			return r;
	}
	ret->holds_count = raw->holds_count;
	return 0;
}

int build_gpio(struct builder *b, const struct source_step *at, const struct raw_gpio *raw, struct scn_gpio **ret)
{
	struct scn_gpio *gpio;

	if (!raw)
		return 0;
	if (!raw->pin || !raw->value)
		return build_fail(b, at, "a pin needs `pin` and `value`: {pin: 12, value: 0}");
	if (*raw->pin > SCN_GPIO_PIN_MAX)
		return build_fail(b, STEP_KEY(at, "pin"), "the MT3620 has no pin %u; 0 to %d", *raw->pin, SCN_GPIO_PIN_MAX);
	if (*raw->value > 1)
		return build_fail(b, STEP_KEY(at, "value"), "`value` is 0 (low) or 1 (high)");
	gpio = build_alloc(b, 1, sizeof(*gpio));
	if (!gpio)
		return -ENOMEM;
	*gpio = (struct scn_gpio){.pin = *raw->pin, .value = *raw->value};
	*ret = gpio;
	return 0;
}

/* What cannot be true together, or says nothing. */
static int check_condition(struct builder *b, const struct source_step *at, const struct raw_condition *raw)
{
	if (raw->offline == SCN_NO)
		return build_fail(b, STEP_KEY(at, "offline"), "write `connected: any` for a device that is not offline");
	if (raw->offline && raw->connected)
		return build_fail(b, STEP_KEY(at, "offline"), "a device cannot be `connected` and `offline`; keep one");
	if (raw->offline && (raw->client || raw->root || raw->access_point))
		return build_fail(b, STEP_KEY(at, "offline"), "`client`, `root` and `access_point` are of a connection; a device offline has none");
	if (raw->stored && raw->not_stored && strcmp(raw->stored, raw->not_stored) == 0)
		return build_fail(b, STEP_KEY(at, "not_stored"), "`%.64s` cannot be stored and not stored", raw->stored);
	if (source_find(b->root, at)->child_count == 0)
		return build_fail(b, at, "this condition says nothing; give `connected`, `offline`, `stored`, ...");
	return 0;
}

int build_condition(struct builder *b, const struct source_step *at, const struct raw_condition *raw,
                    struct scn_condition *ret)
{
	int r = check_condition(b, at, raw);

	if (r < 0)
		return r;
	ret->offline = raw->offline == SCN_YES;
	r = build_network_name(b, STEP_KEY(at, "connected"), raw->connected, &ret->connected);
	if (r < 0)
		return r;
	if (raw->access_point) {
		r = build_access_point(b, STEP_KEY(at, "access_point"), raw->access_point);
		if (r < 0)
			return r;
		ret->access_point = b->s->bss[r].name;
	}
	r = build_id(b, STEP_KEY(at, "stored"), raw->stored, &ret->stored);
	if (r < 0)
		return r;
	r = build_id(b, STEP_KEY(at, "not_stored"), raw->not_stored, &ret->not_stored);
	if (r < 0)
		return r;
	r = build_holds(b, STEP_KEY(at, "holds"), raw, ret);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "networks"), raw->networks, raw->networks_count, build_network_name, &ret->networks);
	if (r < 0)
		return r;
	r = build_names(b, STEP_KEY(at, "certificates"), raw->certificates, raw->certificates_count, build_id,
	                &ret->certificates);
	if (r < 0)
		return r;
	r = build_cert_or_issued(b, STEP_KEY(at, "client"), raw->client, BUILD_USE(PKI_CLIENT), true, &ret->client);
	if (r < 0)
		return r;
	r = build_cert(b, STEP_KEY(at, "root"), raw->root, BUILD_ANY_CA, &ret->root);
	if (r < 0)
		return r;
	r = build_diagnostics(b, STEP_KEY(at, "diagnostics"), raw->diagnostics, ret);
	if (r < 0)
		return r;
	r = build_gpio(b, STEP_KEY(at, "gpio"), raw->gpio, &ret->gpio);
	if (r < 0)
		return r;
	return build_text(b, raw->log, &ret->log);
}

/* "never for longer than 24h from +1d: offline", from the words of the file. */
static int describe(struct builder *b, const struct raw_expect *raw, struct scn_expect *expect)
{
	char condition[512], text[768];
	size_t n = 0;

	scenario_describe_condition(&expect->that, condition, sizeof(condition));
	switch (expect->kind) {
	case SCN_EXPECT_AT:
		n = (size_t)snprintf(text, sizeof(text), "at %.40s", raw->at);
		break;
	case SCN_EXPECT_WITHIN:
		if (raw->by)
			n = (size_t)snprintf(text, sizeof(text), "by %.40s", raw->by);
		else
			n = (size_t)snprintf(text, sizeof(text), "after %.40s within %.40s", raw->after, raw->within);
		break;
	case SCN_EXPECT_ALWAYS:
		n = (size_t)snprintf(text, sizeof(text), "always");
		break;
	case SCN_EXPECT_NEVER:
		n = (size_t)snprintf(text, sizeof(text), "never");
		if (raw->longer_than)
			n += (size_t)snprintf(text + n, sizeof(text) - n, " for longer than %.40s", raw->longer_than);
		break;
	case SCN_EXPECT_END:
		n = (size_t)snprintf(text, sizeof(text), "at the end");
		break;
	}
	if (raw->from)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " from %.40s", raw->from);
	if (raw->until)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " until %.40s", raw->until);
	(void) snprintf(text + n, sizeof(text) - n, ": %s", condition);
	return build_text(b, text, &expect->text);
}

/* Which keys may stand beside the one that makes the kind. */
static int check_keys(struct builder *b, const struct source_step *at, const char *kind, bool that, bool within, bool span,
                      bool longer)
{
	static const char *const kinds[] = {"at", "by", "after", "never", "always", "end"};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i], kind) != 0 && build_present(b, STEP_KEY(at, kinds[i])))
			return build_fail(b, STEP_KEY(at, kinds[i]), "`%s` beside `%s`: an expectation has one of them; split it in two",
			                  kinds[i], kind);
	if (that != build_present(b, STEP_KEY(at, "that")))
		return build_fail(b, STEP_KEY(at, "that"), that ? "`that` is missing beside `%s`; say what shall hold"
		                                                : "`that` does not go with `%s`, which has its own condition", kind);
	if (within != build_present(b, STEP_KEY(at, "within")))
		return build_fail(b, STEP_KEY(at, "within"), within ? "`within` is missing beside `%s`; say how long it may take"
		                                                    : "`within` goes with `after`, not with `%s`", kind);
	if (!span && build_present(b, STEP_KEY(at, "from")))
		return build_fail(b, STEP_KEY(at, "from"), "`from` goes with `never` and `always`, not with `%s`", kind);
	if (!span && build_present(b, STEP_KEY(at, "until")))
		return build_fail(b, STEP_KEY(at, "until"), "`until` goes with `never` and `always`, not with `%s`", kind);
	if (!longer && build_present(b, STEP_KEY(at, "longer_than")))
		return build_fail(b, STEP_KEY(at, "longer_than"), "`longer_than` goes with `never`, not with `%s`", kind);
	return 0;
}

static int build_span(struct builder *b, const struct source_step *at, const struct raw_expect *raw, struct scn_expect *expect)
{
	int r = build_run_time(b, STEP_KEY(at, "from"), raw->from, &expect->from_ns);

	if (r < 0)
		return r;
	r = build_run_time(b, STEP_KEY(at, "until"), raw->until, &expect->until_ns);
	if (r < 0)
		return r;
	if (expect->from_ns >= expect->until_ns)
		return build_fail(b, STEP_KEY(at, raw->until ? "until" : "from"), "`until` is not after `from`; change one");
	r = build_duration_ns(b, STEP_KEY(at, "longer_than"), raw->longer_than, 0, &expect->longer_than_ns);
	if (r < 0)
		return r;
	if (expect->longer_than_ns >= expect->until_ns - expect->from_ns)
		return build_fail(b, STEP_KEY(at, "longer_than"), "`longer_than` is as long as the time looked at: this can never fail");
	return 0;
}

static int build_after(struct builder *b, const struct source_step *at, const struct raw_expect *raw,
                       struct scn_expect *expect)
{
	uint64_t within_ns = 0;
	int r = build_run_time(b, STEP_KEY(at, "after"), raw->after, &expect->from_ns);

	if (r < 0)
		return r;
	r = build_duration_ns(b, STEP_KEY(at, "within"), raw->within, 1, &within_ns);
	if (r < 0)
		return r;
	if (within_ns > b->s->length_ns - expect->from_ns)
		return build_fail(b, STEP_KEY(at, "within"), "`after` and `within` end after the end of the run; shorten `within`");
	expect->until_ns = expect->from_ns + within_ns;
	return 0;
}

static int build_one_expect(struct builder *b, const struct source_step *at, const struct raw_expect *raw,
                            struct scn_expect *expect)
{
	const struct raw_condition *condition = raw->that;
	const char *condition_key = "that";
	int r;

	expect->pos = build_pos(b, at);
	expect->until_ns = b->s->length_ns;
	if (raw->at) {
		expect->kind = SCN_EXPECT_AT;
		r = check_keys(b, at, "at", true, false, false, false);
		if (r == 0)
			r = build_run_time(b, STEP_KEY(at, "at"), raw->at, &expect->from_ns);
		expect->until_ns = expect->from_ns;
	} else if (raw->by) {
		expect->kind = SCN_EXPECT_WITHIN;
		r = check_keys(b, at, "by", true, false, false, false);
		if (r == 0)
			r = build_run_time(b, STEP_KEY(at, "by"), raw->by, &expect->until_ns);
	} else if (raw->after) {
		expect->kind = SCN_EXPECT_WITHIN;
		r = check_keys(b, at, "after", true, true, false, false);
		if (r == 0)
			r = build_after(b, at, raw, expect);
	} else if (raw->never) {
		expect->kind = SCN_EXPECT_NEVER;
		condition = raw->never;
		condition_key = "never";
		r = check_keys(b, at, condition_key, false, false, true, true);
		if (r == 0)
			r = build_span(b, at, raw, expect);
	} else if (raw->always) {
		expect->kind = SCN_EXPECT_ALWAYS;
		condition = raw->always;
		condition_key = "always";
		r = check_keys(b, at, condition_key, false, false, true, false);
		if (r == 0)
			r = build_span(b, at, raw, expect);
	} else if (raw->end) {
		expect->kind = SCN_EXPECT_END;
		condition = raw->end;
		condition_key = "end";
		r = check_keys(b, at, condition_key, false, false, false, false);
		expect->from_ns = b->s->length_ns;
	} else {
		return build_fail(b, at, "an expectation needs `at`, `by`, `after`, `never`, `always` or `end`");
	}
	if (r < 0)
		return r;
	r = build_condition(b, STEP_KEY(at, condition_key), condition, &expect->that);
	if (r < 0)
		return r;
	return describe(b, raw, expect);
}

int build_expects(struct builder *b)
{
	b->s->expects = build_alloc(b, b->raw->expect_count, sizeof(struct scn_expect));
	if (!b->s->expects)
		return -ENOMEM;
	for (unsigned i = 0; i < b->raw->expect_count; i++) {
		int r = build_one_expect(b, STEP_ITEM(STEP_KEY(NULL, "expect"), i), &b->raw->expect[i], &b->s->expects[i]);

		if (r < 0)
			return r;
	}
	b->s->expect_count = b->raw->expect_count;
	return 0;
}
