/* See fake_device.h: the applibs side. */
#include "tests/app/fake_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/rotation/names.h"
#include "app/rotation/schedule.h"

/* rot_ops' first group has applibs' signatures, hence no context. */
struct fake *fake_the;

static int fail(int e)
{
	errno = e;
	return -1;
}

void fake_count(struct fake *f, enum counted what)
{
	unsigned *const now[] = { &f->today.calls, &f->today.writes, &f->today.requests };
	unsigned *const most[] = { &f->worst.calls, &f->worst.writes, &f->worst.requests };

	if (f->today.day != f->now_s / DAY_S) {
		memset(&f->today, 0, sizeof(f->today));
		f->today.day = f->now_s / DAY_S;
	}
	if (++*now[what] > *most[what])
		*most[what] = *now[what];
}

/* ---- Certificates --------------------------------------------------------------------------------------------------------- */

struct fake_cert *fake_find_cert(struct fake_cert *certs, const char *id)
{
	for (size_t i = 0; i < FAKE_CERTS; i++)
		if (certs[i].credential && strcmp(certs[i].id, id) == 0)
			return &certs[i];
	return NULL;
}

int fake_stored(const struct fake *f, const char *id)
{
	const struct fake_cert *c = fake_find_cert((struct fake_cert *)f->certs, id);

	return c ? c->credential : 0;
}

int fake_credential(struct fake *f, bool root, int64_t not_before_s, int64_t not_after_s)
{
	if (f->credential_count + 1 >= FAKE_CREDENTIALS)
		abort();
	f->credentials[++f->credential_count] =
	    (struct fake_credential){ .root = root, .not_before_s = not_before_s, .not_after_s = not_after_s };
	return f->credential_count;
}

static struct fake_net *by_id(struct fake_net *nets, int id)
{
	for (size_t i = 0; i < FAKE_NETS; i++)
		if (nets[i].used && nets[i].id == id)
			return &nets[i];
	return NULL;
}

struct fake_net *fake_net(struct fake *f, const char *name)
{
	for (size_t i = 0; i < FAKE_NETS; i++)
		if (f->nets[i].used && strcmp(f->nets[i].name, name) == 0)
			return &f->nets[i];
	return NULL;
}

/* ---- Rules: what a good application never does ------------------------------------------------------------------------------ */

static void violate(struct fake *f, const char *what)
{
	if (!f->violated)
		f->violated = what;
}

static bool boots_to(const struct fake *f, int root, int client)
{
	for (size_t i = 0; i < FAKE_NETS; i++) {
		const struct fake_net *n = &f->saved[i];

		if (n->used && n->enabled && fake_stored(f, n->root) == root && fake_stored(f, n->client) == client)
			return true;
	}
	return false;
}

/* What worked need not be saved yet, while what was saved when it worked still is. */
void fake_check_rules(struct fake *f)
{
	bool root = f->worked_root == 0, client = f->worked_client == 0, boots = root && client;

	for (size_t i = 0; i < FAKE_CERTS; i++) {
		root |= f->certs[i].credential == f->worked_root;
		client |= f->certs[i].credential == f->worked_client;
	}
	if (!boots && boots_to(f, f->worked_root, f->worked_client)) {
		boots = true;
		f->saved_root = f->worked_root;
		f->saved_client = f->worked_client;
	}
	if (!boots && f->saved_client != 0)
		boots = boots_to(f, f->saved_root, f->saved_client);
	if (!client)
		violate(f, "the client certificate that last worked is gone");
	else if (!root)
		violate(f, "the root that last worked is gone");
	else if (!boots)
		violate(f, "no saved network leads to what last worked");
}

/* Called before each change: the cut comes here. */
void fake_about_to_change(struct fake *f)
{
	fake_count(f, CALL);
	if (++f->changes == f->cut_at && f->cut != FAKE_NO_CUT)
		longjmp(f->cut_jump, 1);
}

/* ---- applibs ---------------------------------------------------------------------------------------------------------------- */

static int parse_pem(const char *text, size_t length)
{
	char copy[128];

	if (length >= sizeof(copy))
		return 0;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return atoi(copy + strcspn(copy, "0123456789"));
}

