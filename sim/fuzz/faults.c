/* What can go wrong in a random world, and how each is right again. One function a kind; the table below names them. */
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/fuzz/rng.h"
#include "sim/fuzz/world.h"

/* ---- RADIUS and the access point ----------------------------------------------------------------------------------------- */

static void radius_down(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "radius: {up: no}");
	emit_event(e, f->until_s, "radius: {up: yes}");
}

static void radius_secret(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "radius: {secret_wrong: yes}");
	emit_event(e, f->until_s, "radius: {secret_wrong: no}");
}

static void radius_server(struct emit *e, const struct world_fault *f, size_t i)
{
	const struct world *w = emit_world(e);
	const size_t root = world_root_at(w, f->from_s);
	char from[WORLD_TIME_MAX], until[WORLD_TIME_MAX];
	int64_t from_s = -365 * WORLD_DAY_S, until_s = world_length_s(w) + 365 * WORLD_DAY_S;
	const char *fault = "";

	switch (f->variant % 5) {
	case 0: until_s = f->from_s - WORLD_HOUR_S; break;                              /* has run out */
	case 1: from_s = world_length_s(w) + WORLD_DAY_S; break;                        /* not yet valid */
	case 2: fault = ", fault: wrong-eku"; break;
	case 3: fault = ", fault: bad-signature"; break;
	default: emit_cert(e, "{name: strange%zu, use: root, valid: [-1y, +10y]}", i); break;
	}
	if (f->variant % 5 == 4)
		emit_cert(e, "{name: wrong%zu, use: server, issuer: strange%zu, valid: [-1y, +10y]}", i, i);
	else
		emit_cert(e, "{name: wrong%zu, use: server, issuer: " WORLD_ROOT ", valid: [%s, %s]%s}", i, root + 1, world_time(from, from_s),
		          world_time(until, until_s), fault);
	emit_event(e, f->from_s, "radius: {server: wrong%zu}", i);
	emit_event(e, f->until_s, "radius: {server: " WORLD_SERVER "}", world_root_at(w, f->until_s) + 1);
}

/* Renewed under the same root; nothing is wrong, and a fault in the middle of it ends with the old one. */
static void radius_renewed(struct emit *e, const struct world_fault *f, size_t i)
{
	const size_t root = world_root_at(emit_world(e), f->from_s);
	char from[WORLD_TIME_MAX];

	emit_cert(e, "{name: renewed%zu, use: server, issuer: " WORLD_ROOT ", dns: radius.corp.example, valid: [%s, +20y]}", i, root + 1,
	          world_time(from, f->from_s - WORLD_DAY_S));
	emit_event(e, f->from_s, "radius: {server: renewed%zu}", i);
	emit_event(e, f->until_s, "radius: {server: " WORLD_SERVER "}", world_root_at(emit_world(e), f->until_s) + 1);
}

static void radius_identities(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "radius: {identities: [somebody-else]}");
	emit_event(e, f->until_s, "radius: {identities: [somebody-else, device-0001]}");
}

static void radius_roots(struct emit *e, const struct world_fault *f, size_t i)
{
	const struct world *w = emit_world(e);

	emit_cert(e, "{name: stranger%zu, use: root, valid: [-1y, +10y]}", i);
	emit_event(e, f->from_s, "radius: {client_roots: [stranger%zu]}", i);
	emit_event(e, f->until_s, w->new_clients_s && f->until_s >= w->new_clients_s ? "radius: {client_roots: [%s, clients2]}"
	                                                                            : "radius: {client_roots: [%s]}",
	           w->client_chain ? "clients-i" : "clients");
}

static void radius_clock(struct emit *e, const struct world_fault *f, size_t i)
{
	char step[WORLD_TIME_MAX];

	(void) i;
	emit_event(e, f->from_s, "radius: {clock_step: %s}", world_time(step, f->amount_s));
	emit_event(e, f->until_s, "radius: {clock_step: %s}", world_time(step, -f->amount_s));
}

static void radius_crl(struct emit *e, const struct world_fault *f, size_t i)
{
	char from[WORLD_TIME_MAX], until[WORLD_TIME_MAX];
	bool late = f->variant % 2 == 0;

	(void) i;
	emit_event(e, f->from_s, "radius: {crl: {revoked: [lost], from: %s, until: %s}}",
	           world_time(from, late ? f->from_s - 30 * WORLD_DAY_S : f->until_s + WORLD_DAY_S),
	           world_time(until, late ? f->from_s - WORLD_MINUTE_S : f->until_s + 30 * WORLD_DAY_S));
	emit_event(e, f->until_s, "radius: {crl: {revoked: [lost], from: %s, until: +10y}}", world_time(from, f->until_s - WORLD_DAY_S));
}

