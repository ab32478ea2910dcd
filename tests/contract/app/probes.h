/* Probes: each settles one reading (`azsim readings` lists them), as far as an application can see it.
 *
 *     X(manifest, when, function, "reading")
 *
 * when: BOOT before the device is ready, MAIN afterwards, NETWORK with the owner's EAP-TLS network (CmdArgs).
 * Not here: device-auth-life, which no call of applibs shows.
 */
#ifndef CONTRACT_PROBES_H
#define CONTRACT_PROBES_H

#include "contract.h"

enum when { BOOT, MAIN, NETWORK };

#define CONTRACT_PROBES(X) \
	X(NONE, MAIN, missing_capability, "missing-capability") \
	X(SPELLING, MAIN, capability_spelling, "capability-spelling") \
	X(ENTERPRISE, MAIN, enterprise_implies_wifi, "enterprise-implies-wifi") \
	X(PARTIAL, MAIN, mutable_size_0, "mutable-size-0") \
	X(FULL, BOOT, diagnostics_not_ready, "diagnostics-not-ready") \
	X(FULL, MAIN, store_size, "store-size") \
	X(FULL, MAIN, store_charge, "store-charge") \
	X(FULL, MAIN, id_too_long, "id-too-long") \
	X(FULL, MAIN, id_characters, "id-characters") \
	X(FULL, MAIN, id_period, "id-period") \
	X(FULL, MAIN, pem_tags, "pem-tags") \
	X(FULL, MAIN, plain_key_password, "plain-key-password") \
	X(FULL, MAIN, sec1_key, "sec1-key") \
	X(FULL, MAIN, move_destination, "move-destination") \
	X(FULL, MAIN, forget_unknown_id, "forget-unknown-id") \
	X(FULL, MAIN, ssid_length_0, "ssid-length-0") \
	X(FULL, MAIN, identity_too_long, "identity-too-long") \
	X(FULL, MAIN, empty_text, "empty-text") \
	X(FULL, MAIN, psk_too_short, "psk-too-short") \
	X(FULL, MAIN, not_connected, "not-connected") \
	X(FULL, MAIN, diagnostics_none, "diagnostics-none") \
	X(FULL, MAIN, name_taken, "name-taken") \
	X(FULL, MAIN, duplicate_names, "duplicate-names") \
	X(FULL, MAIN, persist_without_ssid, "persist-without-ssid") \
	X(FULL, MAIN, store_wpa2_exists, "store-wpa2-exists") \
	X(FULL, MAIN, too_many_networks, "too-many-networks") \
	X(FULL, MAIN, max_networks, "max-networks") \
	X(FULL, MAIN, reload_unsaved, "reload-unsaved") \
	X(FULL, NETWORK, set_effect, "set-effect") \
	X(FULL, NETWORK, cert_seen, "cert-seen") \
	X(FULL, NETWORK, reload_sessions, "reload-sessions") \
	X(FULL, NETWORK, same_ssid_order, "same-ssid-order") \
	X(FULL, NETWORK, unknown_identity, "unknown-identity") \
	X(FULL, NETWORK, forbidden_host, "forbidden-host")

#define X(manifest, when, function, reading) PROBE(function);
CONTRACT_PROBES(X)
#undef X

#endif