static int install(const char *id, int credential)
{
	struct fake_cert *slot = fake_find_cert(fake_the->certs, id);

	for (size_t i = 0; !slot && i < FAKE_CERTS; i++)
		if (!fake_the->certs[i].credential)
			slot = &fake_the->certs[i];
	if (credential <= 0 || credential > fake_the->credential_count)
		return fail(EINVAL);
	if (!slot)
		return fail(ENOSPC);
	fake_about_to_change(fake_the);
	(void) snprintf(slot->id, sizeof(slot->id), "%s", id);
	slot->credential = credential;
	fake_the->installs++;
	fake_count(fake_the, WRITE);
	fake_check_rules(fake_the);
	return 0;
}

static int install_client(const char *id, const char *cert, size_t cert_length, const char *key, size_t key_length,
                          const char *password)
{
	(void) key;
	(void) key_length;
	return password ? fail(EINVAL) : install(id, parse_pem(cert, cert_length));
}

static int install_root(const char *id, const char *cert, size_t length)
{
	return install(id, parse_pem(cert, length));
}

static int delete_certificate(const char *id)
{
	struct fake_cert *c = fake_find_cert(fake_the->certs, id);

	if (!c)
		return fail(ENOENT);
	fake_about_to_change(fake_the);
	c->credential = 0;
	fake_count(fake_the, WRITE);
	fake_check_rules(fake_the);
	return 0;
}

static int move_certificate(const char *source, const char *destination)
{
	struct fake_cert *from = fake_find_cert(fake_the->certs, source), *to = fake_find_cert(fake_the->certs, destination);

	if (!from || (!to && fake_the->readings.move_needs_target))
		return fail(ENOENT);
	fake_about_to_change(fake_the);
	if (to)
		to->credential = 0;
	(void) snprintf(from->id, sizeof(from->id), "%s", destination);
	fake_count(fake_the, WRITE);
	fake_check_rules(fake_the);
	return 0;
}

static int certificate_time(const char *id, bool after, struct tm *ret)
{
	struct fake_cert *c = fake_find_cert(fake_the->certs, id);
	time_t t;

	fake_count(fake_the, CALL);
	if (!c)
		return fail(ENOENT);
	t = (time_t)(after ? fake_the->credentials[c->credential].not_after_s : fake_the->credentials[c->credential].not_before_s);
	return gmtime_r(&t, ret) ? 0 : fail(EINVAL);
}

static int not_before(const char *id, struct tm *ret)
{
	return certificate_time(id, false, ret);
}

static int not_after(const char *id, struct tm *ret)
{
	return certificate_time(id, true, ret);
}

static int subject_name(const char *id, struct CertStore_SubjectName *ret)
{
	int n = fake_stored(fake_the, id);

	if (!n)
		return fail(ENOENT);
	(void) snprintf(ret->name, sizeof(ret->name), "/CN=%d", n);
	return 0;
}

static int issuer_name(const char *id, struct CertStore_IssuerName *ret)
{
	int n = fake_stored(fake_the, id);

	if (!n)
		return fail(ENOENT);
	(void) snprintf(ret->name, sizeof(ret->name), "/CN=%d", n);
	return 0;
}

static int add_duplicate(int network, const char *name)
{
	struct fake_net *from = by_id(fake_the->nets, network), *to = NULL;
	int id = 0, count = 0;

	if (!from)
		return fail(ENODEV);
	if (fake_net(fake_the, name))
		return fail(EEXIST);
	for (size_t i = 0; i < FAKE_NETS; i++) {
		count += fake_the->nets[i].used;
		if (!to && !fake_the->nets[i].used)
			to = &fake_the->nets[i];
	}
	if (!to || count >= fake_the->readings.max_networks)
		return fail(ENOMEM);
	fake_about_to_change(fake_the);
	while (by_id(fake_the->nets, id))
		id++;
	*to = *from;
	to->id = id;
	to->enabled = false;
	to->turn = 0;
	to->failures = 0;
	to->error = 0;
	(void) snprintf(to->name, sizeof(to->name), "%s", name);
	fake_take_settings(to);
	return id;
}

static int id_by_name(const char *name)
{
	struct fake_net *n = fake_net(fake_the, name);

	fake_count(fake_the, CALL);
	return n ? n->id : fail(ENODEV);
}

static int connected_id(void)
{
	fake_count(fake_the, CALL);
	return fake_the->connected >= 0 ? fake_the->connected : fail(ENOTCONN);
}

