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

static const struct reading_choice missing_capability[] = {
	[MISSING_CAPABILITY_EACCES] = { "EACCES", "every header of applibs" },
	[MISSING_CAPABILITY_EPERM] = { "EPERM", "page \"Azure Sphere application manifest\"" },
};

static const struct reading_choice capability_spelling[] = {
	[CAPABILITY_SPELLING_STRICT] = { "strict", "[wificonfig.h], Microsoft's samples and the OS: EnterpriseWifiConfig; another "
	                                           "key makes a bad manifest, which is not deployed" },
	[CAPABILITY_SPELLING_BOTH] = { "both", "page \"Set up an EAP-TLS network in an app\": EnterpriseWiFiConfig" },
};

static const struct reading_choice enterprise_implies_wifi[] = {
	[ENTERPRISE_IMPLIES_WIFI_NO] = { "no", "Microsoft's samples list both" },
	[ENTERPRISE_IMPLIES_WIFI_YES] = { "yes", "no source; no document says that both are needed" },
};

static const struct reading_choice id_too_long[] = {
	[ID_TOO_LONG_ERANGE] = { "ERANGE", "[certstore.h]" },
	[ID_TOO_LONG_EINVAL] = { "EINVAL", "pages of the CertStore functions: no ERANGE for it, EINVAL for one that is not "
	                                   "terminated; [certstore.h] has that, too" },
};

static const struct reading_choice id_characters[] = {
	[ID_CHARACTERS_EINVAL] = { "EINVAL", "no errno is named; the OS has an error of its own for it, and EINVAL stands for \"not "
	                                     "valid\"" },
	[ID_CHARACTERS_ACCEPTED] = { "accepted", "no errno is named in [certstore.h] or on the pages, so printable ones may pass" },
};

static const struct reading_choice id_period[] = {
	[ID_PERIOD_ACCEPTED] = { "accepted", "[certstore.h]" },
	[ID_PERIOD_REFUSED] = { "refused", "translated page \"Certificate IDs\": hyphen and underscore only" },
};

static const struct reading_choice plain_key_password[] = {
	[PLAIN_KEY_PASSWORD_EINVAL] = { "EINVAL", "[certstore.h]" },
	[PLAIN_KEY_PASSWORD_IGNORED] = { "ignored", "page \"CertStore_InstallClientCertificate\" does not list it" },
};

static const struct reading_choice pem_tags[] = {
	[PEM_TAGS_REQUIRED] = { "required", "README of Microsoft's certificate sample: with the tags" },
	[PEM_TAGS_OPTIONAL] = { "optional", "page \"CertStore_InstallClientCertificate\": the text between the tags" },
};

static const struct reading_choice sec1_key[] = {
	[SEC1_KEY_ACCEPTED] = { "accepted", "wolfSSL, with which the OS reads keys, knows it" },
	[SEC1_KEY_REFUSED] = { "refused", "[certstore.h] and page \"Acquire and deploy certificates\": PKCS#1 or PKCS#8" },
};

static const struct reading_choice store_size[] = {
	[STORE_SIZE_24514] = { "24514", "REST interface of a device, as Microsoft's tests of it say" },
	[STORE_SIZE_24576] = { "24576", "page \"Manage certificates in high-level applications\": 24 KiB" },
};

static const struct reading_choice forget_unknown_id[] = {
	[FORGET_UNKNOWN_ID_ENODEV] = { "ENODEV", "[wificonfig.h]" },
	[FORGET_UNKNOWN_ID_ENOENT] = { "ENOENT", "page \"WifiConfig_ForgetNetworkById\"" },
};

static const struct reading_choice ssid_length_0[] = {
	[SSID_LENGTH_0_ERANGE] = { "ERANGE", "[wificonfig.h]" },
	[SSID_LENGTH_0_CLEARED] = { "cleared", "page \"WifiConfig_SetSSID\": only a length that is too great is refused" },
};

static const struct reading_choice identity_too_long[] = {
	[IDENTITY_TOO_LONG_ERANGE] = { "ERANGE", "[wificonfig.h]" },
	[IDENTITY_TOO_LONG_EINVAL] = { "EINVAL", "page \"WifiConfig_SetClientIdentity\": no ERANGE" },
};

