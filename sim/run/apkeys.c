/* What access points with RADIUS behind them remember of the device: the key of its last full authentication (hostapd's PMKSA cache).
 *
 * As hostapd 2.10 does: the key is kept for twelve hours, or for the re-authentication period where that is shorter (a Session-Timeout limits
 * it), and is gone when the access point goes down. On radio hostapd keeps it itself, in real time, and is told when that has ended here.
 */
#include "emu-applibs/device/pmksa.h"
#include "sim/run/internal.h"

/* Which of RADIUS's access points this is; -1: none. */
static int find_bss(const struct run *run, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	uint8_t address[AUTH_BSSID_LENGTH];

	for (size_t i = 0; i < run->net_state.bss_count; i++) {
		net_bss_address(i, address);
		if (memcmp(address, bssid, sizeof(address)) == 0)
			return (int)i;
	}
	return -1;
}

void run_key_made(struct run *run, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	uint64_t life_ns = PMKSA_LIFE_S * NS_PER_S;
	int i = run->net_state.pmksa_caching ? find_bss(run, bssid) : -1;

	if (run->scenario->reauth_ns != 0 && run->scenario->reauth_ns < life_ns)
		life_ns = run->scenario->reauth_ns;
	if (i >= 0)
		run->key_until_ns[i] = run->clock.now_ns + life_ns;
}

bool run_key_known(const struct run *run, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	int i = find_bss(run, bssid);

	return i >= 0 && run->key_until_ns[i] > run->clock.now_ns;
}

uint32_t run_keys_ended(struct run *run)
{
	uint32_t ended = 0;

	for (size_t i = 0; i < run->net_state.bss_count; i++) {
		if (run->key_until_ns[i] == 0 || run->key_until_ns[i] > run->clock.now_ns)
			continue;
		ended |= UINT32_C(1) << i;
		run->key_until_ns[i] = 0;
	}
	return ended;
}
