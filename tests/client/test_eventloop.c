/* The event loop: results, stops, callbacks that take the loop apart, errors. In real time, so waits are short. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include <applibs/eventloop.h>

#include "emu-applibs/base/base.h"

struct fixture {
	EventLoop *el;
	int pipes[2][2];
	EventRegistration *reg[2];
	int calls[2];
	EventLoop_IoEvents events;
	void (*action)(struct fixture *f); /* done in the callback */
	EventLoop_Run_Result inner;
	int inner_errno;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	f->el = EventLoop_Create();
	return f->el && pipe(f->pipes[0]) == 0 && pipe(f->pipes[1]) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	EventLoop_Close(f->el);
	for (int i = 0; i < 4; i++)
		if (f->pipes[i / 2][i % 2] >= 0)
			(void) close(f->pipes[i / 2][i % 2]);
	free(f);
	return 0;
}

static void make_ready(struct fixture *f, int i)
{
	assert_int_equal(write(f->pipes[i][1], "x", 1), 1);
}

static void callback(EventLoop *el, int fd, EventLoop_IoEvents events, void *context)
{
	struct fixture *f = context;
	int i = fd == f->pipes[0][0] ? 0 : 1;
	char c;

	assert_ptr_equal(el, f->el);
	f->calls[i]++;
	f->events = events;
	if (!(events & EventLoop_Error))
		(void) !read(fd, &c, 1);
	if (f->action)
		f->action(f);
}

static void watch(struct fixture *f, int i)
{
	f->reg[i] = EventLoop_RegisterIo(f->el, f->pipes[i][0], EventLoop_Input, callback, f);
	assert_non_null(f->reg[i]);
}

static void duration_0_takes_one_ready_event_at_most(void **state)
{
	struct fixture *f = *state;

	watch(f, 0);
	watch(f, 1);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_FinishedEmpty);
	make_ready(f, 0);
	make_ready(f, 1);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
	assert_int_equal(f->calls[0] + f->calls[1], 1);
	assert_int_equal(f->events, EventLoop_Input);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
	assert_int_equal(f->calls[0] == 1 && f->calls[1] == 1, true);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_FinishedEmpty);
}

static void one_event_ends_a_run_for_one_event(void **state)
{
	struct fixture *f = *state;

	watch(f, 0);
	make_ready(f, 0);
	make_ready(f, 0);
	assert_int_equal(EventLoop_Run(f->el, -1, true), EventLoop_Run_Finished);
	assert_int_equal(f->calls[0], 1);
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void) clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void a_duration_is_kept_with_and_without_events(void **state)
{
	struct fixture *f = *state;
	int64_t start = now_ms();

	watch(f, 0);
	assert_int_equal(EventLoop_Run(f->el, 30, false), EventLoop_Run_FinishedEmpty);
	assert_true(now_ms() - start >= 29);
	make_ready(f, 0);
	make_ready(f, 0);
	start = now_ms();
	assert_int_equal(EventLoop_Run(f->el, 30, false), EventLoop_Run_Finished);
	assert_true(now_ms() - start >= 29);
	assert_int_equal(f->calls[0], 2);
}

static void stop_it(struct fixture *f)
{
	assert_int_equal(EventLoop_Stop(f->el), 0);
}

static void a_stop_from_a_callback_comes_before_other_events(void **state)
{
	struct fixture *f = *state;

	f->action = stop_it;
	watch(f, 0);
	watch(f, 1);
	make_ready(f, 0);
	make_ready(f, 1);
	/* Both are ready, whichever comes first stops the run. */
	assert_int_equal(EventLoop_Run(f->el, -1, false), EventLoop_Run_Finished);
	assert_int_equal(f->calls[0] + f->calls[1], 1);
	/* The stop does not reach into the next run. */
	assert_int_equal(EventLoop_Run(f->el, -1, false), EventLoop_Run_Finished);
	assert_int_equal(f->calls[0] + f->calls[1], 2);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_FinishedEmpty);
}

static void *stop_later(void *arg)
{
	(void) usleep(20000);
	(void) EventLoop_Stop(arg);
	return NULL;
}

static void a_stop_from_another_thread_ends_an_endless_run(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, stop_later, f->el), 0);
	assert_int_equal(EventLoop_Run(f->el, -1, false), EventLoop_Run_FinishedEmpty);
	(void) pthread_join(thread, NULL);
	/* A stop before the run ends the run, once. */
	stop_it(f);
	stop_it(f);
	assert_int_equal(EventLoop_Run(f->el, -1, false), EventLoop_Run_FinishedEmpty);
	watch(f, 0);
	make_ready(f, 0);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
}

static void unregister_both(struct fixture *f)
{
	assert_int_equal(EventLoop_UnregisterIo(f->el, f->reg[0]), 0);
	assert_int_equal(EventLoop_UnregisterIo(f->el, f->reg[1]), 0);
	f->reg[0] = f->reg[1] = NULL;
}

static void a_callback_may_unregister_itself_and_others_that_are_ready(void **state)
{
	struct fixture *f = *state;

	f->action = unregister_both;
	watch(f, 1);
	watch(f, 0);
	make_ready(f, 0);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
	make_ready(f, 0);
	make_ready(f, 1);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_FinishedEmpty);
	assert_int_equal(f->calls[0], 1);
	assert_int_equal(f->calls[1], 0);
	watch(f, 0); /* the number is free again */
}

