/* Swap before proof: ClientCert2 takes over as soon as a network has it, whether or not it has carried the device. */
#include "tests/bugs/bugs.h"

bool __real_rot_confirmed(const struct rotation *r, enum rot_net_slot slot);
bool __wrap_rot_confirmed(const struct rotation *r, enum rot_net_slot slot);
int64_t __wrap_rot_until_proven(struct rotation *r, enum rot_net_slot with);

bool __wrap_rot_confirmed(const struct rotation *r, enum rot_net_slot slot)
{
	return r->facts.net[slot].client2 || __real_rot_confirmed(r, slot);
}

int64_t __wrap_rot_until_proven(struct rotation *r, enum rot_net_slot with)
{
	(void) r;
	(void) with;
	return 0;
}
