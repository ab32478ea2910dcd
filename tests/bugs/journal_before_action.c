/* Journal before action: that RootCA2 has been moved over RootCA1 is noted in mutable storage before it is moved, and believed
 * after a restart: then RootCA2 is a remainder, and goes. Without a cut between the two nobody notices. */
#include "tests/bugs/bugs.h"

#define NOTE_AT (2u * JOURNAL_SLOT_STRIDE) /* behind the journal's own records */

static struct rot_ops broken;
static const struct rot_ops *sound;
static bool moved;

static void note(bool now)
{
	const uint8_t byte = now;

	moved = now;
	(void) sound->journal_write(sound->ctx, NOTE_AT, &byte, 1);
}

static int move(const char *source_id, const char *destination_id)
{
	if (strcmp(source_id, ROT_ID_ROOT2) == 0)
		note(true);
	return sound->move_certificate(source_id, destination_id);
}

void __wrap_rot_init(struct rotation *r, const struct rot_ops *ops, const struct rot_source *source, const struct rot_config *config)
{
	uint8_t file[NOTE_AT + 1];

	sound = ops;
	broken = *ops;
	broken.move_certificate = move;
	moved = ops->journal_read(ops->ctx, file, sizeof(file)) == (ssize_t)sizeof(file) && file[NOTE_AT] == 1;
	__real_rot_init(r, &broken, source, config);
}

int64_t __real_rot_root_step(struct rotation *r);
int64_t __wrap_rot_root_step(struct rotation *r);

int64_t __wrap_rot_root_step(struct rotation *r)
{
	if (moved && r->facts.net[ROT_NET2].id < 0)
		note(false);
	if (moved && r->facts.cert[ROT_ROOT2].present) {
		(void) sound->delete_certificate(ROT_ID_ROOT2);
		return ROT_SOON_S;
	}
	return __real_rot_root_step(r);
}
