/* See queue.h. A binary heap; a cancelled entry stays until it comes up. */
#include "sim/world/queue.h"

struct entry {
	uint64_t at_ns;
	uint64_t id; /* also the order of scheduling */
	queue_callback *callback; /* NULL: cancelled */
	void *ctx;
	uint64_t arg;
};

struct queue {
	struct entry *heap;
	size_t count, capacity;
	uint64_t last_id;
};

struct queue *queue_new(void)
{
	return calloc(1, sizeof(struct queue));
}

void queue_free(struct queue *queue)
{
	if (!queue)
		return;
	free(queue->heap);
	free(queue);
}

static bool before(const struct entry *a, const struct entry *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->id < b->id;
}

static void sift_up(struct queue *queue, size_t i)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;
		struct entry tmp;

		if (!before(&queue->heap[i], &queue->heap[parent]))
			return;
		tmp = queue->heap[i];
		queue->heap[i] = queue->heap[parent];
		queue->heap[parent] = tmp;
		i = parent;
	}
}

static void sift_down(struct queue *queue, size_t i)
{
	for (;;) {
		size_t least = i, left = 2 * i + 1, right = left + 1;
		struct entry tmp;

		if (left < queue->count && before(&queue->heap[left], &queue->heap[least]))
			least = left;
		if (right < queue->count && before(&queue->heap[right], &queue->heap[least]))
			least = right;
		if (least == i)
			return;
		tmp = queue->heap[i];
		queue->heap[i] = queue->heap[least];
		queue->heap[least] = tmp;
		i = least;
	}
}

static struct entry pop(struct queue *queue)
{
	struct entry first = queue->heap[0];

	queue->heap[0] = queue->heap[--queue->count];
	sift_down(queue, 0);
	return first;
}

/* Cancelled entries at the top go, so that heap[0] is live. */
static void prune(struct queue *queue)
{
	while (queue->count > 0 && !queue->heap[0].callback)
		(void) pop(queue);
}

uint64_t queue_add(struct queue *queue, uint64_t at_ns, queue_callback *callback, void *ctx, uint64_t arg)
{
	if (queue->count == queue->capacity) {
		queue->capacity = queue->capacity ? queue->capacity * 2 : 64;
		queue->heap = realloc(queue->heap, queue->capacity * sizeof(*queue->heap));
		if (!queue->heap)
			abort();
	}
	queue->heap[queue->count] = (struct entry){at_ns, ++queue->last_id, callback, ctx, arg};
	sift_up(queue, queue->count++);
	return queue->last_id;
}

void queue_cancel(struct queue *queue, uint64_t id)
{
	if (id == 0)
		return;
	for (size_t i = 0; i < queue->count; i++)
		if (queue->heap[i].id == id)
			queue->heap[i].callback = NULL;
	prune(queue);
}

uint64_t queue_next(const struct queue *queue)
{
	return queue->count ? queue->heap[0].at_ns : TIME_NEVER;
}

size_t queue_run_due(struct queue *queue, uint64_t now_ns)
{
	uint64_t last = queue->last_id;
	size_t ran = 0;

	prune(queue);
	while (queue->count > 0 && queue->heap[0].at_ns <= now_ns && queue->heap[0].id <= last) {
		struct entry e = pop(queue);

		e.callback(e.ctx, e.arg);
		ran++;
		prune(queue);
	}
	prune(queue);
	return ran;
}