static void run_again(struct fixture *f)
{
	f->inner = EventLoop_Run(f->el, 0, false);
	f->inner_errno = errno;
}

static void a_run_inside_a_run_gives_ebusy(void **state)
{
	struct fixture *f = *state;

	f->action = run_again;
	watch(f, 0);
	make_ready(f, 0);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
	assert_int_equal(f->inner, EventLoop_Run_Failed);
	assert_int_equal(f->inner_errno, EBUSY);
}

static void hang_up_is_error_and_input(void **state)
{
	struct fixture *f = *state;

	watch(f, 0);
	(void) close(f->pipes[0][1]);
	f->pipes[0][1] = -1;
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
	assert_int_equal(f->events, EventLoop_Error | EventLoop_Input);
	assert_int_equal(EventLoop_ModifyIoEvents(f->el, f->reg[0], EventLoop_None), 0);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
	assert_int_equal(f->events, EventLoop_Error);
}

static void modified_events_count(void **state)
{
	struct fixture *f = *state;

	watch(f, 0);
	make_ready(f, 0);
	assert_int_equal(EventLoop_ModifyIoEvents(f->el, f->reg[0], EventLoop_None), 0);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_FinishedEmpty);
	assert_int_equal(EventLoop_ModifyIoEvents(f->el, f->reg[0], EventLoop_Input), 0);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_Finished);
}

static void the_wait_descriptor_tells_when_to_run(void **state)
{
	struct fixture *f = *state;
	struct pollfd p = { .fd = EventLoop_GetWaitDescriptor(f->el), .events = POLLIN };

	watch(f, 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	make_ready(f, 0);
	assert_int_equal(poll(&p, 1, 0), 1);
}

static void ignore(int signal)
{
	(void) signal;
}

static void a_signal_handler_interrupts_a_run(void **state)
{
	struct fixture *f = *state;
	struct sigaction action = { .sa_handler = ignore }, before;
	struct itimerval soon = { .it_value = { .tv_usec = 10000 } };

	(void) sigaction(SIGALRM, &action, &before);
	(void) setitimer(ITIMER_REAL, &soon, NULL);
	errno = 0;
	assert_int_equal(EventLoop_Run(f->el, 5000, false), EventLoop_Run_Failed);
	assert_int_equal(errno, EINTR);
	(void) sigaction(SIGALRM, &before, NULL);
	assert_int_equal(EventLoop_Run(f->el, 0, false), EventLoop_Run_FinishedEmpty); /* and it runs again */
}

#define assert_errno(call, failed, error)                                                                            \
	do {                                                                                                         \
		errno = 0;                                                                                           \
		assert_true((call) == (failed));                                                                     \
		assert_int_equal(errno, error);                                                                      \
	} while (0)

static void errors_are_those_of_the_header(void **state)
{
	struct fixture *f = *state;

	watch(f, 0);
	assert_errno(EventLoop_Run(NULL, 0, false), EventLoop_Run_Failed, EFAULT);
	assert_errno(EventLoop_Stop(NULL), -1, EFAULT);
	assert_errno(EventLoop_GetWaitDescriptor(NULL), -1, EFAULT);
	assert_errno(EventLoop_RegisterIo(NULL, f->pipes[1][0], EventLoop_Input, callback, f), NULL, EFAULT);
	assert_errno(EventLoop_RegisterIo(f->el, f->pipes[1][0], EventLoop_Input, NULL, f), NULL, EFAULT);
	assert_errno(EventLoop_RegisterIo(f->el, f->pipes[1][0], 0x02, callback, f), NULL, EINVAL);
	assert_errno(EventLoop_RegisterIo(f->el, -1, EventLoop_Input, callback, f), NULL, EBADF);
	assert_errno(EventLoop_RegisterIo(f->el, f->pipes[0][0], EventLoop_Input, callback, f), NULL, EEXIST);
	assert_errno(EventLoop_ModifyIoEvents(NULL, f->reg[0], EventLoop_Input), -1, EFAULT);
	assert_errno(EventLoop_ModifyIoEvents(f->el, NULL, EventLoop_Input), -1, EFAULT);
	assert_errno(EventLoop_ModifyIoEvents(f->el, f->reg[0], 0x10), -1, EINVAL);
	assert_errno(EventLoop_UnregisterIo(NULL, f->reg[0]), -1, EFAULT);
	assert_int_equal(EventLoop_UnregisterIo(NULL, NULL), 0);
	EventLoop_Close(NULL);
}

int main(void)
{
#define LOOP_TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		LOOP_TEST(duration_0_takes_one_ready_event_at_most),
		LOOP_TEST(one_event_ends_a_run_for_one_event),
		LOOP_TEST(a_duration_is_kept_with_and_without_events),
		LOOP_TEST(a_stop_from_a_callback_comes_before_other_events),
		LOOP_TEST(a_stop_from_another_thread_ends_an_endless_run),
		LOOP_TEST(a_callback_may_unregister_itself_and_others_that_are_ready),
		LOOP_TEST(a_run_inside_a_run_gives_ebusy),
		LOOP_TEST(hang_up_is_error_and_input),
		LOOP_TEST(modified_events_count),
		LOOP_TEST(the_wait_descriptor_tells_when_to_run),
		LOOP_TEST(a_signal_handler_interrupts_a_run),
		LOOP_TEST(errors_are_those_of_the_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
