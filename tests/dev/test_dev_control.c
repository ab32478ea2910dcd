/* The control socket: who finds it, who may speak, hostile input, several at once, and what stays when it is over. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/dev/support.h"

static struct e2e_started start(const struct e2e *e)
{
	return dev_start(e, "ticker", "--time=virtual", "--start=2026-01-01", NULL);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval limit = {.tv_sec = 30};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(strlen(path) < sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	return fd;
}

static void say(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = send(fd, text, length, MSG_NOSIGNAL);

		if (n < 0)
			return; /* it has let us go */
		text += n;
		length -= (size_t)n;
	}
}

static void say_text(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

/* One line; "" when the connection ended. Static. */
static const char *hear(int fd)
{
	static char line[65536];
	size_t n = 0;

	while (n < sizeof(line) - 1 && recv(fd, &line[n], 1, 0) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	return line;
}

static void expect_error(int fd, const char *request, const char *word)
{
	const char *line;

	say_text(fd, request);
	line = hear(fd);
	if (!strstr(line, "\"ok\":false") || !strstr(line, word))
		fail_msg("%s -> %s, expected \"%s\"", request, line, word);
}

static void malformed_requests_get_an_answer(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	char *path = dev_socket(&dev);
	int fd = connect_to(path);

	expect_error(fd, "hello\n", "not JSON");
	expect_error(fd, "{\"command\": \"status\"\n", "not JSON");
	expect_error(fd, "[1, 2]\n", "one JSON object");
	expect_error(fd, "\"status\"\n", "not JSON");
	expect_error(fd, "{}\n", "`command` is missing");
	expect_error(fd, "{\"command\": 7}\n", "`command` is missing");
	expect_error(fd, "{\"command\": \"dance\", \"id\": \"x\"}\n", "no command \\\"dance\\\"");
	expect_error(fd, "{\"command\": \"status\", \"command\": \"status\"}\n", "duplicate");
	expect_error(fd, "{\"command\": \"status\", \"colour\": 1}\n", "unknown key `colour`");
	expect_error(fd, "{\"command\": \"status\", \"id\": {}}\n", "`id` must be");
	expect_error(fd, "{\"command\": \"status\", \"args\": \"x\"}\n", "`args` must be");
	expect_error(fd, "{\"command\": \"advance\", \"args\": [1]}\n", "`args` must be");
	expect_error(fd, "{\"command\": \"status\", \"args\": [\"x\"]}\n", "takes less than that");
	expect_error(fd, "{\"command\": \"advance\"}\n", "needs more than that");
	expect_error(fd, "{\"command\": \"status\", \"options\": []}\n", "`options` must be");
	expect_error(fd, "{\"command\": \"timeline\", \"options\": {\"lines\": 7}}\n", "`options` must hold texts");
	expect_error(fd, "{\"command\": \"timeline\", \"options\": {\"lines\": \"-7\"}}\n", "a number from 0");
	expect_error(fd, "{\"command\": \"timeline\", \"options\": {\"kind\": \"log,dance\"}}\n", "no kind \\\"dance\\\"");
	expect_error(fd, "{\"command\": \"event\", \"args\": [\"\\u0000\"]}\n", "not JSON");
	expect_error(fd, "{\"command\": \"device wifi add\", \"options\": {\"ssid\": true}}\n", "--ssid is missing");
	expect_error(fd, "\xff\xfe{}\n", "not JSON");
	say_text(fd, "\n\n{\"command\": \"pause\", \"id\": 5}\n");
	assert_non_null(strstr(hear(fd), "\"id\":5,\"ok\":true"));
	/* Two at once, and one in pieces. */
	say_text(fd, "{\"command\": \"pause\", \"id\": \"a\"}\n{\"command\": \"pause\", \"id\": \"b\"}\n{\"comm");
	assert_non_null(strstr(hear(fd), "\"id\":\"a\",\"ok\":true"));
	assert_non_null(strstr(hear(fd), "\"id\":\"b\",\"ok\":true"));
	say_text(fd, "and\": \"pause\", \"id\": 6}\n");
	assert_non_null(strstr(hear(fd), "\"id\":6,\"ok\":true"));
	(void) close(fd);
	free(path);
	dev_end(e, &dev);
}

static void what_has_no_end_is_bounded(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	char *path = dev_socket(&dev), *long_text = malloc(70000);
	int fds[40];

	/* A line without an end. */
	memset(long_text, 'x', 70000);
	fds[0] = connect_to(path);
	say(fds[0], long_text, 70000);
	assert_non_null(strstr(hear(fds[0]), "too long: a request has at most 65536 bytes"));
	assert_string_equal(hear(fds[0]), ""); /* and it is let go */
	(void) close(fds[0]);
	/* Depth. */
	memset(long_text, '[', 60000);
	long_text[60000] = '\n';
	fds[0] = connect_to(path);
	say(fds[0], long_text, 60001);
	assert_non_null(strstr(hear(fds[0]), "\"ok\":false"));
	/* A YAML that is deep, and one that is long. */
	memset(long_text, '[', 60000);
	memcpy(long_text, "{\"command\": \"event\", \"args\": [\"", 31);
	memcpy(long_text + 59990, "\"]}\n", 5);
	say(fds[0], long_text, 59994);
	assert_non_null(strstr(hear(fds[0]), "nested too deep"));
	(void) close(fds[0]);
	/* More connections than there are places: those beyond are let go, and places come free again. */
	for (size_t i = 0; i < 40; i++)
		fds[i] = connect_to(path);
	say_text(fds[0], "{\"command\": \"pause\", \"id\": 1}\n");
	assert_non_null(strstr(hear(fds[0]), "\"ok\":true"));
	assert_string_equal(hear(fds[39]), "");
	for (size_t i = 0; i < 40; i++)
		(void) close(fds[i]);
	dev_expect(e, 0, "paused", "ctl", "status", NULL);
	/* Somebody who asks for all and reads nothing. */
	fds[0] = connect_to(path);
	say_text(fds[0], "{\"command\": \"timeline\", \"options\": {\"follow\": true}}\n");
	dev_expect(e, 0, NULL, "ctl", "advance", "6h", NULL);
	dev_expect(e, 0, NULL, "ctl", "status", NULL);
	(void) close(fds[0]);
	free(long_text);
	free(path);
	dev_end(e, &dev);
}

/* Bytes of chance, and requests with bytes changed: it lives on. */
static void noise_is_survived(void **state)
{
	static const char good[] = "{\"id\": 1, \"command\": \"event\", \"args\": [\"{radius: {up: no}}\"], \"options\": {\"lines\": \"5\"}}\n";
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	char *path = dev_socket(&dev);
	unsigned seed = 20260101;
	int fd = connect_to(path);

	print_message("seed %u\n", seed);
	for (int i = 0; i < 2000; i++) {
		char text[sizeof(good)];

		memcpy(text, good, sizeof(good));
		for (int j = 0; j < 1 + i % 4; j++)
			text[(size_t)rand_r(&seed) % (sizeof(good) - 2)] = i % 2 ? (char)rand_r(&seed) : "{}[]\":,\\0n"[rand_r(&seed) % 10];
		for (size_t j = 0; j < sizeof(good) - 2; j++)
			if (text[j] == '\n')
				text[j] = ' ';
		say(fd, text, sizeof(good) - 1);
		if (hear(fd)[0] != '{')
			fail_msg("no answer to request %d", i);
	}
	(void) close(fd);
	dev_expect(e, 0, "radius", "ctl", "status", NULL);
	free(path);
	dev_end(e, &dev);
}

static void several_at_once_are_served(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e), advance, follow, ctl[6];
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "10s", NULL);
	follow = e2e_start(e, "ctl", "log", "--follow", "-n", "0", NULL);
	dev_pause_ms(200);
	advance = e2e_start(e, "ctl", "advance", "20y", NULL);
	assert_true(e2e_says(&follow, "tick 100 after", 60)); /* while time passes as fast as it can */
	for (size_t i = 0; i < 6; i++)
		ctl[i] = e2e_start(e, "ctl", i % 2 ? "status" : "clock", NULL);
	for (size_t i = 0; i < 6; i++) {
		r = e2e_wait(e, &ctl[i]);
		e2e_expect(&r, 0, "device", NULL);
		e2e_clear(&r);
	}
	dev_expect(e, 0, NULL, "ctl", "pause", NULL);
	r = e2e_wait(e, &advance);
	assert_int_equal(r.status, 1);
	e2e_clear(&r);
	dev_end(e, &dev);
	/* Who follows is told of the end. */
	r = e2e_wait(e, &follow);
	assert_int_equal(r.status, 0);
	assert_null(strstr(r.out, "tick 5 after"));
	e2e_clear(&r);
}

