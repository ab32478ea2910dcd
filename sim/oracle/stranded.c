/* Oracle stranded: a device that is on and could connect with what it has stored is connected again within a bound.
 *
 * "Could" is decided by a network of the oracle's own: each stored client certificate with each stored root is tried against
 * the RADIUS server as it is now, judged at RADIUS's time (a wrong device clock is for the device to put right).
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "sim/run/internal.h"

#define LOOK_AGAIN_NS (3600ULL * NS_PER_S)

static bool works(struct run *run, const char *identity, const struct device_certificate_info *client, const char *root_pem)
{
	struct auth_request request = {
		.ssid = (const uint8_t *)run->scenario->ssid, .ssid_length = strlen(run->scenario->ssid), .targeted_scan = true, .identity = identity,
		.root_ca_pem = root_pem, .client_cert_pem = client->cert_pem,
	};
	struct auth_verdict verdict;
	struct az_error error;
	const char *key = device_get_key_pem(run->device, client->id);

	request.client_key_pem = key;
	return key && net_model_ops.authenticate(run->probe, &request, &verdict, &error) == 0 && verdict.outcome == AUTH_OK;
}

bool oracle_path_exists(struct run *run)
{
	struct device_certificate_info client, root;
	struct device_network_info net;
	int64_t radius_s = clock_wall_s(&run->clock, CLOCK_RADIUS);
	struct az_error error;

	if (!run->net_state.radius_up || net_choose_bss(&run->net_state) < 0 || run->net_state.radius_secret_wrong)
		return false;
	if (run->probe_dirty && net_model_ops.apply(run->probe, &run->net_state, &error) < 0)
		return false;
	run->probe_dirty = false;
	if (net_model_ops.set_clocks(run->probe, radius_s, radius_s, &error) < 0)
		return false;
	for (size_t n = 0; device_get_network(run->device, n, &net); n++)
		for (size_t c = 0; device_get_certificate(run->device, c, &client); c++)
			for (size_t r = 0; client.has_key && device_get_certificate(run->device, r, &root); r++)
				if (!root.has_key && works(run, net.identity, &client, root.cert_pem))
					return true;
	return false;
}

static void look(void *ctx, uint64_t arg)
{
	struct run *run = ctx;
	char seen[1024], since[32];

	(void) arg;
	run->stranded_timer = 0;
	if (run->offline_since_ns == TIME_NEVER)
		return;
	/* While its calls are made to fail, the way back may be closed to the application; from then on the bound counts. */
	if (faults_until_ns(run) > run->clock.now_ns || !oracle_path_exists(run)) {
		run->path_since_ns = TIME_NEVER;
	} else if (run->path_since_ns == TIME_NEVER) {
		run->path_since_ns = run->clock.now_ns;
	} else if (run->clock.now_ns - run->path_since_ns >= run->scenario->recover_within_ns) {
		timeline_format_since(run->offline_since_ns, since);
		run_describe_state(run, seen, sizeof(seen));
		run_note(run, TL_ORACLE, false, NULL, "stranded: offline although what it has stored would be accepted");
		run_fail(run, "oracle stranded: offline since %s although the network would accept what the device has stored\n    seen: %s",
		         since, seen);
		return;
	}
	run->stranded_timer = queue_add(run->queue, run->clock.now_ns + LOOK_AGAIN_NS, look, run, 0);
}

/* The device came to be offline while on (true), or connected or off (false). */
void oracle_offline(struct run *run, bool offline)
{
	uint64_t now = run->clock.now_ns;

	if (!offline && run->offline_since_ns != TIME_NEVER) {
		run->result->offline_ns += now - run->offline_since_ns;
		run->offline_since_ns = TIME_NEVER;
		queue_cancel(run->queue, run->stranded_timer);
		run->stranded_timer = 0;
	} else if (offline && run->offline_since_ns == TIME_NEVER) {
		run->offline_since_ns = now;
		run->path_since_ns = TIME_NEVER;
		if (oracle_on(run, "stranded"))
			run->stranded_timer = queue_add(run->queue, now + LOOK_AGAIN_NS, look, run, 0);
	}
}
