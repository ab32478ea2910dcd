/* Which points of a run are worth a branch.
 *
 * What a cut leaves is what is in flash. Two points with the same flash, the same events behind them and the same world differ only
 * in the time of day: such a stretch is tried where it begins, and when it has lasted a day, two days, four ... The application's
 * own file in flash is what differs within a stretch: mostly counters and times of what it tries again and again. The first few
 * of its writes are tried, then others at distances that grow by a quarter; after each of these the next point, too.
 *
 * Leaves to others: what a point is, and what is done at it (cuts.h). `--cut=all` asks nobody here.
 */
#ifndef SIM_TORTURE_STATES_H
#define SIM_TORTURE_STATES_H

#include <stdbool.h>
#include <stdint.h>

struct run;
struct states;

struct states *states_new(void);
void states_free(struct states *states); /* NULL is fine */
/* Is this point, at a call or at a write to flash, worth it? Counts it as tried then. */
bool states_worth_it(struct states *states, const struct run *run);
/* The application has just written to its file: are the points before and within this write worth it? */
bool states_write_worth_it(struct states *states, const struct run *run);

/* The state of now, the application's file left out; two moments of one state differ in that file and in the time only. */
void states_digest(const struct run *run, uint8_t ret[32]);

#endif