static void wait_until_it_stands(const struct e2e_started *dev)
{
	struct stat before, now = {0};

	do {
		before = now;
		dev_pause_ms(300);
		assert_int_equal(fstat(dev->out, &now), 0);
	} while (now.st_size != before.st_size);
}

/* It sleeps until there is no more room for what it has to read, and then hears every tick. */
static void a_slow_reader_misses_nothing(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e), advance;
	struct e2e_result r;
	char *path, word[32];
	size_t capacity = 0;
	char *line = NULL;
	FILE *f;

	dev_expect(e, 0, NULL, "ctl", "advance", "2s", NULL);
	path = dev_socket(&dev);
	f = fdopen(connect_to(path), "r");
	assert_non_null(f);
	say_text(fileno(f), "{\"command\": \"log\", \"options\": {\"follow\": true}}\n");
	assert_true(getline(&line, &capacity, f) > 0);
	assert_non_null(strstr(line, "ticker: begins"));
	advance = e2e_start(e, "ctl", "advance", "10h", NULL);
	wait_until_it_stands(&dev);
	for (unsigned tick = 1; tick <= 36000; tick++) {
		(void) snprintf(word, sizeof(word), "tick %u after", tick);
		if (getline(&line, &capacity, f) < 0 || !strstr(line, word))
			fail_msg("\"%s\" instead of \"%s\"", line, word);
	}
	r = e2e_wait(e, &advance);
	e2e_expect(&r, 0, "(+0d 10:00:02)", NULL);
	e2e_clear(&r);
	(void) fclose(f);
	free(line);
	free(path);
	dev_end(e, &dev);
}

