/* The keys that a device keeps of its authentications: wpa_supplicant's PMKSA cache.
 *
 * A full authentication leaves a pairwise master key at the access point and at the device. Where the access point keeps its half, the
 * device comes back with the key alone: no EAP, no RADIUS, and nobody looks at a certificate. The entry goes by the BSSID, so another
 * network of the device that finds the same access point comes in by it, too, whatever its certificates are.
 *
 * What wpa_supplicant 2.10 does, measured over mac80211_hwsim radios: an entry is made by a full authentication, and takes the place of one
 * for the same BSSID; it goes when a setting of the network that made it has another value, when that network is removed, at a flush and
 * PMKSA_LIFE_S after it was made. A connection that rests on it authenticates again in place when PMKSA_REAUTH_S have passed, once, and ends
 * with it. A failed authentication leaves it.
 *
 * Only entries whose access point keeps its half are kept here; so where access points do not, nothing of this happens, not even the
 * authentication in place.
 */
#ifndef DEVICE_PMKSA_H
#define DEVICE_PMKSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu-applibs/device/auth.h"

#define PMKSA_LIFE_S 43200u   /* dot11RSNAConfigPMKLifetime, wpa_supplicant's and hostapd's default */
#define PMKSA_REAUTH_S 30240u /* dot11RSNAConfigPMKReauthThreshold, 70 % of it */
#define PMKSA_MAX 8           /* entries; the oldest makes room */

struct device;
struct pmksa_entry;

/* Begins as zeroes. */
struct pmksa {
	struct pmksa_entry *list; /* PMKSA_MAX of them; NULL: there was none yet */
	uint8_t in_use[AUTH_BSSID_LENGTH]; /* of the entry that the connection rests on; zeroes: on none */
};

/* Wipes everything. */
void pmksa_clear(struct pmksa *pmksa);
/* Is there any entry? */
bool pmksa_any(const struct pmksa *pmksa);
/* The device has just authenticated in full at this access point, with supplicant.used and supplicant.connection: the connection
 * rests on the key of that from here on, if the access point keeps its half. */
void pmksa_made(struct device *dev, const uint8_t bssid[AUTH_BSSID_LENGTH]);
/* Could the device come in there by a key? NULL: no. Drops entries that are no more. */
const struct pmksa_entry *pmksa_find(struct device *dev, const uint8_t bssid[AUTH_BSSID_LENGTH]);
/* What the key was made with is what the attempt is made with, from now on (supplicant.attempt). */
void pmksa_take(struct device *dev, const struct pmksa_entry *entry);
/* The connection rests on the key at this access point. */
void pmksa_use(struct pmksa *pmksa, const uint8_t bssid[AUTH_BSSID_LENGTH], uint64_t now_ns);
/* The serial of the network that made the key on which the connection rests; 0: it rests on none. */
uint64_t pmksa_maker(const struct pmksa *pmksa);
/* Of a connection: when its key wants something, virtual monotonic ns; TIME_NEVER: never. */
uint64_t pmksa_deadline(const struct pmksa *pmksa);
/* At the deadline: has the key ended? Else the device is to authenticate again, in place: this is said once. */
bool pmksa_ended(struct pmksa *pmksa, uint64_t now_ns);

#endif
