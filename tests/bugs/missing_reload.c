/* Missing reload: Network2 is made and saved, but Wi-Fi is not reloaded, so it never sees RootCA2. */
#include "tests/bugs/bugs.h"

int __real_rot_reload(struct rotation *r);
int __wrap_rot_reload(struct rotation *r);

int __wrap_rot_reload(struct rotation *r)
{
	return r->state[ROT_PART_ROOT] == ROT_ROOT_CANDIDATE ? 0 : __real_rot_reload(r);
}