static void the_timeline_is_shown_in_parts(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e);
	struct e2e_result r;

	dev_expect(e, 0, NULL, "ctl", "advance", "1m", NULL);
	r = e2e_run(e, "ctl", "log", "-n", "3", NULL);
	e2e_expect(&r, 0, "tick 58 after", "tick 56 after", NULL);
	assert_int_equal(dev_count(r.out, "\n"), 3);
	e2e_clear(&r);
	r = e2e_run(e, "ctl", "timeline", "--kind=link,app", NULL);
	e2e_expect(&r, 0, "link   connected Network1", "app    started", NULL);
	assert_int_equal(dev_count(r.out, "\n"), 2);
	e2e_clear(&r);
	r = e2e_run(e, "ctl", "-o", "json", "timeline", "--kind=link", NULL);
	e2e_expect(&r, 0, "\"kind\":\"link\",\"text\":\"connected Network1\"", "\"date\":\"2026-01-01T00:00:01.", NULL);
	e2e_clear(&r);
	dev_expect(e, 2, "no kind \"dance\"", "ctl", "timeline", "--kind=dance", NULL);
	dev_expect(e, 2, "unknown option --kind", "ctl", "log", "--kind=log", NULL);
	dev_expect(e, 2, "a value is missing", "ctl", "timeline", "--kind", NULL);
	dev_expect(e, 2, "text or json", "ctl", "-o", "xml", "status", NULL);
	dev_expect(e, 0, "usage: azsim ctl", "ctl", "--help", NULL);
	dev_end(e, &dev);
}

