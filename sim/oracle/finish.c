/* Oracle leftovers, and what the oracles say at the end of a run. */
#define _GNU_SOURCE
#include "sim/run/internal.h"

/* The scenario's own "end" speaks of these lists: then it, not the oracle, decides. */
static bool end_lists(const struct run *run, bool networks)
{
	for (size_t i = 0; i < run->scenario->expect_count; i++) {
		const struct scn_expect *e = &run->scenario->expects[i];

		if (e->kind == SCN_EXPECT_END && (networks ? e->that.networks : e->that.certificates))
			return true;
	}
	return false;
}

static bool provisioned_network(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->dev_net_count; i++)
		if (strcmp(s->dev_nets[i].name, name) == 0)
			return true;
	return false;
}

static bool provisioned_certificate(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->dev_cert_count; i++)
		if (strcmp(s->dev_certs[i].id, id) == 0)
			return true;
	return false;
}

static bool referenced(const struct run *run, const char *id)
{
	struct device_network_info net;

	for (size_t i = 0; device_get_network(run->device, i, &net); i++)
		if (strcmp(net.root_id, id) == 0 || strcmp(net.client_id, id) == 0)
			return true;
	return false;
}

static void leftover(struct run *run, const char *what, const char *name)
{
	char seen[1024];

	run_describe_state(run, seen, sizeof(seen));
	run_note(run, TL_ORACLE, false, NULL, "leftovers: %s %s", what, name);
	run_fail(run, "oracle leftovers: %s %s is left over at the end\n    seen: %s", what, name, seen);
}

static bool same_network(const struct device_network_info *a, const struct device_network_info *b)
{
	return strcmp(a->config_name, b->config_name) == 0 && a->enabled == b->enabled && strcmp(a->root_id, b->root_id) == 0 &&
	       strcmp(a->client_id, b->client_id) == 0 && strcmp(a->identity, b->identity) == 0;
}

/* Is what runs what the device would have after a boot? Both lists are in the order of the ids. */
static bool is_saved(const struct run *run)
{
	struct device_network_info running, saved;

	if (device_get_network_count(run->device) != device_get_persisted_network_count(run->device))
		return false;
	for (size_t i = 0; device_get_network(run->device, i, &running); i++)
		if (!device_get_persisted_network(run->device, i, &saved) || !same_network(&running, &saved))
			return false;
	return true;
}

static void check_leftovers(struct run *run)
{
	struct device_network_info net;
	struct device_certificate_info cert;

	for (size_t i = 0; !end_lists(run, true) && device_get_network(run->device, i, &net); i++)
		if (!provisioned_network(run->scenario, net.config_name))
			leftover(run, "network", net.config_name);
	for (size_t i = 0; !end_lists(run, false) && device_get_certificate(run->device, i, &cert); i++)
		if (!provisioned_certificate(run->scenario, cert.id) && !referenced(run, cert.id))
			leftover(run, "certificate", cert.id);
	if (!is_saved(run))
		leftover(run, "unsaved change of", "the Wi-Fi configuration");
	for (size_t i = 0; device_get_network(run->device, i, &net); i++) {
		struct device_certificate_info info;
		bool root = !net.root_id[0], client = !net.client_id[0];

		for (size_t j = 0; device_get_certificate(run->device, j, &info); j++) {
			root |= strcmp(info.id, net.root_id) == 0;
			client |= strcmp(info.id, net.client_id) == 0;
		}
		if (!root || !client)
			leftover(run, "reference to a missing certificate in network", net.config_name);
	}
}

void oracle_finish(struct run *run)
{
	oracle_scan_logs(run);
	if (!run->stop && device_is_on(run->device) && oracle_on(run, "leftovers"))
		check_leftovers(run);
}