static void radius_tls(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "radius: {tls: '%s'}", f->variant % 2 ? "1.3" : "1.2");
}

static void ap_down(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "ap: {up: no}");
	emit_event(e, f->until_s, "ap: {up: yes}");
}

static void ap_deauth(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, f->variant % 2 ? "ap: {deauth: yes}" : "ap: {reauth: yes}");
	emit_event(e, f->until_s, f->variant % 3 ? "ap: {deauth: yes}" : "ap: {reauth: yes}");
}

/* ---- The issuer ---------------------------------------------------------------------------------------------------------- */

static void issuer_state(struct emit *e, const struct world_fault *f, size_t i)
{
	static const char *const states[] = {"state: down", "state: refuse", "state: error", "state: slow, delay: 30s", "state: slow, delay: 10m"};

	(void) i;
	emit_event(e, f->from_s, "issuer: {%s}", states[f->variant % ARRAY_LEN(states)]);
	emit_event(e, f->until_s, "issuer: {state: up}");
}

static void issuer_wrong(struct emit *e, const struct world_fault *f, size_t i)
{
	static const char *const how[] = {"html", "empty", "truncated", "garbage", "key-mismatch", "huge"};

	(void) i;
	emit_event(e, f->from_s, "issuer: {state: wrong, wrong: %s}", how[f->variant % ARRAY_LEN(how)]);
	emit_event(e, f->until_s, "issuer: {state: up}");
}

static void issuer_clock(struct emit *e, const struct world_fault *f, size_t i)
{
	char step[WORLD_TIME_MAX];

	(void) i;
	emit_event(e, f->from_s, "issuer: {clock_step: %s}", world_time(step, f->amount_s));
	emit_event(e, f->until_s, "issuer: {clock_step: %s}", world_time(step, -f->amount_s));
}

/* It announces a root that RADIUS never uses, by mistake. */
static void issuer_root(struct emit *e, const struct world_fault *f, size_t i)
{
	emit_cert(e, "{name: mistake%zu, use: root, valid: [-1d, +10y]}", i);
	emit_event(e, f->from_s, "issuer: {root: mistake%zu}", i);
	emit_event(e, f->until_s, "issuer: {root: " WORLD_ROOT "}", world_announced_at(emit_world(e), f->until_s) + 1);
}

/* It signs under a CA that RADIUS does not know. */
static void issuer_client_ca(struct emit *e, const struct world_fault *f, size_t i)
{
	emit_cert(e, "{name: alien%zu, use: root, valid: [-1d, +10y]}", i);
	emit_event(e, f->from_s, "issuer: {client_ca: alien%zu}", i);
	emit_event(e, f->until_s, "issuer: {client_ca: %s}", emit_client_ca(e, f->until_s));
}

static void issuer_life(struct emit *e, const struct world_fault *f, size_t i)
{
	char life[WORLD_TIME_MAX];

	(void) i;
	emit_event(e, f->from_s, "issuer: {client_life: %s}", f->variant % 2 ? "1d" : "2d");
	emit_event(e, f->until_s, "issuer: {client_life: %s}", world_time(life, emit_world(e)->client_life_s) + 1);
}

/* ---- The device ---------------------------------------------------------------------------------------------------------- */

static void power_off(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "device: {power: off}");
	emit_event(e, f->until_s, "device: {power: on}");
}

static void power_cut(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, f->variant % 2 ? "device: {power: cut}" : "device: {kill_app: yes}");
	emit_event(e, f->until_s, f->variant % 3 ? "device: {power: cut}" : "device: {kill_app: yes}");
}

