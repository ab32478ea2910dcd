/* See support.h. */
#define _GNU_SOURCE
#include "tests/dev/support.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define WORDS_MAX 16
#define LIMIT_S 60

void dev_pause_ms(long ms)
{
	const struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void) nanosleep(&ts, NULL);
}

double dev_now_s(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The words of a call, up to the NULL, with room for two more. */
static size_t take_words(va_list args, const char *words[WORDS_MAX])
{
	size_t n = 0;

	while (n < WORDS_MAX - 2 && (words[n] = va_arg(args, const char *)))
		n++;
	for (size_t i = n; i < WORDS_MAX; i++)
		words[i] = NULL;
	return n;
}

struct e2e_started dev_start(const struct e2e *e, const char *app, ...)
{
	const char *w[WORDS_MAX];
	char option[64];
	struct e2e_started dev;
	va_list args;

	va_start(args, app);
	(void) take_words(args, w);
	va_end(args);
	if (!e2e_exists(e, app))
		e2e_make_package(e, app, E2E_FULL_CAPABILITIES);
	(void) snprintf(option, sizeof(option), "--app=%s", app);
	dev = e2e_start(e, "dev", option, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], NULL);
	if (!e2e_says(&dev, "Ctrl-C ends it", LIMIT_S)) {
		struct e2e_result r;

		(void) kill(dev.pid, SIGTERM);
		r = e2e_wait(e, &dev);
		e2e_expect(&r, 0, "azsim dev listens", NULL);
	}
	return dev;
}

struct e2e_result dev_stop(const struct e2e *e, struct e2e_started *dev)
{
	struct e2e_result r;

	assert_int_equal(kill(-dev->pid, SIGINT), 0);
	r = e2e_wait(e, dev);
	e2e_expect(&r, 0, "azsim dev: ended", NULL);
	assert_string_equal(r.err, "");
	return r;
}

void dev_end(const struct e2e *e, struct e2e_started *dev)
{
	struct e2e_result r = dev_stop(e, dev);

	e2e_clear(&r);
}

static struct e2e_result run(const struct e2e *e, const char *const w[WORDS_MAX])
{
	return e2e_run(e, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15], NULL);
}

void dev_expect(const struct e2e *e, int status, const char *word, ...)
{
	const char *words[WORDS_MAX];
	struct e2e_result r;
	va_list args;

	va_start(args, word);
	(void) take_words(args, words);
	va_end(args);
	r = run(e, words);
	e2e_expect(&r, status, word, NULL);
	e2e_clear(&r);
}

json_t *dev_json(const struct e2e *e, ...)
{
	const char *words[WORDS_MAX];
	struct e2e_result r;
	json_error_t error;
	json_t *json;
	va_list args;
	size_t n;

	va_start(args, e);
	n = take_words(args, words);
	va_end(args);
	words[n] = "-o";
	words[n + 1] = "json";
	r = run(e, words);
	e2e_expect(&r, 0, NULL);
	json = json_loads(r.out, 0, &error);
	if (!json)
		fail_msg("no JSON (%s): %s", error.text, r.out);
	e2e_clear(&r);
	return json;
}

unsigned dev_count(const char *text, const char *word)
{
	unsigned n = 0;

	while ((text = strstr(text, word))) {
		n++;
		text += strlen(word);
	}
	return n;
}

char *dev_socket(const struct e2e_started *dev)
{
	static const char before[] = "commands: azsim ctl, azsim device (";
	char *said = e2e_said(dev), *path = strstr(said, before), *end;

	assert_non_null(path);
	path += sizeof(before) - 1;
	end = strstr(path, ")\n");
	assert_non_null(end);
	path = strndup(path, (size_t)(end - path));
	free(said);
	return path;
}
