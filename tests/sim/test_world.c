/* The world's clock and its event queue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/world/clock.h"
#include "sim/world/queue.h"

static void wall_clocks_go_apart_from_true_time(void **state)
{
	struct clock c;

	(void) state;
	clock_init(&c, 1000);
	clock_advance(&c, 5 * NS_PER_S);
	assert_int_equal(clock_wall_s(&c, CLOCK_DEVICE), 1005);
	clock_step(&c, CLOCK_DEVICE, -(int64_t)(2000 * NS_PER_S));
	assert_int_equal(clock_wall_s(&c, CLOCK_DEVICE), -995);
	assert_int_equal(clock_wall_s(&c, CLOCK_RADIUS), 1005);
	assert_int_equal(c.steps[CLOCK_DEVICE], 1);
	clock_set(&c, CLOCK_DEVICE, 0);
	assert_int_equal(clock_wall_ns(&c, CLOCK_DEVICE), 0);
	assert_int_equal(c.steps[CLOCK_DEVICE], 2);
	clock_set(&c, CLOCK_DEVICE, 0); /* no step: nothing to tell the application */
	assert_int_equal(c.steps[CLOCK_DEVICE], 2);
	assert_int_equal(clock_true_ns(&c), 1005 * (int64_t)NS_PER_S);
}

static void seconds_are_rounded_down_before_1970_too(void **state)
{
	struct clock c;

	(void) state;
	clock_init(&c, 0);
	clock_step(&c, CLOCK_ISSUER, -1);
	assert_int_equal(clock_wall_s(&c, CLOCK_ISSUER), -1);
}

struct record {
	uint64_t order[16];
	size_t count;
	struct queue *queue;
	uint64_t cancel;
};

static void note(void *ctx, uint64_t arg)
{
	struct record *r = ctx;

	r->order[r->count++] = arg;
	queue_cancel(r->queue, r->cancel);
	if (arg == 1)
		(void) queue_add(r->queue, 10, note, r, 99);
}

static void due_entries_run_by_time_then_by_order(void **state)
{
	struct record r = {.queue = queue_new()};
	size_t ran;

	(void) state;
	(void) queue_add(r.queue, 20, note, &r, 3);
	(void) queue_add(r.queue, 10, note, &r, 1);
	(void) queue_add(r.queue, 10, note, &r, 2);
	(void) queue_add(r.queue, 30, note, &r, 4);
	assert_int_equal(queue_next(r.queue), 10);
	ran = queue_run_due(r.queue, 20);
	/* What the first added at 10 waits for the next call (a loop of that kind cannot hang the world), and nothing later
	 * overtakes it. */
	assert_int_equal(ran, 2);
	assert_int_equal(r.order[0], 1);
	assert_int_equal(r.order[1], 2);
	assert_int_equal(queue_next(r.queue), 10);
	assert_int_equal(queue_run_due(r.queue, 20), 2);
	assert_int_equal(r.order[2], 99);
	assert_int_equal(r.order[3], 3);
	assert_int_equal(queue_next(r.queue), 30);
	queue_free(r.queue);
}

static void cancelled_entries_do_not_run_even_when_due(void **state)
{
	struct record r = {.queue = queue_new()};
	uint64_t last;

	(void) state;
	(void) queue_add(r.queue, 5, note, &r, 7);
	last = queue_add(r.queue, 5, note, &r, 8);
	r.cancel = last;
	(void) queue_run_due(r.queue, 5);
	assert_int_equal(r.count, 1);
	assert_int_equal(queue_next(r.queue), TIME_NEVER);
	queue_cancel(r.queue, last);
	queue_cancel(r.queue, 0);
	queue_free(r.queue);
}

static void a_large_queue_keeps_its_order(void **state)
{
	struct record r = {.queue = queue_new()};
	uint64_t seed = 1, last = 0;

	(void) state;
	for (int i = 0; i < 5000; i++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		(void) queue_add(r.queue, seed >> 40, note, &r, 0);
	}
	for (int i = 0; i < 5000; i++) {
		uint64_t next = queue_next(r.queue);

		assert_true(next >= last && next != TIME_NEVER);
		last = next;
		while (queue_next(r.queue) == next) {
			r.count = 0; /* the record is small */
			i += (int)queue_run_due(r.queue, next) - 1;
		}
		if (queue_next(r.queue) == TIME_NEVER)
			break;
	}
	assert_int_equal(queue_next(r.queue), TIME_NEVER);
	queue_free(r.queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wall_clocks_go_apart_from_true_time), cmocka_unit_test(seconds_are_rounded_down_before_1970_too),
		cmocka_unit_test(due_entries_run_by_time_then_by_order), cmocka_unit_test(cancelled_entries_do_not_run_even_when_due),
		cmocka_unit_test(a_large_queue_keeps_its_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
