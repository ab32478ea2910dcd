/* azsim at a terminal: a progress line that comes and goes, and Ctrl-C; without a terminal, plain lines. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness.h"

#define SAID_MAX (1 << 20)
#define LIMIT_MS 120000
#define CTRL_C "\x03"

static char said[SAID_MAX];
static size_t said_length;

/* azsim run with one scenario at a terminal of this width. Returns the terminal's other end. */
static int start_at_terminal(const struct e2e *e, const char *scenario, unsigned short width, pid_t *ret_pid)
{
	const struct winsize size = {.ws_row = 24, .ws_col = width};
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;
	char program[4200];

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(slave >= 0);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	(void) snprintf(program, sizeof(program), "%s/azsim", e->build);
	*ret_pid = fork();
	assert_true(*ret_pid >= 0);
	if (*ret_pid == 0) {
		(void) setsid();
		if (ioctl(slave, TIOCSCTTY, 0) < 0 || dup2(slave, 0) < 0 || dup2(slave, 1) < 0 || dup2(slave, 2) < 0 || chdir(e->dir) < 0)
			_exit(127);
		(void) setenv("TMPDIR", e->tmp, 1);
		(void) execl(program, program, "run", scenario, (char *)NULL);
		_exit(127);
	}
	(void) close(slave);
	said_length = 0;
	said[0] = '\0';
	return master;
}

/* Reads until `word` was said; NULL: until nobody is there any more. */
static void listen_for(int master, const char *word)
{
	while (!word || !strstr(said, word)) {
		struct pollfd fd = {.fd = master, .events = POLLIN};
		ssize_t n;

		if (poll(&fd, 1, LIMIT_MS) != 1)
			fail_msg("nothing more within %d s; so far:\n%s", LIMIT_MS / 1000, said);
		n = read(master, said + said_length, SAID_MAX - 1 - said_length);
		if (n <= 0) {
			if (word)
				fail_msg("azsim ended without \"%s\":\n%s", word, said);
			return;
		}
		said_length += (size_t)n;
		said[said_length] = '\0';
	}
}

static int end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void write_long_scenario(const struct e2e *e)
{
	char *text, *length;

	e2e_write_scenario(e, "s", "", "");
	text = e2e_read(e, "s.yaml");
	length = strstr(text, "length: 40d");
	assert_non_null(length);
	memcpy(length, "length: 20y", 11);
	e2e_write(e, "s.yaml", "%s", text);
	free(text);
}

static void a_progress_line_is_shown_and_taken_away(void **state)
{
	struct e2e *e = *state;
	const char *line, *verdict;
	pid_t pid;
	int master;

	e2e_write_scenario(e, "s", "", "");
	master = start_at_terminal(e, "s.yaml", 80, &pid);
	listen_for(master, NULL);
	assert_int_equal(end_of(pid), 0);
	(void) close(master);
	line = strstr(said, "\r\033[K[0/1]  s ");
	verdict = strstr(said, "\r\033[Kpass  s on model"); /* over the line, not behind it */
	assert_non_null(line);
	assert_non_null(verdict);
	assert_non_null(strstr(said, " runs passed"));
}

static void a_progress_line_fits_the_terminal(void **state)
{
	struct e2e *e = *state;
	pid_t pid;
	int master;

	write_long_scenario(e);
	master = start_at_terminal(e, "s.yaml", 24, &pid);
	listen_for(master, "model +");
	assert_int_equal(write(master, CTRL_C, 1), 1);
	listen_for(master, NULL);
	assert_int_equal(end_of(pid), 130);
	(void) close(master);
	for (const char *at = strstr(said, "\033[K[0/1]"); at; at = strstr(at + 1, "\033[K[0/1]"))
		assert_true(strcspn(at + 3, "\r\033^") < 24);
}

static void control_c_at_the_terminal_stops_everything(void **state)
{
	struct e2e *e = *state;
	pid_t pid;
	int master;

	write_long_scenario(e);
	master = start_at_terminal(e, "s.yaml", 80, &pid);
	listen_for(master, "model +");
	assert_int_equal(write(master, CTRL_C, 1), 1);
	listen_for(master, NULL);
	assert_int_equal(end_of(pid), 130);
	(void) close(master);
	assert_non_null(strstr(said, "interrupted s on model"));
}

static void without_a_terminal_lines_are_plain(void **state)
{
	struct e2e *e = *state;
	struct e2e_result r;

	e2e_write_scenario(e, "s", "", "");
	r = e2e_run(e, "run", "--net=model", "s.yaml", NULL);
	e2e_expect(&r, 0, "pass  s on model", NULL);
	assert_null(strpbrk(r.out, "\r\033"));
	assert_null(strpbrk(r.err, "\r\033"));
	e2e_clear(&r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, e2e_set_up, e2e_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_progress_line_is_shown_and_taken_away), TEST(a_progress_line_fits_the_terminal),
		TEST(control_c_at_the_terminal_stops_everything), TEST(without_a_terminal_lines_are_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
