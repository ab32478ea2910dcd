/* The guest: an ordinary program, knowing nothing of libvtime, whose modes each use one part of libc in a simulated
 * world. A mode ends the process with status 1 and a line at the first thing that is not as it should be.
 */
#ifndef TESTS_VTIME_GUEST_H
#define TESTS_VTIME_GUEST_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "emu-applibs/vtime/musl.h"

#define NS_PER_S 1000000000LL
#define HOURS_27 (27 * 3600LL)

/* Ends the process when the condition does not hold. Evaluates to nothing else. */
#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			(void) printf("%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno);         \
			(void) fflush(stdout);                                                                         \
			_exit(1);                                                                                      \
		}                                                                                                      \
	} while (0)

/* Every clock there is, in ns; ends the process when two of them disagree. */
int64_t guest_mono(void);
int64_t guest_wall(void);
/* Ends the process unless exactly `seconds` have passed on every clock since `since` of guest_mono(). */
void guest_passed(const char *what, int64_t since, int64_t seconds);

void guest_waits(void);
void guest_timers(void);
void guest_locks(void);
void guest_threads(void);
void guest_cancel(void);
void guest_signals(void);
void guest_default_signal(void);
void guest_alarms(void);
void guest_settime(void);
void guest_settime_refused(void);
void guest_wall_step(void);
void guest_refused(void);
void guest_spin(void);
void guest_names(void);
void guest_interfaces(void);
void guest_binding(void);
void guest_sockets(void);
void guest_pipes(void);
void guest_curl(void);
void guest_random(void);
void guest_files(void);
void guest_stuck(void);
void guest_long_sleep(void);
void guest_rounds(void);
void guest_real(void);

#endif