/* At a call of the application, whenever that comes. */
static void cut_at_call(struct emit *e, const struct world_fault *f, size_t i)
{
	static const char *const calls[] = {
		"CertStore_InstallClientCertificate", "CertStore_InstallRootCACertificate", "CertStore_MoveCertificate",
		"CertStore_DeleteCertificate", "WifiConfig_PersistConfig", "WifiConfig_ReloadConfig", "WifiConfig_ForgetNetworkById",
		"WifiConfig_AddDuplicateNetwork", "WifiConfig_SetNetworkEnabled", "WifiConfig_SetClientCertStoreIdentifier",
		"WifiConfig_SetRootCACertStoreIdentifier", "Storage_OpenMutableFile", "WifiConfig_GetConnectedNetworkId",
	};
	char from[WORLD_TIME_MAX];

	(void) i;
	emit_waiting(e, f->from_s, "on_call: %s, from: %s, nth: %u, phase: %s, device: {%s}", calls[f->variant % ARRAY_LEN(calls)],
	             world_time(from, f->from_s), 1 + f->variant / 64 % 5, f->variant / 16 % 2 ? "after" : "before",
	             f->variant / 32 % 2 ? "power: cut" : "kill_app: yes");
}

static void device_clock(struct emit *e, const struct world_fault *f, size_t i)
{
	char step[WORLD_TIME_MAX];

	(void) i;
	emit_event(e, f->from_s, "device: {clock_step: %s, ntp: no}", world_time(step, f->amount_s));
	emit_event(e, f->until_s, "device: {ntp: yes}");
}

static void no_ntp(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "device: {ntp: no}");
	emit_event(e, f->until_s, "device: {ntp: yes}");
}

static void flash(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "device: {flash: %s}", f->variant % 2 ? "full" : "broken");
	emit_event(e, f->until_s, "device: {flash: good}");
}

static void update(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "device: {update: {kind: %s}}", f->variant % 2 ? "app" : "os");
}

/* ---- The operator -------------------------------------------------------------------------------------------------------- */

/* An operator looks whether it worked: not without power, nor with flash that cannot be written. */
static int64_t repair_s(const struct world *w, int64_t at_s)
{
	bool moved;

	do {
		moved = false;
		for (size_t i = 0; i < w->fault_count; i++) {
			const struct world_fault *f = &w->faults[i];
			bool in_the_way = fault_kinds[f->kind].emit == flash || fault_kinds[f->kind].emit == power_off;

			if (in_the_way && f->from_s <= at_s && at_s <= f->until_s) {
				at_s = f->until_s + WORLD_MINUTE_S;
				moved = true;
			}
		}
	} while (moved);
	return at_s;
}

/* And once more, if the device was just getting up. */
static void repair(struct emit *e, int64_t at_s, const char *command)
{
	const struct world *w = emit_world(e);

	at_s = repair_s(w, at_s);
	for (int i = 0; i < 2; i++, at_s = repair_s(w, at_s + 5 * WORLD_MINUTE_S)) {
		emit_event(e, at_s, "operator: {%s}", command);
		emit_event(e, at_s + WORLD_MINUTE_S, "operator: {reload: yes}");
	}
}

static void put_back_root(struct emit *e, const struct world_fault *f)
{
	char command[64];

	(void) snprintf(command, sizeof(command), "install_root: RootCA1, cert: " WORLD_ROOT, world_root_at(emit_world(e), f->until_s) + 1);
	repair(e, f->until_s, command);
}

static void put_back_client(struct emit *e, const struct world_fault *f, size_t i)
{
	const struct world *w = emit_world(e);
	int64_t life_s = w->short_lives ? w->client_life_s : 1500 * WORLD_DAY_S;
	char from[WORLD_TIME_MAX], until[WORLD_TIME_MAX], command[64];

	emit_cert(e, "{name: new%zu, use: client, issuer: %s, cn: device-0001, valid: [%s, %s]}", i, emit_client_ca(e, f->until_s),
	          world_time(from, f->until_s - WORLD_HOUR_S), world_time(until, f->until_s - WORLD_HOUR_S + life_s));
	(void) snprintf(command, sizeof(command), "install_client: ClientCert1, cert: new%zu", i);
	repair(e, f->until_s, command);
}

static void operator_deletes(struct emit *e, const struct world_fault *f, size_t i)
{
	bool root = f->variant % 2;

	emit_event(e, f->from_s, "operator: {delete: %s}", root ? "RootCA1" : "ClientCert1");
	if (f->variant / 2 % 2)
		emit_event(e, f->from_s + WORLD_MINUTE_S, "operator: {reload: yes}");
	if (root)
		put_back_root(e, f);
	else
		put_back_client(e, f, i);
}

static void operator_installs(struct emit *e, const struct world_fault *f, size_t i)
{
	emit_cert(e, "{name: other%zu, use: root, valid: [-1d, +10y]}", i);
	emit_event(e, f->from_s, "operator: {install_root: RootCA1, cert: other%zu}", i);
	if (f->variant / 2 % 2)
		emit_event(e, f->from_s + WORLD_MINUTE_S, "operator: {reload: yes}");
	put_back_root(e, f);
}

