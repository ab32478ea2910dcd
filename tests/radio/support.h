/* What the tests of the radio network share, beside tests/net_wired/support.h.
 */
#ifndef TESTS_RADIO_SUPPORT_H
#define TESTS_RADIO_SUPPORT_H

#include "tests/net_wired/support.h"

/* True when this machine cannot have the radio network; then it has been said loudly, once. Sets AZSIM_DAEMONS and AZSIM_RADIO to what
 * lies in the build folder. */
bool radio_absent(void);
/* The beginning of a test, which takes void **state. */
#define BEGIN()             \
	(void) state;       \
	if (radio_absent()) \
	skip()
/* Nothing of the emulator is left: the children of a test are those that a network started. */
void assert_no_child(void);

#endif
