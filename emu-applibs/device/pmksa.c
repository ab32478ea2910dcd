/* See pmksa.h. */
#include "emu-applibs/device/pmksa.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/internal.h"

struct pmksa_entry {
	bool there;
	uint8_t bssid[AUTH_BSSID_LENGTH];
	uint64_t made_ns;
	bool reauth_said;
	/* What it was made with: the network, when that was handed over, its settings and its certificates. */
	uint64_t serial, handed;
	struct wifi_settings settings;
	struct supplicant_credentials credentials;
};

static void drop(struct pmksa_entry *entry)
{
	supplicant_wipe_credentials(&entry->credentials);
	OPENSSL_cleanse(entry, sizeof(*entry));
}

void pmksa_clear(struct pmksa *pmksa)
{
	for (size_t i = 0; pmksa->list && i < PMKSA_MAX; i++)
		drop(&pmksa->list[i]);
	free(pmksa->list);
	*pmksa = (struct pmksa){ .list = NULL };
}

static struct pmksa_entry *at(const struct pmksa *pmksa, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	for (size_t i = 0; pmksa->list && i < PMKSA_MAX; i++)
		if (pmksa->list[i].there && memcmp(pmksa->list[i].bssid, bssid, AUTH_BSSID_LENGTH) == 0)
			return &pmksa->list[i];
	return NULL;
}

bool pmksa_any(const struct pmksa *pmksa)
{
	for (size_t i = 0; pmksa->list && i < PMKSA_MAX; i++)
		if (pmksa->list[i].there)
			return true;
	return false;
}

/* wpa_supplicant counts in whole seconds, and lets one go by. */
static uint64_t ends_ns(const struct pmksa_entry *entry)
{
	return (entry->made_ns / NS_PER_S + PMKSA_LIFE_S + 1) * NS_PER_S;
}

static struct pmksa_entry *free_place(struct pmksa *pmksa)
{
	struct pmksa_entry *oldest;

	if (!pmksa->list)
		pmksa->list = calloc(PMKSA_MAX, sizeof(*pmksa->list));
	if (!pmksa->list)
		abort();
	oldest = &pmksa->list[0];
	for (size_t i = 0; i < PMKSA_MAX; i++) {
		if (!pmksa->list[i].there)
			return &pmksa->list[i];
		if (pmksa->list[i].made_ns < oldest->made_ns)
			oldest = &pmksa->list[i];
	}
	return oldest;
}

void pmksa_made(struct device *dev, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	struct supplicant *supplicant = &dev->supplicant;
	struct pmksa *pmksa = &supplicant->pmksa;
	const struct wifi_entry *maker = wifi_by_serial(&dev->wifi, supplicant->serial);
	struct pmksa_entry *entry = at(pmksa, bssid);

	memset(pmksa->in_use, 0, sizeof(pmksa->in_use));
	if (entry)
		drop(entry);
	if (!maker || !dev->host.knows_key || !dev->host.knows_key(dev->host.ctx, bssid))
		return;
	entry = entry ? entry : free_place(pmksa);
	drop(entry);
	entry->there = true;
	memcpy(entry->bssid, bssid, sizeof(entry->bssid));
	entry->made_ns = device_now(dev);
	entry->serial = supplicant->serial;
	entry->handed = maker->record.handed;
	entry->settings = supplicant->used;
	supplicant_copy_credentials(&supplicant->connection, &entry->credentials);
	memcpy(pmksa->in_use, bssid, sizeof(pmksa->in_use));
}

/* Does the network that made it still have the settings, and the certificates unless they were handed over anew, that it was made with? */
static bool is_unchanged(struct device *dev, const struct pmksa_entry *entry)
{
	const struct wifi_entry *maker = wifi_by_serial(&dev->wifi, entry->serial);
	struct supplicant_credentials now = { .root_pem = NULL };
	char reason[AUTH_REASON_MAX];
	bool same;

	if (!maker)
		return false;
	if (!maker->network.enabled) /* a setting of a disabled network comes into force when it is enabled */
		return true;
	if (!wifi_same_settings(&maker->record.in_use, &entry->settings))
		return false;
	if (maker->record.handed != entry->handed)
		return true;
	same = supplicant_load_credentials(dev, &entry->settings, &now, reason) && supplicant_same_certificates(&now, &entry->credentials);
	supplicant_wipe_credentials(&now);
	return same;
}

const struct pmksa_entry *pmksa_find(struct device *dev, const uint8_t bssid[AUTH_BSSID_LENGTH])
{
	struct pmksa *pmksa = &dev->supplicant.pmksa;
	struct pmksa_entry *entry = at(pmksa, bssid);

	if (!entry)
		return NULL;
	if (device_now(dev) >= ends_ns(entry) || !is_unchanged(dev, entry)) {
		drop(entry);
		return NULL;
	}
	return dev->host.knows_key && dev->host.knows_key(dev->host.ctx, bssid) ? entry : NULL;
}

void pmksa_take(struct device *dev, const struct pmksa_entry *entry)
{
	supplicant_copy_credentials(&entry->credentials, &dev->supplicant.attempt);
}

static uint64_t reauth_ns(const struct pmksa_entry *entry)
{
	return entry->made_ns + PMKSA_REAUTH_S * NS_PER_S;
}

void pmksa_use(struct pmksa *pmksa, const uint8_t bssid[AUTH_BSSID_LENGTH], uint64_t now_ns)
{
	struct pmksa_entry *entry = at(pmksa, bssid);

	memcpy(pmksa->in_use, bssid, sizeof(pmksa->in_use));
	/* wpa_supplicant's timer, made with the key, has passed while nobody was connected: there is no second one. */
	if (entry && now_ns >= reauth_ns(entry))
		entry->reauth_said = true;
}

uint64_t pmksa_maker(const struct pmksa *pmksa)
{
	const struct pmksa_entry *entry = at(pmksa, pmksa->in_use);

	return entry ? entry->serial : 0;
}

uint64_t pmksa_deadline(const struct pmksa *pmksa)
{
	const struct pmksa_entry *entry = at(pmksa, pmksa->in_use);

	if (!entry)
		return TIME_NEVER;
	return entry->reauth_said ? ends_ns(entry) : reauth_ns(entry);
}

bool pmksa_ended(struct pmksa *pmksa, uint64_t now_ns)
{
	struct pmksa_entry *entry = at(pmksa, pmksa->in_use);

	if (!entry || now_ns >= ends_ns(entry))
		return true;
	entry->reauth_said = true;
	return false;
}
