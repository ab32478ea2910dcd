/* Leftover network: Network2 is not forgotten when the new root has taken over, and nobody looks for it again. */
#include <errno.h>

#include "tests/bugs/bugs.h"

static struct rot_ops broken;
static const struct rot_ops *sound;
static bool done;

static int forget(int network)
{
	if (network != sound->id_by_name(ROT_NAME_NET2))
		return sound->forget(network);
	done = true;
	return 0;
}

static int id_by_name(const char *name)
{
	if (done && strcmp(name, ROT_NAME_NET2) == 0) {
		errno = ENODEV;
		return -1;
	}
	return sound->id_by_name(name);
}

void __wrap_rot_init(struct rotation *r, const struct rot_ops *ops, const struct rot_source *source, const struct rot_config *config)
{
	sound = ops;
	broken = *ops;
	broken.forget = forget;
	broken.id_by_name = id_by_name;
	__real_rot_init(r, &broken, source, config);
}
