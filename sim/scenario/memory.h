/* The memory of a scenario: many small pieces that live and go together. */
#ifndef SIM_SCENARIO_MEMORY_H
#define SIM_SCENARIO_MEMORY_H

#include "sim/scenario/scenario.h"

/* An empty scenario, or NULL. scenario_free() frees it and all that was allocated for it. */
struct scenario *memory_new_scenario(void);
/* Zeroed, aligned for anything; NULL when there is none or count * size overflows. Freed with the scenario. */
void *memory_alloc(struct scenario *scenario, size_t count, size_t size);

#endif
