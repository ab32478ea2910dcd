/* When to act: arithmetic on seconds, nothing else. */
#ifndef ROTATION_SCHEDULE_H
#define ROTATION_SCHEDULE_H

#include <stdint.h>

#define MINUTE_S ((int64_t)60)
#define HOUR_S ((int64_t)3600)
#define DAY_S ((int64_t)86400)

/* How long before its end a certificate of `life_s` is renewed: renew_before_s or a third of the life, whichever is earlier
 * to act, but at most half the life, so that a fresh certificate is never due. */
int64_t schedule_window_s(int64_t life_s, int64_t renew_before_s);
/* The moment. spread (0..255) is the device's own: it acts up to a sixteenth of the window earlier than the rule, so that a
 * fleet provisioned on one day does not renew in one hour. */
int64_t schedule_due_s(int64_t not_after_s, int64_t life_s, int64_t renew_before_s, uint8_t spread);
/* Longest wait between attempts with this much life left: a sixteenth of it, at most 12 hours, at least half an hour (each
 * attempt is noted in flash); one hour once expired. */
int64_t schedule_cap_s(int64_t remaining_s);
/* Wait after the attempt-th failure (from 1): first_s doubled each time up to cap_s, give or take a quarter. */
int64_t schedule_backoff_s(uint32_t attempt, int64_t first_s, int64_t cap_s, uint32_t random);

#endif
