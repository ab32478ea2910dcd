/* The table of readings: where Microsoft's documents are silent or contradict each other, what each choice rests on.
 *
 * Names in brackets are header files of the Azure Sphere SDK; "page" is the page of that title on Microsoft Learn. The defaults
 * are the choices with the better source; where there is none, what wpa_supplicant does, as Azure Sphere OS uses it.
 */
#include "emu-applibs/device/readings.h"

#include <errno.h>

#include "emu-applibs/base/base.h"

static const struct reading_choice reload_unsaved[] = {
	[RELOAD_UNSAVED_DROPPED] = { "dropped", "[wificonfig.h]: settings that were not persisted are lost on a reload or reboot" },
	[RELOAD_UNSAVED_KEPT] = { "kept", "the functions' pages name a reboot only; the life-cycle page sets an id, reloads, and expects "
	                                  "the new certificate" },
};

static const struct reading_choice set_effect[] = {
	[SET_EFFECT_RECONNECTS] = { "reconnects", "[wificonfig.h]: settings act on the running configuration at once; wpa_supplicant 2.10: SET_NETWORK "
	                                                "of another value disassociates and connects anew" },
	[SET_EFFECT_NEXT_CONNECT] = { "next-connect", "no source; a firmware may leave a working connection alone" },
	[SET_EFFECT_RELOAD] = { "reload", "page \"Certificate life cycle and renewal\": the setting is followed by a reload" },
};

static const struct reading_choice cert_seen[] = {
	[CERT_SEEN_RELOAD] = { "reload", "[wificonfig.h], [certstore.h]: changed certificates need WifiConfig_ReloadConfig" },
	[CERT_SEEN_AT_ONCE] = { "at-once", "no source; wpa_supplicant without fast_reauth reads certificate files anew at each authentication" },
};

static const struct reading_choice move_destination[] = {
	[MOVE_DESTINATION_OPTIONAL] = { "optional", "[certstore.h]: a destination is overwritten if it exists" },
	[MOVE_DESTINATION_REQUIRED] = { "required", "page \"CertStore_MoveCertificate\": both identifiers must be installed" },
};

static const struct reading_choice same_ssid_order[] = {
	[SAME_SSID_LOWER_ID] = { "lower-id", "wpa_supplicant 2.10, equal priority: the first in the list that fits" },
	[SAME_SSID_LAST_CONNECTED] = { "last-connected", "no source; a firmware may prefer the network that worked last" },
	[SAME_SSID_HIGHER_ID] = { "higher-id", "no source; the opposite of the first, so that nothing relies on an order" },
};

static const struct reading_choice unknown_identity[] = {
	[UNKNOWN_IDENTITY_103] = { "103", "[wificonfig.h], 32-bit structure: certError 103; Microsoft's EAP-TLS gallery sample handles it" },
	[UNKNOWN_IDENTITY_1] = { "1", "[wificonfig.h], 64-bit structure, and its page: no 103, so error 1 and no certError" },
};

static const struct reading_choice max_networks[] = {
	[MAX_NETWORKS_10] = { "10", "Microsoft's WiFi sample: ten on the MT3620" },
	[MAX_NETWORKS_37] = { "37", "page \"WifiConfig_AddNetwork\": no fixed number; 37 is ours, as one that no program expects" },
};

static const struct reading_choice store_charge[] = {
	[STORE_CHARGE_PEM] = { "pem", "no source; the API takes PEM and limits its bytes, so these are what a program can count" },
	[STORE_CHARGE_DER] = { "der", "no source; error texts of the OS say that PEM is converted to DER at installation" },
};

#define CHOICES(list) .choices = (list), .choice_count = ARRAY_LEN(list)

static const struct reading_info table[] = {
	[READING_RELOAD_UNSAVED] = {
		READING_RELOAD_UNSAVED, "reload-unsaved", "What a reload does to Wi-Fi settings that were not persisted.",
		CHOICES(reload_unsaved), .default_choice = RELOAD_UNSAVED_DROPPED,
	},
	[READING_SET_EFFECT] = {
		READING_SET_EFFECT, "set-effect", "When a changed setting of the connected network takes effect.",
		CHOICES(set_effect), .default_choice = SET_EFFECT_RECONNECTS,
	},
	[READING_CERT_SEEN] = {
		READING_CERT_SEEN, "cert-seen", "When Wi-Fi sees a certificate that was installed, moved or deleted.",
		CHOICES(cert_seen), .default_choice = CERT_SEEN_RELOAD,
	},
	[READING_MOVE_DESTINATION] = {
		READING_MOVE_DESTINATION, "move-destination", "Whether a move needs a certificate under its destination.",
		CHOICES(move_destination), .default_choice = MOVE_DESTINATION_OPTIONAL,
	},
	[READING_SAME_SSID_ORDER] = {
		READING_SAME_SSID_ORDER, "same-ssid-order", "Which of several enabled networks with one SSID is tried first.",
		CHOICES(same_ssid_order), .default_choice = SAME_SSID_LOWER_ID,
	},
	[READING_UNKNOWN_IDENTITY] = {
		READING_UNKNOWN_IDENTITY, "unknown-identity", "What diagnostics say when RADIUS refuses the identity at the start.",
		CHOICES(unknown_identity), .default_choice = UNKNOWN_IDENTITY_103,
	},
	[READING_MAX_NETWORKS] = {
		READING_MAX_NETWORKS, "max-networks", "How many networks the configuration holds.",
		CHOICES(max_networks), .default_choice = MAX_NETWORKS_10,
	},
	[READING_STORE_CHARGE] = {
		READING_STORE_CHARGE, "store-charge", "What counts against the 24 KiB of the certificate store.",
		CHOICES(store_charge), .default_choice = STORE_CHARGE_PEM,
	},
};
_Static_assert(ARRAY_LEN(table) == READING_COUNT, "a row for each reading");

const struct reading_info *readings_table(void)
{
	return table;
}

void readings_defaults(struct readings *ret)
{
	*ret = (struct readings){ .asked = NULL };
	for (size_t i = 0; i < READING_COUNT; i++)
		ret->chosen[i] = table[i].default_choice;
}

int readings_set(struct readings *readings, const char *name, const char *choice)
{
	for (size_t i = 0; i < READING_COUNT; i++) {
		if (strcmp(table[i].name, name) != 0)
			continue;
		for (size_t c = 0; c < table[i].choice_count; c++) {
			if (strcmp(table[i].choices[c].name, choice) == 0) {
				readings->chosen[i] = (unsigned)c;
				return 0;
			}
		}
		return -EINVAL;
	}
	return -ENOENT;
}

unsigned readings_ask(const struct readings *readings, enum reading_id id)
{
	struct readings_asked *asked = readings->asked;

	if (asked && !asked->seen[id]) {
		asked->seen[id] = true;
		asked->ids[asked->count++] = id;
	}
	return readings->chosen[id];
}

const char *readings_get(const struct readings *readings, enum reading_id id)
{
	return table[id].choices[readings->chosen[id]].name;
}
