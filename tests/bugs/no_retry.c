/* No retry: a call that failed once is taken for the last word on it, and its part of the rotation never goes on. */
#include "tests/bugs/bugs.h"

int64_t __real_rot_failed(struct rotation *r, const char *what, int e);
int64_t __wrap_rot_failed(struct rotation *r, const char *what, int e);

int64_t __wrap_rot_failed(struct rotation *r, const char *what, int e)
{
	(void) __real_rot_failed(r, what, e);
	r->hold[r->part].until_s = r->facts.mono_s + 1000 * DAY_S;
	return DAY_S;
}
