/* Between fake_device.c and fake_world.c. */
#ifndef TESTS_APP_FAKE_INTERNAL_H
#define TESTS_APP_FAKE_INTERNAL_H

#include "tests/app/fake_device.h"

extern struct fake *fake_the; /* the device that applibs stands for */

enum counted { CALL, WRITE, REQUEST };
void fake_count(struct fake *f, enum counted what);
/* Called before each change: the cut comes here. */
void fake_about_to_change(struct fake *f);
/* What a good application never does: looked at after each change. */
void fake_check_rules(struct fake *f);
struct fake_cert *fake_find_cert(struct fake_cert *certs, const char *id);
/* The applibs part of the table. */
void fake_applibs(struct rot_ops *ret);

void fake_disconnect(struct fake *f);
/* The next attempt of this network uses its settings as they are now. */
void fake_take_settings(struct fake_net *net);
/* Certificates and settings are read anew, nothing is set aside, a choice follows. */
void fake_start_over(struct fake *f);

#endif
