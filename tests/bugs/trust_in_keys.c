/* Trust in keys: a device that was connected for a moment after a reload is taken for one that has authenticated. */
#include "tests/bugs/bugs.h"

int64_t __wrap_rot_until_proven(struct rotation *r, enum rot_net_slot with);

int64_t __wrap_rot_until_proven(struct rotation *r, enum rot_net_slot with)
{
	(void) r;
	(void) with;
	return 0;
}