static void the_one_that_runs_is_found(void **state)
{
	struct e2e *e = *state;
	struct e2e_started first, second;
	char *path, option[300], other[300];
	struct stat st;

	dev_expect(e, 3, "no `azsim dev` is running", "ctl", "status", NULL);
	dev_expect(e, 3, "no `azsim dev` is running", "device", "wifi", "list", NULL);
	first = start(e);
	path = dev_socket(&first);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	dev_expect(e, 0, "paused", "ctl", "status", NULL);
	second = dev_start(e, "crasher", "--time=virtual", NULL);
	dev_expect(e, 3, "more than one `azsim dev` is running", "ctl", "status", NULL);
	(void) snprintf(option, sizeof(option), "--socket=%s", path);
	dev_expect(e, 0, "ticker", "ctl", option, "status", NULL);
	dev_expect(e, 0, "CorpNet", "device", "wifi", "list", option, NULL);
	dev_expect(e, 0, "CorpNet", "device", "wifi", "list", "--device", path, NULL);
	dev_end(e, &second);
	dev_expect(e, 0, "ticker", "ctl", "status", NULL);
	/* A place that is taken, and one that holds something else. */
	dev_expect(e, 3, "Address already in use", "dev", option, "--time=virtual", NULL);
	e2e_write(e, "file", "x");
	(void) snprintf(other, sizeof(other), "--socket=%s/file", e->dir);
	dev_expect(e, 3, "which is no socket", "dev", other, "--time=virtual", NULL);
	assert_true(e2e_exists(e, "file"));
	dev_expect(e, 3, "no `azsim dev` answers there", "ctl", other, "status", NULL);
	free(path);
	dev_end(e, &first);
}

static void a_socket_that_was_left_behind_is_no_hindrance(void **state)
{
	struct e2e *e = *state;
	char option[300];
	struct e2e_started dev;
	struct e2e_result r;
	char *path;

	(void) snprintf(option, sizeof(option), "--socket=%s/s.sock", e->dir);
	dev = dev_start(e, "ticker", "--time=virtual", option, NULL);
	path = dev_socket(&dev);
	assert_int_equal(kill(dev.pid, SIGKILL), 0);
	r = e2e_wait(e, &dev);
	e2e_clear(&r);
	assert_int_equal(access(path, F_OK), 0);
	dev_expect(e, 3, "no `azsim dev` answers there", "ctl", option, "status", NULL);
	dev = dev_start(e, "ticker", "--time=virtual", option, NULL);
	dev_expect(e, 0, "paused", "ctl", option, "status", NULL);
	dev_end(e, &dev);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
	/* The first one could not clear its folder away. */
	{
		char command[300];

		(void) snprintf(command, sizeof(command), "rm -rf %s/azsim-*", e->tmp);
		assert_int_equal(system(command), 0);
	}
}

static void ctl_hears_of_the_end_in_the_middle(void **state)
{
	struct e2e *e = *state;
	struct e2e_started dev = start(e), ctl;
	struct e2e_result r;

	ctl = e2e_start(e, "ctl", "advance", "50y", NULL);
	assert_true(e2e_says(&dev, "tick 100 after", 60));
	dev_end(e, &dev); /* also in the middle of an advance, Ctrl-C is heard at once */
	r = e2e_wait(e, &ctl);
	e2e_expect(&r, 1, "azsim dev ends at", NULL);
	e2e_clear(&r);
}

static void every_signal_ends_it_in_order(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct e2e *e = *state;

	for (size_t i = 0; i < 3; i++) {
		struct e2e_started dev = dev_start(e, "ticker", i == 1 ? "--time=virtual" : "--time=real", NULL);
		struct e2e_result r;

		if (i != 1)
			assert_true(e2e_says(&dev, "ticker: begins", 60));
		assert_int_equal(kill(dev.pid, signals[i]), 0);
		r = e2e_wait(e, &dev);
		e2e_expect(&r, 0, "azsim dev: ended", NULL);
		assert_true(r.real_s < 10);
		e2e_clear(&r);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(malformed_requests_get_an_answer), TEST(what_has_no_end_is_bounded), TEST(noise_is_survived),
		TEST(several_at_once_are_served), TEST(a_slow_reader_misses_nothing), TEST(the_timeline_is_shown_in_parts),
		TEST(the_one_that_runs_is_found), TEST(a_socket_that_was_left_behind_is_no_hindrance), TEST(ctl_hears_of_the_end_in_the_middle), TEST(every_signal_ends_it_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
