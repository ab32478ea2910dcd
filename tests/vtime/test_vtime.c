/* libvtime seen from outside: guests run with it preloaded, in the world of fake_sim.c. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/vtime/fake_sim.h"

#define HOURS_27_S (27 * 3600ULL)

static bool contains(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	(void) fprintf(stderr, "not found: %s\nin: %s\n", part, text);
	return false;
}

static struct sim_result *run(const struct sim_setup *setup)
{
	struct sim_result *r = sim_run(setup);

	assert_false(r->too_long);
	return r;
}

/* Runs a guest that must find everything right. */
static struct sim_result *run_well(const struct sim_setup *setup)
{
	struct sim_result *r = run(setup);

	if (!WIFEXITED(r->status) || WEXITSTATUS(r->status) != 0 || r->stuck)
		(void) fprintf(stderr, "guest %s: status 0x%x%s: %.2000s\n", setup->mode, (unsigned) r->status,
			       r->stuck ? ", stuck" : "", r->output);
	assert_true(WIFEXITED(r->status));
	assert_int_equal(WEXITSTATUS(r->status), 0);
	assert_true(r->greeted);
	return r;
}

static void test_waits(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "waits" });

	(void) state;
	assert_string_equal(r->output, "16 ways\n");
	assert_true(r->mono_ns == VT_MONOTONIC_START_NS + 16 * HOURS_27_S * SIM_S);
	assert_int_equal(r->idles, 15 + 27); /* one a wait; usleep has 27 */
	assert_int_equal(r->spins, 0);
	assert_true(r->real_s < 5);
	free(r);
}

static void test_timers(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "timers" });

	(void) state;
	assert_string_equal(r->output, "6 timers\n");
	assert_true(r->mono_ns == VT_MONOTONIC_START_NS + (3 * HOURS_27_S + 86400 + 5) * SIM_S);
	assert_int_equal(r->spins, 0);
	free(r);
}

static void test_locks(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "locks" });

	(void) state;
	assert_string_equal(r->output, "11 locks\n");
	assert_true(r->mono_ns == VT_MONOTONIC_START_NS + 11 * HOURS_27_S * SIM_S);
	free(r);
}

static void test_threads(void **state)
{
	static const char expected[] =
		"+10 woke after 10\n+10 woke after 10\n+20 woke after 20\n+30 woke after 30\n"
		"+30 joined 0\n+30 joined 1\n+30 joined 2\n+30 joined 3\n"
		"+33 turns 3000\n"
		"+38 read 0\n+38 read 1\n+38 wrote 0\n"
		"+41 once 0\n+41 after once 1\n+41 after once 2\n"
		"+42 woke after 4\n+43 destructor of 1\n+43 destructor of 2\n+44 woke after 6\n";

	(void) state;
	/* The same order in every run. */
	for (int i = 0; i < 5; i++) {
		struct sim_result *r = run_well(&(struct sim_setup){ .mode = "threads" });

		assert_string_equal(r->output, expected);
		assert_int_equal(r->spins, 0);
		free(r);
	}
}

static void test_cancel(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "cancel" });

	(void) state;
	assert_string_equal(r->output, "+10 cleanup 1\n+10 cleanup 3\n+10 cancelled 0\n+10 cancelled 1\n"
				       "+20 slept on 2\n+20 cancelled 2\n+20 cancelled 3\n");
	free(r);
}

static void test_signals(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){
		.mode = "signals",
		.events = { { 600 * SIM_S, SIM_SIGNAL, SIGTERM }, { 2000 * SIM_S, SIM_SIGNAL, SIGTERM },
			    { 3000 * SIM_S, SIM_SIGNAL, SIGUSR2 } },
	});

	(void) state;
	free(r);
	r = run(&(struct sim_setup){ .mode = "default-signal", .events = { { 600 * SIM_S, SIM_SIGNAL, SIGTERM } } });
	assert_true(WIFSIGNALED(r->status));
	assert_int_equal(WTERMSIG(r->status), SIGTERM);
	assert_string_equal(r->output, "");
	assert_true(r->mono_ns == 600 * SIM_S);
	free(r);
}

static void test_alarms(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "alarms" });

	(void) state;
	assert_string_equal(r->unsupported, "timer_create with a thread to notify ");
	free(r);
}

static void test_settime(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "settime", .may_set_clock = true });

	(void) state;
	assert_true(r->wall_ns == (SIM_WALL_START_S + 1) * (int64_t) SIM_S);
	free(r);
	r = run_well(&(struct sim_setup){ .mode = "settime-refused" });
	assert_true(r->wall_ns == SIM_WALL_START_S * (int64_t) SIM_S);
	free(r);
}

static void test_wall_step(void **state)
{
	/* 100 s into a wait for a date 1000 s away: 500 s forward, 300 s back. */
	struct sim_result *r = run_well(&(struct sim_setup){
		.mode = "wall-step", .events = { { 200 * SIM_S, SIM_WALL_STEP, 500 * (int64_t) SIM_S } } });

	(void) state;
	assert_string_equal(r->output, "500\n");
	free(r);
	r = run_well(&(struct sim_setup){
		.mode = "wall-step", .events = { { 200 * SIM_S, SIM_WALL_STEP, -300 * (int64_t) SIM_S } } });
	assert_string_equal(r->output, "1300\n");
	free(r);
}

static void test_refused(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "refused" });

	(void) state;
	assert_string_equal(r->unsupported, "fork fork posix_spawn posix_spawnp system popen daemon execv execlp ");
	free(r);
}

