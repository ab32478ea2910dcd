/* The rotation app with one thing broken: each bug is a file of its own that takes the place of a function at link time (GNU
 * ld's --wrap), so that app/ knows nothing of it. `make bugs` shows which oracle catches each.
 */
#ifndef TESTS_BUGS_H
#define TESTS_BUGS_H

#include <string.h>

#include "app/rotation/internal.h"

void __real_rot_init(struct rotation *r, const struct rot_ops *ops, const struct rot_source *source, const struct rot_config *config);
void __wrap_rot_init(struct rotation *r, const struct rot_ops *ops, const struct rot_source *source, const struct rot_config *config);

#endif
