/* The list of networks: running and saved copy, ids, and what happens to both at boot, power loss and factory reset.
 *
 * Ids: the lowest free one is given to a new network (over REST, 0 is reused after its network is deleted); at boot the
 * saved networks are numbered anew from 0 in their order ("ids may change at reboot" [wificonfig.h]). Leaves to others: the
 * API (wificonfig_request.c, wificonfig_attr.c), operators and queries (wificonfig_operator.c).
 */
#include <stdio.h>

#include <openssl/crypto.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/device/wificonfig.h"

uint8_t wifi_security_of(enum auth_security security)
{
	switch (security) {
	case AUTH_SECURITY_OPEN:
		return WIFI_SECURITY_OPEN;
	case AUTH_SECURITY_PSK:
		return WIFI_SECURITY_WPA2_PSK;
	case AUTH_SECURITY_EAP_TLS:
		break;
	}
	return WIFI_SECURITY_EAP_TLS;
}

struct wifi_entry *wifi_by_id(struct wifi *wifi, int id)
{
	for (size_t i = 0; i < wifi->count; i++)
		if (wifi->entries[i].network.id == id)
			return &wifi->entries[i];
	return NULL;
}

struct wifi_entry *wifi_by_serial(struct wifi *wifi, uint64_t serial)
{
	for (size_t i = 0; i < wifi->count; i++)
		if (wifi->entries[i].network.serial == serial)
			return &wifi->entries[i];
	return NULL;
}

struct wifi_entry *wifi_by_name(struct wifi *wifi, const char *name)
{
	if (name[0] == '\0')
		return NULL; /* a network without a name has none to be found by */
	for (size_t i = 0; i < wifi->count; i++)
		if (strcmp(wifi->entries[i].network.name, name) == 0)
			return &wifi->entries[i];
	return NULL;
}

struct wifi_entry *wifi_insert(struct wifi *wifi)
{
	size_t at = 0;

	if (wifi->count >= WIFI_NETWORKS_LIMIT)
		return NULL;
	/* Ids ascend, so the first place whose id is not its index is the lowest free id. */
	while (at < wifi->count && wifi->entries[at].network.id == (int)at)
		at++;
	memmove(&wifi->entries[at + 1], &wifi->entries[at], (wifi->count - at) * sizeof(wifi->entries[0]));
	wifi->count++;
	wifi->entries[at] = (struct wifi_entry) {
		.network = { .id = (int)at, .serial = ++wifi->last_serial },
	};
	return &wifi->entries[at];
}

void wifi_remove(struct wifi *wifi, struct wifi_entry *entry)
{
	size_t at = (size_t)(entry - wifi->entries);

	memmove(entry, entry + 1, (wifi->count - at - 1) * sizeof(*entry));
	wifi->count--;
	OPENSSL_cleanse(&wifi->entries[wifi->count], sizeof(*entry));
}

void wifi_restore(struct wifi *wifi, bool renumber)
{
	struct supplicant_record records[WIFI_NETWORKS_LIMIT];

	for (size_t i = 0; i < wifi->saved_count; i++) {
		struct wifi_entry *known = wifi_by_serial(wifi, wifi->saved[i].serial);

		records[i] = known ? known->record : (struct supplicant_record) { .tried = false };
	}
	OPENSSL_cleanse(wifi->entries, sizeof(wifi->entries));
	for (size_t i = 0; i < wifi->saved_count; i++) {
		if (renumber)
			wifi->saved[i].id = (int)i;
		wifi->entries[i].network = wifi->saved[i];
		wifi->entries[i].record = records[i];
	}
	wifi->count = wifi->saved_count;
	OPENSSL_cleanse(records, sizeof(records));
}

bool wifi_same_settings(const struct wifi_settings *a, const struct wifi_settings *b)
{
	return a->ssid_length == b->ssid_length && memcmp(a->ssid, b->ssid, a->ssid_length) == 0 && a->security == b->security &&
	       a->targeted_scan == b->targeted_scan && a->psk_length == b->psk_length &&
	       CRYPTO_memcmp(a->psk, b->psk, a->psk_length) == 0 && strcmp(a->identity, b->identity) == 0 &&
	       strcmp(a->client_id, b->client_id) == 0 && strcmp(a->root_id, b->root_id) == 0;
}

bool wifi_is_saved(const struct wifi *wifi)
{
	if (wifi->count != wifi->saved_count)
		return false;
	for (size_t i = 0; i < wifi->count; i++) {
		const struct wifi_network *a = &wifi->entries[i].network, *b = &wifi->saved[i];

		if (a->id != b->id || a->serial != b->serial || a->enabled != b->enabled || strcmp(a->name, b->name) != 0 ||
		    !wifi_same_settings(&a->settings, &b->settings))
			return false;
	}
	return true;
}

const char *wifi_printable(const uint8_t *bytes, size_t length, char *buffer, size_t capacity)
{
	size_t n = length < capacity ? length : capacity - 1;

	for (size_t i = 0; i < n; i++)
		buffer[i] = bytes[i] > ' ' && bytes[i] <= '~' ? (char)bytes[i] : '?';
	buffer[n] = '\0';
	return buffer;
}

const char *wifi_label(const struct wifi_network *network, char buffer[WIFI_NAME_MAX + 1])
{
	if (network->name[0] != '\0')
		return wifi_printable((const uint8_t *)network->name, strlen(network->name), buffer, WIFI_NAME_MAX + 1);
	(void) snprintf(buffer, WIFI_NAME_MAX + 1, "#%d", network->id);
	return buffer;
}

void wifi_power_loss(struct wifi *wifi)
{
	OPENSSL_cleanse(wifi->entries, sizeof(wifi->entries));
	wifi->count = 0;
	OPENSSL_cleanse(wifi->scanned, sizeof(wifi->scanned));
	wifi->scanned_count = 0;
}

void wifi_wipe(struct wifi *wifi)
{
	OPENSSL_cleanse(wifi, sizeof(*wifi));
}