static void test_spin(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "spin" });

	(void) state;
	assert_true(r->spins >= 3000);
	assert_in_range(r->mono_ns - VT_MONOTONIC_START_NS, 4 * SIM_S + SIM_S / 20, 4 * SIM_S + SIM_S / 10);
	free(r);
}

static void test_names(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "names" });

	(void) state;
	assert_string_equal(r->resolved, "issuer.example later.example unknown.example issuer.example later.example ");
	assert_true(r->mono_ns == VT_MONOTONIC_START_NS);
	free(r);
}

static void test_interfaces(void **state)
{
	(void) state;
	free(run_well(&(struct sim_setup){ .mode = "interfaces" }));
}

static void test_binding(void **state)
{
	(void) state;
	free(run_well(&(struct sim_setup){ .mode = "binding" }));
}

static void test_sockets(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "sockets" });

	(void) state;
	assert_true(r->mono_ns == VT_MONOTONIC_START_NS + 60 * SIM_S);
	free(r);
	free(run_well(&(struct sim_setup){ .mode = "pipes" }));
}

__attribute__((unused)) static void test_curl(void **state)
{
	uint64_t idles = 0;

	(void) state;
	for (int i = 0; i < 5; i++) {
		struct sim_result *r = run_well(&(struct sim_setup){ .mode = "curl" });

		assert_int_equal(r->connects, 6);
		assert_int_equal(r->spins, 0);
		if (i > 0)
			assert_int_equal(r->idles, idles); /* the same talk in every run */
		idles = r->idles;
		free(r);
	}
}

static void test_random(void **state)
{
	struct sim_result *one = run_well(&(struct sim_setup){ .mode = "random", .seed = "42" });
	struct sim_result *same = run_well(&(struct sim_setup){ .mode = "random", .seed = "42" });
	struct sim_result *other = run_well(&(struct sim_setup){ .mode = "random", .seed = "18446744073709551615" });
	struct sim_result *real = run_well(&(struct sim_setup){ .mode = "random" });
	struct sim_result *real_again = run_well(&(struct sim_setup){ .mode = "random" });
	struct sim_result *bad = run(&(struct sim_setup){ .mode = "random", .seed = "seven" });

	(void) state;
	assert_string_equal(one->output, same->output);
	assert_string_not_equal(one->output, other->output);
	assert_string_not_equal(one->output, real->output);
	assert_string_not_equal(real->output, real_again->output);
	assert_int_equal(WEXITSTATUS(bad->status), 127);
	free(one);
	free(same);
	free(other);
	free(real);
	free(real_again);
	free(bad);
}

static void test_files(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "files" });
	const char *end = r->output + r->output_length - strlen("the end, not flushed");

	(void) state;
	assert_true(r->output_length > 350000);
	assert_string_equal(end, "the end, not flushed");
	assert_int_equal(r->idles + r->spins, 0);
	free(r);
}

static void test_stuck(void **state)
{
	struct sim_result *r = run(&(struct sim_setup){ .mode = "stuck" });

	(void) state;
	assert_true(r->stuck);
	free(r);
}

static void test_simulator_gone(void **state)
{
	struct sim_result *r = run(&(struct sim_setup){ .mode = "long-sleep", .events = { { 200 * SIM_S, SIM_VANISH, 0 } } });

	(void) state;
	assert_true(WIFEXITED(r->status));
	assert_int_equal(WEXITSTATUS(r->status), 127);
	assert_true(contains(r->output, "libvtime: the simulator is gone"));
	assert_true(r->real_s < 5);
	free(r);
}

static void test_left_alone(void **state)
{
	struct sim_result *r = run(&(struct sim_setup){ .mode = "real", .app = "another" });

	(void) state;
	assert_true(WIFEXITED(r->status));
	assert_int_equal(WEXITSTATUS(r->status), 0);
	assert_false(r->greeted);
	assert_true(strtoll(r->output, NULL, 10) < SIM_WALL_START_S);
	free(r);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* A launcher under the preload is left alone, and what it starts is the application. Needs valgrind, which in turn
 * does not run what a sanitizer has instrumented. */
__attribute__((unused)) static void test_under_valgrind(void **state)
{
	struct sim_result *r;

	(void) state;
	if (SANITIZED || access("/usr/bin/valgrind", X_OK) < 0)
		skip();
	r = run_well(&(struct sim_setup){ .mode = "threads", .wrapper = "/usr/bin/valgrind" });
	assert_true(contains(r->output, "+44 woke after 6\n"));
	assert_null(strstr(r->output, "=="));
	free(r);
}

static void test_rounds(void **state)
{
	struct sim_result *r = run_well(&(struct sim_setup){ .mode = "rounds" });

	(void) state;
	assert_int_equal(r->idles, 10000);
	assert_true(r->mono_ns == VT_MONOTONIC_START_NS + 10000 * 86400 * SIM_S);
	print_message("one idle day: %.1f us real\n", r->real_s * 100);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_alarms),
		cmocka_unit_test(test_settime),
		cmocka_unit_test(test_wall_step),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_spin),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_binding),
		cmocka_unit_test(test_sockets),
#ifndef VTIME_ARM /* no libcurl with sockets and no valgrind for those programs */
		cmocka_unit_test(test_curl),
		cmocka_unit_test(test_under_valgrind),
#endif
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_simulator_gone),
		cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
