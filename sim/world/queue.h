/* The event queue: callbacks at virtual times, in a fixed order (time, then the order of scheduling).
 *
 * Leaves to others: the clock. queue_run_due() is told what time it is.
 */
#ifndef SIM_WORLD_QUEUE_H
#define SIM_WORLD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/base/base.h"

struct queue;
typedef void queue_callback(void *ctx, uint64_t arg);

struct queue *queue_new(void); /* NULL on ENOMEM */
void queue_free(struct queue *queue);
/* Call `callback(ctx, arg)` at at_ns. Returns an id for queue_cancel, never 0; aborts on ENOMEM. */
uint64_t queue_add(struct queue *queue, uint64_t at_ns, queue_callback *callback, void *ctx, uint64_t arg);
/* No-op for 0 and for what has already run. */
void queue_cancel(struct queue *queue, uint64_t id);
/* Time of the earliest entry, or TIME_NEVER. */
uint64_t queue_next(const struct queue *queue);
/* Run what is due at now_ns and was scheduled before this call; returns how many ran. */
size_t queue_run_due(struct queue *queue, uint64_t now_ns);

#endif
