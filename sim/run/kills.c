/* kill -9 of the application at moments that were chosen before the run (--kills).
 *
 * A moment is a message of the application: a call, a wait, a name or connection that it asks for. Between two messages it
 * changes nothing that outlives it but its mutable file, so a kill before a message is handled, and one after it was and before
 * the answer arrives, are all the kills that can be told apart. Calls that change something weigh more than others, as most of
 * an application's life is a daily look.
 */
#include "emu-applibs/base/chance.h"
#include "sim/run/internal.h"

#define WEIGHT_CHANGE 20u
#define WEIGHT_OTHER 1u

static unsigned weight_of_call(uint16_t op)
{
	switch (op) {
	case WIRE_CERTSTORE_INSTALL_CLIENT:
	case WIRE_CERTSTORE_INSTALL_ROOT:
	case WIRE_CERTSTORE_DELETE:
	case WIRE_CERTSTORE_MOVE:
	case WIRE_WIFI_ADD:
	case WIRE_WIFI_ADD_DUPLICATE:
	case WIRE_WIFI_FORGET_ID:
	case WIRE_WIFI_FORGET_ALL:
	case WIRE_WIFI_FORGET_STORED:
	case WIRE_WIFI_SET_OPT:
	case WIRE_WIFI_STORE_OPEN:
	case WIRE_WIFI_STORE_WPA2:
	case WIRE_STORAGE_OPEN: /* to read or to write: the bytes are the application's own business */
	case WIRE_STORAGE_DELETE:
		return WEIGHT_CHANGE;
	default:
		return WEIGHT_OTHER;
	}
}

void run_kills_count(struct run *run, enum channel_message_kind kind, const struct channel_message *m)
{
	bool connects = kind == CHANNEL_VTIME && (m->vt.type == VT_CONNECT || m->vt.type == VT_SETTIME);

	run->result->weight += kind == CHANNEL_REQUEST ? weight_of_call(m->header.op) : connects ? WEIGHT_CHANGE : WEIGHT_OTHER;
}

bool run_kills_now(struct run *run, bool after)
{
	const struct run_options *o = run->options;

	if (run->kills_done >= o->kill_count || run->result->weight < o->kills[run->kills_done].at ||
	    o->kills[run->kills_done].after != after || run->process.pid == 0)
		return false;
	/* Two that fell on one message are one. */
	while (run->kills_done < o->kill_count && run->result->weight >= o->kills[run->kills_done].at)
		run->kills_done++;
	run_app_kill(run, after ? "at random, when that was done" : "at random");
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct run_kill *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

void run_kills_choose(uint64_t seed, uint64_t weight, struct run_kill *ret, size_t count)
{
	uint64_t state = seed ^ UINT64_C(0x6b696c6c202d3921); /* not the numbers that the device gets from this seed */

	for (size_t i = 0; i < count; i++)
		ret[i] = (struct run_kill){.at = 1 + chance_next(&state) % (weight ? weight : 1), .after = chance_next(&state) % 2 == 0};
	qsort(ret, count, sizeof(*ret), by_time);
}