static void operator_disables(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "operator: {disable: Network1}");
	repair(e, f->until_s, "enable: Network1");
}

static void operator_reloads(struct emit *e, const struct world_fault *f, size_t i)
{
	(void) i;
	emit_event(e, f->from_s, "operator: {reload: yes}");
	emit_event(e, f->until_s, "operator: {reload: yes}");
}

static void damage(struct emit *e, const struct world_fault *f, size_t i)
{
	bool root = f->variant % 2;

	emit_event(e, f->from_s, "device: {damage: %s}", root ? "RootCA1" : "ClientCert1");
	if (root)
		put_back_root(e, f);
	else
		put_back_client(e, f, i);
}

int64_t fault_over_s(const struct world *w, const struct world_fault *fault)
{
	return fault_kinds[fault->kind].device_can_wait ? repair_s(w, fault->until_s) : fault->until_s;
}

/* ---- The table ----------------------------------------------------------------------------------------------------------- */

const struct fault_kind fault_kinds[] = {
	{"radius-down", "RADIUS does not answer", radius_down, false, false},
	{"radius-secret", "access point and RADIUS do not share the secret", radius_secret, false, false},
	{"radius-server", "RADIUS presents a wrong certificate", radius_server, false, false},
	{"radius-renewed", "RADIUS has another certificate for a while", radius_renewed, false, false},
	{"radius-identities", "RADIUS does not know the device", radius_identities, false, false},
	{"radius-roots", "RADIUS trusts other clients", radius_roots, false, true},
	{"radius-clock", "the clock of RADIUS is wrong", radius_clock, true, false},
	{"radius-crl", "the revocation list is out of date", radius_crl, false, false},
	{"radius-tls", "RADIUS goes over to another version of TLS", radius_tls, false, false},
	{"ap-down", "the access point is gone", ap_down, false, false},
	{"ap-deauth", "the access point sends the device away", ap_deauth, false, false},
	{"issuer-state", "the issuer is out of order", issuer_state, false, false},
	{"issuer-wrong", "the issuer answers nonsense", issuer_wrong, false, false},
	{"issuer-clock", "the clock of the issuer is wrong", issuer_clock, false, false},
	{"issuer-root", "the issuer announces a wrong root", issuer_root, false, false},
	{"issuer-client-ca", "the issuer signs under a CA that RADIUS does not know", issuer_client_ca, false, true},
	{"issuer-life", "the issuer gives certificates for a day or two", issuer_life, false, false},
	{"power-off", "the device has no power", power_off, false, false},
	{"power-cut", "power cuts and kills", power_cut, false, false},
	{"cut-at-call", "the power goes, or the application dies, at a call", cut_at_call, false, false},
	{"device-clock", "the clock of the device is wrong, and no time server answers", device_clock, true, false},
	{"no-ntp", "no time server answers", no_ntp, false, false},
	{"flash", "flash is full or broken", flash, true, false},
	{"update", "a software update", update, false, false},
	{"operator-deletes", "an operator deletes a certificate", operator_deletes, true, false},
	{"operator-installs", "an operator installs a wrong root", operator_installs, true, false},
	{"operator-disables", "an operator disables the network", operator_disables, true, false},
	{"operator-reloads", "an operator reloads the configuration", operator_reloads, false, false},
	{"damage", "the bytes of a certificate go bad in flash", damage, true, false},
};
const size_t fault_kind_count = ARRAY_LEN(fault_kinds);

static int64_t signed_amount(struct rng *rng, int64_t most_s)
{
	/* As many of minutes as of weeks. */
	int64_t most = rng_one_in(rng, 2) ? most_s : WORLD_HOUR_S, amount = rng_between(rng, WORLD_MINUTE_S, most);

	return rng_one_in(rng, 2) ? amount : -amount;
}

void fault_fill(struct rng *rng, const struct world *w, struct world_fault *f)
{
	do
		f->kind = (unsigned)rng_between(rng, 0, (int64_t)fault_kind_count - 1);
	while ((w->crl && fault_kinds[f->kind].not_with_crl) || (!w->crl && fault_kinds[f->kind].emit == radius_crl));
	f->variant = (unsigned)(rng_next(rng) >> 40);
	f->amount_s = signed_amount(rng, 20 * WORLD_DAY_S);
}
