/* Busy retry: what failed is tried again after some seconds, for ever. */
#include "tests/bugs/bugs.h"

int64_t __wrap_schedule_backoff_s(uint32_t attempt, int64_t first_s, int64_t cap_s, uint32_t random);

int64_t __wrap_schedule_backoff_s(uint32_t attempt, int64_t first_s, int64_t cap_s, uint32_t random)
{
	(void) attempt;
	(void) first_s;
	(void) cap_s;
	(void) random;
	return 20;
}
