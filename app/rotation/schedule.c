/* When to act. */
#include "app/rotation/schedule.h"

int64_t schedule_window_s(int64_t life_s, int64_t renew_before_s)
{
	int64_t window_s = renew_before_s;

	if (life_s <= 0)
		return 0;
	if (window_s < life_s / 3)
		window_s = life_s / 3;
	if (window_s > life_s / 2)
		window_s = life_s / 2;
	return window_s;
}

int64_t schedule_due_s(int64_t not_after_s, int64_t life_s, int64_t renew_before_s, uint8_t spread)
{
	int64_t window_s = schedule_window_s(life_s, renew_before_s);
	int64_t early_s = window_s / 16 * spread / 256;

	if (window_s + early_s > life_s / 2)
		early_s = life_s / 2 - window_s;
	return not_after_s - window_s - (early_s > 0 ? early_s : 0);
}

int64_t schedule_cap_s(int64_t remaining_s)
{
	if (remaining_s <= 0)
		return HOUR_S;
	if (remaining_s / 16 < 30 * MINUTE_S)
		return 30 * MINUTE_S;
	return remaining_s / 16 > 12 * HOUR_S ? 12 * HOUR_S : remaining_s / 16;
}

int64_t schedule_backoff_s(uint32_t attempt, int64_t first_s, int64_t cap_s, uint32_t random)
{
	int64_t wait_s = first_s;

	for (uint32_t i = 1; i < attempt && wait_s < cap_s; i++)
		wait_s *= 2;
	if (wait_s > cap_s)
		wait_s = cap_s;
	return wait_s - wait_s / 4 + (int64_t)random % (wait_s / 2 + 1);
}
