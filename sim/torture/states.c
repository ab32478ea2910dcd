/* See states.h. */
#define _GNU_SOURCE
#include "sim/torture/states.h"

#include <openssl/evp.h>

#include "sim/run/internal.h"

#define DAY_NS (86400 * NS_PER_S)
#define FIRST_WRITES 4ul /* of a stretch: all of them are tried */

/* A stretch: one state of flash and world. */
struct state {
	uint8_t digest[32];
	uint8_t file[32]; /* the application's file when the run left this state */
	uint64_t first_ns, next_ns; /* tried again at the first point from next_ns on */
	unsigned long writes, next_write; /* of the application's file; tried again at the next_write-th */
	bool tried_write; /* the point that follows is worth it, too */
};

struct states {
	struct state *list;
	size_t count;
	size_t last; /* the state of the last point; only with count > 0 */
};

struct states *states_new(void)
{
	struct states *states = calloc(1, sizeof(*states));

	if (!states)
		abort();
	return states;
}

void states_free(struct states *states)
{
	if (!states)
		return;
	free(states->list);
	free(states);
}

static void digest(const void *bytes, size_t length, uint8_t ret[32])
{
	if (EVP_Digest(length > 0 ? bytes : "", length, ret, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

void states_digest(const struct run *run, uint8_t ret[32])
{
	struct {
		uint8_t flash[32];
		uint64_t fired, issued, connected;
	} state = {.issued = issuer_issued_count(run->issuer), .connected = (uint64_t)(device_get_connected(run->device) + 1)};

	device_flash_digest(run->device, state.flash);
	for (size_t i = 0; i < run->event_count; i++)
		state.fired += run->events[i].fired;
	digest(&state, sizeof(state), ret);
}

/* The state of now; *ret_new: nobody has been here yet, or only with another file. */
static struct state *enter(struct states *states, const struct run *run, bool *ret_new)
{
	struct state *s = NULL, *grown;
	uint8_t now[32], file[32];
	size_t i = states->count;

	states_digest(run, now);
	digest(run->mutable_seen, run->mutable_seen_length, file);
	while (i > 0 && memcmp(states->list[i - 1].digest, now, sizeof(now)) != 0)
		i--;
	*ret_new = i == 0;
	if (i > 0) {
		s = &states->list[i - 1];
		*ret_new = states->last != i - 1 && memcmp(s->file, file, sizeof(file)) != 0;
	} else {
		grown = realloc(states->list, (states->count + 1) * sizeof(*grown));
		if (!grown)
			abort();
		states->list = grown;
		s = &grown[states->count++];
		*s = (struct state){.first_ns = run->clock.now_ns, .next_ns = run->clock.now_ns + DAY_NS};
		memcpy(s->digest, now, sizeof(now));
	}
	memcpy(s->file, file, sizeof(file));
	states->last = (size_t)(s - states->list);
	return s;
}

bool states_worth_it(struct states *states, const struct run *run)
{
	const uint64_t now_ns = run->clock.now_ns;
	bool is_new, after_write;
	struct state *s = enter(states, run, &is_new);

	after_write = s->tried_write;
	s->tried_write = false;
	if (now_ns >= s->next_ns) {
		s->next_ns = s->first_ns + 2 * (now_ns - s->first_ns);
		return true;
	}
	return is_new || after_write;
}

bool states_write_worth_it(struct states *states, const struct run *run)
{
	bool is_new;
	struct state *s = enter(states, run, &is_new);

	s->writes++;
	if (s->writes > FIRST_WRITES && s->writes < s->next_write)
		return false;
	s->next_write = s->writes + (s->writes + 3) / 4;
	s->tried_write = true;
	return true;
}
