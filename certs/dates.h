/* Instants and durations as people write them in scenarios and on the command line of azpki.
 *
 * Pure functions over text and seconds: no clock is read here, a relative date counts from the reference the caller gives.
 * A year is always 365 days here, so that a span means the same number of seconds wherever it starts.
 */
#ifndef CERTS_DATES_H
#define CERTS_DATES_H

#include <stdint.h>

#define DATES_TEXT_MAX 32 /* what the two format functions need, with NUL */

/* First and last second that an instant may name: 1950-01-01T00:00:00Z and 9999-12-31T23:59:59Z (RFC 5280, 4.1.2.5). */
#define DATES_MIN_S INT64_C(-631152000)
#define DATES_MAX_S INT64_C(253402300799)

/* A duration: an optional sign, then one or more of NUMBER UNIT from the largest unit to the smallest, each unit at most
 * once, a single space between them allowed: "90d", "+90d", "-5y", "1h", "1d 2h", "-1w2d". Units: y (365 days), w, d, h,
 * m (minutes), s. The sign holds for the whole.
 * 0 and *ret_seconds; -EINVAL not a duration; -ERANGE it does not fit. NULL text is -EINVAL. */
int dates_parse_duration(const char *text, int64_t *ret_seconds);

/* An instant in UTC: "2026-06-01" (midnight), "2026-06-01T00:00Z", "2026-06-01T00:00:00Z", or a duration with its sign
 * ("+90d", "-5y"), counted from reference_s.
 * 0 and *ret_s, seconds since 1970; -EINVAL not an instant, or a day or time that does not exist (2026-02-30, 24:00);
 * -ERANGE outside DATES_MIN_S..DATES_MAX_S. */
int dates_parse_instant(const char *text, int64_t reference_s, int64_t *ret_s);

/* "2026-06-01T00:00:00Z". Any value has a text: years past 9999 just take more digits. */
void dates_format(int64_t s, char out[DATES_TEXT_MAX]);

/* "120d", "1d 2h", "-30m", "0s": days, hours, minutes, seconds, without those that are zero. dates_parse_duration reads
 * it back to the same value. */
void dates_format_duration(int64_t s, char out[DATES_TEXT_MAX]);

#endif