static const struct reading_choice empty_text[] = {
	[EMPTY_TEXT_CLEARED] = { "cleared", "[wificonfig.h]: ERANGE for more than 16 characters only, and a network may be without "
	                                    "a root CA" },
	[EMPTY_TEXT_ERANGE] = { "ERANGE", "[wificonfig.h], text of the parameters: 1 to 16 characters" },
};

static const struct reading_choice psk_too_short[] = {
	[PSK_TOO_SHORT_ERANGE] = { "ERANGE", "no errno is named; the one for a key that is too long" },
	[PSK_TOO_SHORT_EINVAL] = { "EINVAL", "no errno is named; the OS has an error of its own for it" },
};

static const struct reading_choice not_connected[] = {
	[NOT_CONNECTED_ENODATA] = { "ENODATA", "[wificonfig.h]; Microsoft's WiFi sample" },
	[NOT_CONNECTED_ENOTCONN] = { "ENOTCONN", "[wificonfig_internal.h]" },
};

static const struct reading_choice too_many_networks[] = {
	[TOO_MANY_NETWORKS_ADD] = { "at-add", "[wificonfig.h]: ENOMEM when it is added; Microsoft's WiFi sample" },
	[TOO_MANY_NETWORKS_PERSIST] = { "at-persist", "[wificonfig.h]: ENOSPC when the configuration is saved; page "
	                                              "\"WifiConfig_AddNetwork\": no fixed number" },
};

static const struct reading_choice diagnostics_not_ready[] = {
	[DIAGNOSTICS_NOT_READY_EAGAIN] = { "EAGAIN", "[wificonfig.h]" },
	[DIAGNOSTICS_NOT_READY_ENODEV] = { "ENODEV", "page \"WifiConfig_GetNetworkDiagnostics\": no EAGAIN" },
};

static const struct reading_choice diagnostics_none[] = {
	[DIAGNOSTICS_NONE_ENODEV] = { "ENODEV", "[wificonfig.h]: ENODEV when nothing is recorded" },
	[DIAGNOSTICS_NONE_EMPTY] = { "empty", "page \"WifiConfig_GetNetworkDiagnostics\": ENODEV for an unknown network only; so a "
	                                      "record without error" },
};

static const struct reading_choice persist_without_ssid[] = {
	[PERSIST_WITHOUT_SSID_EINVAL] = { "EINVAL", "[wificonfig.h]: succeeds only if every network has one; no errno is named, "
	                                            "EINVAL is ours" },
	[PERSIST_WITHOUT_SSID_SKIPPED] = { "skipped", "no source; the others are saved, as no errno is named for a failure" },
};

static const struct reading_choice mutable_size_0[] = {
	[MUTABLE_SIZE_0_EACCES] = { "EACCES", "[storage.h]" },
	[MUTABLE_SIZE_0_EMPTY_FILE] = { "empty-file", "page \"Storage_OpenMutableFile\" does not list it; so a file that holds "
	                                              "nothing" },
};

static const struct reading_choice store_wpa2_exists[] = {
	[STORE_WPA2_EXISTS_SSID] = { "ssid", "[wificonfig.h], list of errnos: this SSID is stored as WPA2" },
	[STORE_WPA2_EXISTS_SSID_AND_KEY] = { "ssid-and-key", "[wificonfig.h], description: this SSID and key are stored" },
};

static const struct reading_choice duplicate_names[] = {
	[DUPLICATE_NAMES_LOWER_ID] = { "lower-id", "[wificonfig.h]: undefined; the first in the list" },
	[DUPLICATE_NAMES_HIGHER_ID] = { "higher-id", "[wificonfig.h]: undefined; the last in the list" },
};

static const struct reading_choice name_taken[] = {
	[NAME_TAKEN_ACCEPTED] = { "accepted", "[wificonfig.h]: advised against, not refused; the REST interface of a device takes "
	                                      "it" },
	[NAME_TAKEN_EEXIST] = { "EEXIST", "[wificonfig.h]: what WifiConfig_AddDuplicateNetwork gives; the OS has an error "
	                                  "ConfigNameNotUnique" },
};

static const struct reading_choice reload_sessions[] = {
	[RELOAD_SESSIONS_FLUSHED] = { "flushed", "[wificonfig.h]: certificates are read again" },
	[RELOAD_SESSIONS_KEPT] = { "kept", "wpa_supplicant 2.10 with fast_reauth: while no setting has another value, the next "
	                                   "authentication goes by what the last one was made with, if RADIUS still takes it" },
};