static int forget(int network)
{
	struct fake_net *n = by_id(fake_the->nets, network);

	if (!n)
		return fail(ENODEV);
	fake_about_to_change(fake_the);
	if (fake_the->connected == network)
		fake_disconnect(fake_the);
	memset(n, 0, sizeof(*n));
	return 0;
}

static int set_enabled(int network, bool enabled)
{
	struct fake_net *n = by_id(fake_the->nets, network);

	if (!n)
		return fail(ENODEV);
	fake_about_to_change(fake_the);
	n->enabled = enabled;
	if (!fake_the->readings.enabling_is_no_reload)
		fake_take_settings(n);
	if (!enabled && fake_the->connected == network)
		fake_disconnect(fake_the);
	if (enabled && fake_the->connected < 0)
		fake_the->attempt_at_s = fake_the->now_s + 1;
	return 0;
}

static int set_id(int network, bool root, const char *id)
{
	struct fake_net *n = by_id(fake_the->nets, network);
	char *field;

	if (!n)
		return fail(ENODEV);
	fake_about_to_change(fake_the);
	field = root ? n->root : n->client;
	if (strcmp(field, id) == 0)
		return 0;
	(void) snprintf(field, FAKE_ID, "%s", id);
	if (fake_the->readings.set_effect != 2)
		fake_take_settings(n);
	if (fake_the->readings.set_effect == 0 && fake_the->connected == network)
		fake_disconnect(fake_the);
	return 0;
}

static int set_root(int network, const char *id)
{
	return set_id(network, true, id);
}

static int set_client(int network, const char *id)
{
	return set_id(network, false, id);
}

static int get_id(int network, bool root, CertStore_Identifier *ret)
{
	struct fake_net *n = by_id(fake_the->nets, network);

	fake_count(fake_the, CALL);
	if (!n)
		return fail(ENODEV);
	memcpy(ret->identifier, root ? n->root : n->client, FAKE_ID);
	return 0;
}

static int get_root(int network, CertStore_Identifier *ret)
{
	return get_id(network, true, ret);
}

static int get_client(int network, CertStore_Identifier *ret)
{
	return get_id(network, false, ret);
}

static int get_identity(int network, WifiConfig_ClientIdentity *ret)
{
	if (!by_id(fake_the->nets, network))
		return fail(ENODEV);
	(void) snprintf(ret->identity, sizeof(ret->identity), "device-0001");
	return 0;
}

static int diagnostics(int network, WifiConfig_NetworkDiagnostics *ret)
{
	struct fake_net *n = by_id(fake_the->nets, network);

	if (!n || n->error == 0)
		return fail(ENODEV);
	memset(ret, 0, sizeof(*ret));
	ret->error = n->error;
	ret->certError = n->cert_error;
	ret->timestamp = (time_t)n->failed_s;
	ret->certDepth = -1;
	return 0;
}

static int persist(void)
{
	fake_about_to_change(fake_the);
	fake_the->persists++;
	fake_count(fake_the, WRITE);
	memcpy(fake_the->saved, fake_the->nets, sizeof(fake_the->saved));
	fake_check_rules(fake_the);
	return 0;
}

static int reload(void)
{
	fake_about_to_change(fake_the);
	fake_the->reloads++;
	if (!fake_the->readings.reload_keeps)
		memcpy(fake_the->nets, fake_the->saved, sizeof(fake_the->nets));
	fake_start_over(fake_the);
	return 0;
}

static int networking_ready(bool *ret)
{
	fake_count(fake_the, CALL);
	*ret = fake_the->connected >= 0 && fake_the->time_sync;
	return 0;
}

void fake_applibs(struct rot_ops *ret)
{
	*ret = (struct rot_ops){
		.install_client = install_client, .install_root = install_root, .delete_certificate = delete_certificate,
		.move_certificate = move_certificate, .subject_name = subject_name, .issuer_name = issuer_name,
		.not_before = not_before, .not_after = not_after, .add_duplicate = add_duplicate, .id_by_name = id_by_name,
		.connected_id = connected_id, .forget = forget, .set_enabled = set_enabled, .set_root = set_root,
		.get_root = get_root, .set_client = set_client, .get_client = get_client, .get_identity = get_identity,
		.diagnostics = diagnostics, .persist = persist, .reload = reload, .networking_ready = networking_ready,
	};
}
