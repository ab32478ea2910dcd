/* Oracle last-credential: what last connected the device is never removed or overwritten before its successor connected it.
 *
 * Looked at after every change of the store or of the Wi-Fi configuration that the application made: the certificate and the
 * root of the last successful authentication must still be stored, and if the power went now, some enabled network in flash
 * must still lead to them; or, as an application may try what it has not saved, to what last connected the device and was saved; or to another
 * client certificate that has connected the device with the same root and has not ended, as one that is on trial for hours may be given up.
 * While calls are made to fail (--fail), and until the application has had time to repeat what failed, flash may be behind: then an enabled
 * network in flash must lead to credentials that have connected the device at some time.
 */
#define _GNU_SOURCE
#include "sim/run/internal.h"

bool oracle_on(const struct run *run, const char *name)
{
	for (char **off = run->scenario->oracles_off; off && *off; off++)
		if (strcmp(*off, name) == 0)
			return false;
	return true;
}

static void remember(char **slot, const char *pem)
{
	if (*slot && pem && strcmp(*slot, pem) == 0)
		return;
	free(*slot);
	*slot = pem ? strdup(pem) : NULL;
}

static bool stored(const struct run *run, const char *pem, bool with_key)
{
	struct device_certificate_info info;

	for (size_t i = 0; device_get_certificate(run->device, i, &info); i++)
		if ((!with_key || info.has_key) && run_pem_equal(info.cert_pem, pem))
			return true;
	return false;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void remember_pair(struct run *run, const char *client_pem, const char *root_pem)
{
	struct credential_memory *m = &run->credentials;
	struct credential_pair *grown;

	for (size_t i = 0; i < m->proven_count; i++)
		if (same(m->proven[i].client_pem, client_pem) && same(m->proven[i].root_pem, root_pem))
			return;
	grown = realloc(m->proven, (m->proven_count + 1) * sizeof(*grown));
	if (!grown)
		abort();
	m->proven = grown;
	grown[m->proven_count] = (struct credential_pair){0};
	remember(&grown[m->proven_count].client_pem, client_pem);
	remember(&grown[m->proven_count++].root_pem, root_pem);
}

void oracle_credentials_free(struct run *run)
{
	struct credential_memory *m = &run->credentials;

	for (size_t i = 0; i < m->proven_count; i++) {
		free(m->proven[i].client_pem);
		free(m->proven[i].root_pem);
	}
	free(m->proven);
	free(m->saved.client_pem);
	free(m->saved.root_pem);
	free(m->client_pem);
	free(m->root_pem);
	*m = (struct credential_memory){0};
}

static bool id_holds(const struct run *run, const char *id, const char *pem)
{
	struct device_certificate_info info;

	if (!pem)
		return true;
	for (size_t i = 0; device_get_certificate(run->device, i, &info); i++)
		if (strcmp(info.id, id) == 0)
			return run_pem_equal(info.cert_pem, pem);
	return false;
}

/* Would the device, after a power cut now, still know this way? */
static bool boots_to(const struct run *run, const char *client_pem, const char *root_pem)
{
	struct device_network_info info;

	for (size_t i = 0; device_get_persisted_network(run->device, i, &info); i++)
		if (info.enabled && id_holds(run, info.client_id, client_pem) && id_holds(run, info.root_id, root_pem))
			return true;
	return false;
}

static bool all_stored(const struct run *run, const struct credential_pair *pair)
{
	return (!pair->client_pem || stored(run, pair->client_pem, true)) && (!pair->root_pem || stored(run, pair->root_pem, false));
}

/* Is flash at what worked last? Not if an operator has saved what the application only tried: it may go back to what it had. */
static void remember_saved(struct run *run)
{
	struct credential_memory *m = &run->credentials;

	if ((!m->client_pem && !m->root_pem) || !boots_to(run, m->client_pem, m->root_pem)) {
		m->saved_by_operator = false;
		return;
	}
	if (m->saved_by_operator && all_stored(run, &m->saved))
		return;
	m->saved_by_operator = false;
	remember(&m->saved.client_pem, m->client_pem);
	remember(&m->saved.root_pem, m->root_pem);
}

/* The supplicant may connect with copies of what the store no longer holds: that proves nothing which could still be lost. */
void oracle_authenticated(struct run *run, const struct auth_request *request)
{
	if (request->security != AUTH_SECURITY_EAP_TLS)
		return; /* no certificate was in play */
	if ((request->client_cert_pem && !stored(run, request->client_cert_pem, true)) ||
	    (request->root_ca_pem && !stored(run, request->root_ca_pem, false)))
		return;
	remember(&run->credentials.client_pem, request->client_cert_pem);
	remember(&run->credentials.root_pem, request->root_ca_pem);
	remember_pair(run, request->client_cert_pem, request->root_ca_pem);
	remember_saved(run);
}

/* By the true time. */
static bool has_ended(const struct run *run, const char *client_pem)
{
	struct device_certificate_info info;

	for (size_t i = 0; device_get_certificate(run->device, i, &info); i++)
		if (info.has_key && run_pem_equal(info.cert_pem, client_pem))
			return info.not_after_s <= clock_true_s_at(&run->clock, run->clock.now_ns);
	return true;
}

static bool may_go_back_to(const struct run *run, const struct credential_pair *pair)
{
	return faults_settle_ns(run) > run->clock.now_ns ||
	       (same(pair->root_pem, run->credentials.root_pem) && pair->client_pem && !has_ended(run, pair->client_pem));
}

/* Does the one that worked last, or the last one that was saved when it did? Or, while a fault is not made good, any that has worked? */
static bool boots_to_it(const struct run *run)
{
	const struct credential_memory *m = &run->credentials;
	bool known = boots_to(run, m->client_pem, m->root_pem) ||
	             ((m->saved.client_pem || m->saved.root_pem) && boots_to(run, m->saved.client_pem, m->saved.root_pem));

	for (size_t i = 0; !known && i < m->proven_count; i++)
		known = may_go_back_to(run, &m->proven[i]) && boots_to(run, m->proven[i].client_pem, m->proven[i].root_pem);
	return known;
}

void oracle_look_at_store(void *ctx, uint64_t arg)
{
	(void) arg;
	oracle_store_changed(ctx);
}

void oracle_store_changed(struct run *run)
{
	const char *lost = NULL;

	if (run->operator_acts || run->credentials.violated || !oracle_on(run, "last-credential"))
		return;
	if (run->credentials.client_pem && !stored(run, run->credentials.client_pem, true))
		lost = "the client certificate that last connected the device is gone, and no successor has connected it yet";
	else if (run->credentials.root_pem && !stored(run, run->credentials.root_pem, false))
		lost = "the root CA that last connected the device is gone, and no successor has connected it yet";
	else if ((run->credentials.client_pem || run->credentials.root_pem) && !boots_to_it(run))
		lost = "if the power went now, no enabled network in flash would lead to the credentials that last worked";
	if (lost) {
		char seen[1024];

		run->credentials.violated = true;
		run_describe_state(run, seen, sizeof(seen));
		run_note(run, TL_ORACLE, false, NULL, "last-credential: %s", lost);
		run_fail(run, "oracle last-credential: %s\n    seen: %s", lost, seen);
	}
	remember_saved(run);
}

/* What an operator removes is no fault of the application; what is still there goes on counting. */
void oracle_operator_acted(struct run *run)
{
	if (run->credentials.client_pem && !stored(run, run->credentials.client_pem, true))
		remember(&run->credentials.client_pem, NULL);
	if (run->credentials.root_pem && !stored(run, run->credentials.root_pem, false))
		remember(&run->credentials.root_pem, NULL);
	if (!boots_to_it(run)) {
		remember(&run->credentials.client_pem, NULL);
		remember(&run->credentials.root_pem, NULL);
		remember(&run->credentials.saved.client_pem, NULL);
		remember(&run->credentials.saved.root_pem, NULL);
	}
	run->credentials.saved_by_operator =
		(run->credentials.saved.client_pem || run->credentials.saved.root_pem) && all_stored(run, &run->credentials.saved) &&
		boots_to(run, run->credentials.client_pem, run->credentials.root_pem) &&
		!boots_to(run, run->credentials.saved.client_pem, run->credentials.saved.root_pem);
}