static const struct reading_choice device_auth_life[] = {
	[DEVICE_AUTH_LIFE_24H] = { "24h", "page \"DeviceAuth_GetCertificatePath\"" },
	[DEVICE_AUTH_LIFE_25H] = { "25h", "a copy of that page on a blog: about 25 hours" },
};

static const struct reading_choice forbidden_host[] = {
	[FORBIDDEN_HOST_NO_NAME] = { "no-name", "no source; as while there is no network: EAI_AGAIN for a name, ENETUNREACH for an "
	                                        "address" },
	[FORBIDDEN_HOST_REFUSED] = { "refused", "page \"Azure Sphere OS networking requirements\": the firewall blocks the connection; "
	                                        "so the name is found, and ECONNREFUSED is what a rule that rejects gives" },
	[FORBIDDEN_HOST_EACCES] = { "EACCES", "the same page; connect(2): EACCES, a rule of this machine's own firewall" },
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
	[READING_MISSING_CAPABILITY] = {
		READING_MISSING_CAPABILITY, "missing-capability", "Which errno a call gives whose capability the manifest does not grant.",
		CHOICES(missing_capability), .default_choice = MISSING_CAPABILITY_EACCES,
	},
	[READING_CAPABILITY_SPELLING] = {
		READING_CAPABILITY_SPELLING, "capability-spelling", "Whether a manifest may spell EnterpriseWifiConfig with a capital F.",
		CHOICES(capability_spelling), .default_choice = CAPABILITY_SPELLING_STRICT,
	},
	[READING_ENTERPRISE_IMPLIES_WIFI] = {
		READING_ENTERPRISE_IMPLIES_WIFI, "enterprise-implies-wifi", "Whether EnterpriseWifiConfig alone grants what WifiConfig grants.",
		CHOICES(enterprise_implies_wifi), .default_choice = ENTERPRISE_IMPLIES_WIFI_NO,
	},
	[READING_ID_TOO_LONG] = {
		READING_ID_TOO_LONG, "id-too-long", "Which errno an identifier of more than 16 characters gives when it is installed or moved.",
		CHOICES(id_too_long), .default_choice = ID_TOO_LONG_ERANGE,
	},
	[READING_ID_CHARACTERS] = {
		READING_ID_CHARACTERS, "id-characters", "What an identifier with characters beside letters, digits, '.', '-' and '_' gives.",
		CHOICES(id_characters), .default_choice = ID_CHARACTERS_EINVAL,
	},
	[READING_ID_PERIOD] = {
		READING_ID_PERIOD, "id-period", "Whether an identifier may have a period.",
		CHOICES(id_period), .default_choice = ID_PERIOD_ACCEPTED,
	},
	[READING_PLAIN_KEY_PASSWORD] = {
		READING_PLAIN_KEY_PASSWORD, "plain-key-password", "What a password for a key that is not encrypted gives.",
		CHOICES(plain_key_password), .default_choice = PLAIN_KEY_PASSWORD_EINVAL,
	},
	[READING_PEM_TAGS] = {
		READING_PEM_TAGS, "pem-tags", "Whether certificates and keys need their BEGIN and END lines.",
		CHOICES(pem_tags), .default_choice = PEM_TAGS_REQUIRED,
	},
	[READING_SEC1_KEY] = {
		READING_SEC1_KEY, "sec1-key", "Whether a private key may be SEC1 (BEGIN EC PRIVATE KEY).",
		CHOICES(sec1_key), .default_choice = SEC1_KEY_ACCEPTED,
	},
	[READING_STORE_SIZE] = {
		READING_STORE_SIZE, "store-size", "How many bytes of an empty certificate store are free.",
		CHOICES(store_size), .default_choice = STORE_SIZE_24514,
	},
	[READING_FORGET_UNKNOWN_ID] = {
		READING_FORGET_UNKNOWN_ID, "forget-unknown-id", "What WifiConfig_ForgetNetworkById gives for a network id that does not exist.",
		CHOICES(forget_unknown_id), .default_choice = FORGET_UNKNOWN_ID_ENODEV,
	},
	[READING_SSID_LENGTH_0] = {
		READING_SSID_LENGTH_0, "ssid-length-0", "What WifiConfig_SetSSID with length 0 does.",
		CHOICES(ssid_length_0), .default_choice = SSID_LENGTH_0_ERANGE,
	},
	[READING_IDENTITY_TOO_LONG] = {
		READING_IDENTITY_TOO_LONG, "identity-too-long", "Which errno WifiConfig_SetClientIdentity gives for more than 254 characters.",
		CHOICES(identity_too_long), .default_choice = IDENTITY_TOO_LONG_ERANGE,
	},
	[READING_EMPTY_TEXT] = {
		READING_EMPTY_TEXT, "empty-text", "What an empty certificate id or config name does to a network.",
		CHOICES(empty_text), .default_choice = EMPTY_TEXT_CLEARED,
	},
	[READING_PSK_TOO_SHORT] = {
		READING_PSK_TOO_SHORT, "psk-too-short", "Which errno a pre-shared key of fewer than 8 characters gives.",
		CHOICES(psk_too_short), .default_choice = PSK_TOO_SHORT_ERANGE,
	},
	[READING_NOT_CONNECTED] = {
		READING_NOT_CONNECTED, "not-connected", "What WifiConfig_GetCurrentNetwork gives while there is no connection.",
		CHOICES(not_connected), .default_choice = NOT_CONNECTED_ENODATA,
	},
	[READING_TOO_MANY_NETWORKS] = {
		READING_TOO_MANY_NETWORKS, "too-many-networks", "When a network too many is refused.",
		CHOICES(too_many_networks), .default_choice = TOO_MANY_NETWORKS_ADD,
	},
	[READING_DIAGNOSTICS_NOT_READY] = {
		READING_DIAGNOSTICS_NOT_READY, "diagnostics-not-ready", "What WifiConfig_GetNetworkDiagnostics gives while Wi-Fi is not ready.",
		CHOICES(diagnostics_not_ready), .default_choice = DIAGNOSTICS_NOT_READY_EAGAIN,
	},
	[READING_DIAGNOSTICS_NONE] = {
		READING_DIAGNOSTICS_NONE, "diagnostics-none", "What WifiConfig_GetNetworkDiagnostics gives for a network that has never failed.",
		CHOICES(diagnostics_none), .default_choice = DIAGNOSTICS_NONE_ENODEV,
	},
	[READING_PERSIST_WITHOUT_SSID] = {
		READING_PERSIST_WITHOUT_SSID, "persist-without-ssid", "What WifiConfig_PersistConfig does when a network has no SSID.",
		CHOICES(persist_without_ssid), .default_choice = PERSIST_WITHOUT_SSID_EINVAL,
	},
	[READING_MUTABLE_SIZE_0] = {
		READING_MUTABLE_SIZE_0, "mutable-size-0", "What MutableStorage with SizeKB 0 grants.",
		CHOICES(mutable_size_0), .default_choice = MUTABLE_SIZE_0_EACCES,
	},
	[READING_STORE_WPA2_EXISTS] = {
		READING_STORE_WPA2_EXISTS, "store-wpa2-exists", "When WifiConfig_StoreWpa2Network gives EEXIST.",
		CHOICES(store_wpa2_exists), .default_choice = STORE_WPA2_EXISTS_SSID,
	},
	[READING_DUPLICATE_NAMES] = {
		READING_DUPLICATE_NAMES, "duplicate-names", "Which network is found by a config name that two have.",
		CHOICES(duplicate_names), .default_choice = DUPLICATE_NAMES_LOWER_ID,
	},
	[READING_NAME_TAKEN] = {
		READING_NAME_TAKEN, "name-taken", "What WifiConfig_SetConfigName gives for a name that another network has.",
		CHOICES(name_taken), .default_choice = NAME_TAKEN_ACCEPTED,
	},
	[READING_RELOAD_SESSIONS] = {
		READING_RELOAD_SESSIONS, "reload-sessions", "What a reload does to the TLS session of the connection that it ends, and to the cached keys of access points (PMKSA).",
		CHOICES(reload_sessions), .default_choice = RELOAD_SESSIONS_FLUSHED,
	},
	[READING_DEVICE_AUTH_LIFE] = {
		READING_DEVICE_AUTH_LIFE, "device-auth-life", "How long a device-authentication certificate is valid.",
		CHOICES(device_auth_life), .default_choice = DEVICE_AUTH_LIFE_24H,
	},
	[READING_FORBIDDEN_HOST] = {
		READING_FORBIDDEN_HOST, "forbidden-host", "What an application finds at a host that AllowedConnections does not name.",
		CHOICES(forbidden_host), .default_choice = FORBIDDEN_HOST_NO_NAME,
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
