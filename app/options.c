/* Command line: "--name=value" only, since CmdArgs of a manifest has no use for anything else. */
#include "app/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_SECONDS 3600
#define DAY_SECONDS 86400
#define SCHEME "https://"

/* The value of --name=value, or NULL when argument is another one. */
static const char *value_of(const char *argument, const char *name)
{
	size_t n = strlen(name);

	return strncmp(argument, name, n) == 0 && argument[n] == '=' ? argument + n + 1 : NULL;
}

/* A whole decimal number within the range, or -1. */
static long number_of(const char *text, long min, long max)
{
	char *end;
	long v;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	v = strtol(text, &end, 10);
	return errno != 0 || *end || v < min || v > max ? -1 : v;
}

/* HOST[:PORT] behind https://: the source puts its own path there, and nothing else may be smuggled in. */
static int is_issuer(const char *url)
{
	const char *host = url + sizeof(SCHEME) - 1;

	if (strncmp(url, SCHEME, sizeof(SCHEME) - 1) != 0 || strlen(url) > OPTIONS_ISSUER_MAX || *host == '\0' || *host == ':')
		return 0;
	return host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:")] == '\0';
}

static int refuse(char problem[OPTIONS_PROBLEM_MAX], const char *argument, const char *rule)
{
	(void) snprintf(problem, OPTIONS_PROBLEM_MAX, "CmdArgs of app_manifest.json: \"%.60s\": %s", argument, rule);
	return -EINVAL;
}

int options_parse(int argc, char *argv[], struct options *ret, char problem[OPTIONS_PROBLEM_MAX])
{
	static const struct {
		const char *name, *rule;
		long min, max, unit_s;
	} numbers[] = {
		{ "--poll-hours", "give 1 to 168 hours", 1, 168, HOUR_SECONDS },
		{ "--renew-days", "give 1 to 365 days", 1, 365, DAY_SECONDS },
		{ "--grace-hours", "give 1 to 336 hours", 1, 336, HOUR_SECONDS },
	};
	struct options o = { .poll_s = 24 * HOUR_SECONDS, .renew_before_s = 28 * DAY_SECONDS, .root_grace_s = 24 * HOUR_SECONDS };
	int64_t *const fields[] = { &o.poll_s, &o.renew_before_s, &o.root_grace_s };

	for (int i = 1; i < argc; i++) {
		const char *value = value_of(argv[i], "--issuer");
		size_t n = 0;
		long v;

		if (value) {
			if (!is_issuer(value))
				return refuse(problem, argv[i], "give https://HOST or https://HOST:PORT");
			o.issuer = value;
			continue;
		}
		value = value_of(argv[i], "--identity");
		if (value) {
			if (*value == '\0' || strlen(value) > 254)
				return refuse(problem, argv[i], "give 1 to 254 characters");
			o.identity = value;
			continue;
		}
		while (n < sizeof(numbers) / sizeof(numbers[0]) && !(value = value_of(argv[i], numbers[n].name)))
			n++;
		if (!value)
			return refuse(problem, argv[i],
			              "not known; --issuer, --identity, --poll-hours, --renew-days, --grace-hours are");
		v = number_of(value, numbers[n].min, numbers[n].max);
		if (v < 0)
			return refuse(problem, argv[i], numbers[n].rule);
		*fields[n] = (int64_t)v * numbers[n].unit_s;
	}
	if (!o.issuer)
		return refuse(problem, "", "--issuer=https://HOST is missing");
	*ret = o;
	return 0;
}
