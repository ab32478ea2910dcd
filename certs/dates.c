/* Instants and durations as text: see dates.h.
 *
 * The calendar is the proleptic Gregorian one and is computed here: timegm() and gmtime() depend on the width of int for
 * the year and quietly turn 30 February into 2 March, which is the very mistake that has to be refused.
 */
#include "certs/dates.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"

#define MINUTE_S 60
#define HOUR_S 3600
#define DAY_S 86400
#define DAYS_PER_ERA 146097 /* 400 Gregorian years */
#define DAYS_TO_1970 719468 /* from 1 March of year 0 */

static const struct {
	char letter;
	int64_t seconds;
} units[] = {
	{'y', 365 * (int64_t)DAY_S}, {'w', 7 * (int64_t)DAY_S}, {'d', DAY_S}, {'h', HOUR_S}, {'m', MINUTE_S}, {'s', 1},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- Calendar ------------------------------------------------------------------------------------------------------ */

/* Both directions count years from March, so that the leap day is the last day of its year. */
static int64_t days_of_date(int64_t year, int month, int day)
{
	int64_t march_year = month > 2 ? year : year - 1;
	int64_t era = (march_year >= 0 ? march_year : march_year - 399) / 400;
	int64_t year_of_era = march_year - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

static void date_of_days(int64_t days, int64_t *ret_year, uint8_t *ret_month, uint8_t *ret_day)
{
	int64_t shifted = days + DAYS_TO_1970;
	int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int march_month = (int)((5 * day_of_year + 2) / 153);

	*ret_day = (uint8_t)(day_of_year - (153 * march_month + 2) / 5) + 1;
	*ret_month = (uint8_t)(march_month < 10 ? march_month + 3 : march_month - 9);
	*ret_year = era * 400 + year_of_era + (*ret_month <= 2 ? 1 : 0);
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* ---- Reading ------------------------------------------------------------------------------------------------------- */

int dates_parse_duration(const char *text, int64_t *ret_seconds)
{
	bool negative = false;
	size_t next_unit = 0;
	int64_t total = 0;
	const char *p = text;

	if (!p)
		return -EINVAL;
	if (*p == '+' || *p == '-')
		negative = *p++ == '-';
	if (!*p)
		return -EINVAL;

	/* Summed with its sign, so that the most negative value has a text too. A value that does not fit is reported only
	 * when the rest of the text is well formed: bad form comes first. */
	bool overflow = false;
	while (*p) {
		int64_t count = 0, part;
		size_t unit;

		if (!is_digit(*p))
			return -EINVAL;
		for (; is_digit(*p); p++) {
			overflow |= __builtin_mul_overflow(count, 10, &count);
			overflow |= __builtin_sub_overflow(count, *p - '0', &count);
		}
		for (unit = next_unit; unit < ARRAY_LEN(units) && units[unit].letter != *p; unit++)
			;
		if (unit == ARRAY_LEN(units))
			return -EINVAL;
		next_unit = unit + 1;
		p++;
		overflow |= __builtin_mul_overflow(count, units[unit].seconds, &part);
		overflow |= __builtin_add_overflow(total, part, &total);
		if (*p == ' ' && is_digit(p[1]))
			p++;
	}
	if (!negative)
		overflow |= __builtin_sub_overflow((int64_t)0, total, &total);
	if (overflow)
		return -ERANGE;
	*ret_seconds = total;
	return 0;
}

/* Exactly `count` digits at *p; moves *p past them. */
static bool take_digits(const char **p, int count, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*p)++) {
		if (!is_digit(**p))
			return false;
		value = value * 10 + (**p - '0');
	}
	*ret_value = value;
	return true;
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static int parse_absolute(const char *text, int64_t *ret_s)
{
	int year, month, day, hour = 0, minute = 0, second = 0;
	const char *p = text;

	if (!take_digits(&p, 4, &year) || !take_char(&p, '-') || !take_digits(&p, 2, &month) || !take_char(&p, '-') ||
	    !take_digits(&p, 2, &day))
		return -EINVAL;
	if (*p) {
		if (!take_char(&p, 'T') || !take_digits(&p, 2, &hour) || !take_char(&p, ':') || !take_digits(&p, 2, &minute))
			return -EINVAL;
		if (take_char(&p, ':') && !take_digits(&p, 2, &second))
			return -EINVAL;
		if (!take_char(&p, 'Z') || *p)
			return -EINVAL;
	}
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 59)
		return -EINVAL;
	*ret_s = days_of_date(year, month, day) * DAY_S + hour * HOUR_S + minute * MINUTE_S + second;
	return 0;
}

int dates_parse_instant(const char *text, int64_t reference_s, int64_t *ret_s)
{
	int64_t s;
	int r;

	if (!text)
		return -EINVAL;
	if (*text == '+' || *text == '-') {
		int64_t span;

		r = dates_parse_duration(text, &span);
		if (r < 0)
			return r;
		if (__builtin_add_overflow(reference_s, span, &s))
			return -ERANGE;
	} else {
		r = parse_absolute(text, &s);
		if (r < 0)
			return r;
	}
	if (s < DATES_MIN_S || s > DATES_MAX_S)
		return -ERANGE;
	*ret_s = s;
	return 0;
}

/* ---- Writing ------------------------------------------------------------------------------------------------------- */

void dates_format(int64_t s, char out[DATES_TEXT_MAX])
{
	int64_t days = s / DAY_S, in_day = s % DAY_S, year;
	uint8_t month, day;

	if (in_day < 0) {
		in_day += DAY_S;
		days--;
	}
	date_of_days(days, &year, &month, &day);
	(void) snprintf(out, DATES_TEXT_MAX, "%04" PRId64 "-%02u-%02uT%02u:%02u:%02uZ", year, month, day,
	                (uint8_t)(in_day / HOUR_S), (uint8_t)(in_day % HOUR_S / MINUTE_S), (uint8_t)(in_day % MINUTE_S));
}

void dates_format_duration(int64_t s, char out[DATES_TEXT_MAX])
{
	uint64_t rest = s < 0 ? 0 - (uint64_t)s : (uint64_t)s;
	const char *gap = "";
	size_t used = 0;

	if (s == 0) {
		(void) snprintf(out, DATES_TEXT_MAX, "0s");
		return;
	}
	if (s < 0)
		out[used++] = '-';
	for (size_t i = 2; i < ARRAY_LEN(units); i++) { /* from days on: weeks and years would only hide the number of days */
		uint64_t count = rest / (uint64_t)units[i].seconds;

		rest %= (uint64_t)units[i].seconds;
		if (count == 0)
			continue;
		used += (size_t)snprintf(out + used, DATES_TEXT_MAX - used, "%s%" PRIu64 "%c", gap, count, units[i].letter);
		gap = " ";
	}
}
