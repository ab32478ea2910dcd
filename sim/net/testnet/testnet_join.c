/* The messages about joining and scanning: see testnet.h. */
#include <errno.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnet/testnet.h"

void testnet_put_join(struct wire_writer *w, const struct join_request *join)
{
	/* The first two are TESTNET_JOIN_MOMENT bytes. */
	wire_put_u64(w, join->now_ns);
	wire_put_u32(w, join->random);
	wire_put_u64(w, join->life);
	wire_put_u64(w, join->again);
	wire_put_u32(w, join->keys_ended);
	wire_put_u32(w, (uint32_t) join->count);
	for (size_t i = 0; i < join->count; i++) {
		const struct join_network *n = &join->networks[i];

		wire_put_u64(w, n->serial);
		wire_put_u64(w, n->handed);
		wire_put_u8(w, n->enabled);
		wire_put_u8(w, n->held);
		wire_put_u8(w, n->preferred);
		wire_put_u8(w, n->root_missing);
		wire_put_str(w, n->root_id);
		wire_put_str(w, n->client_id);
		testnet_put_request(w, &n->request);
	}
}

static int get_network(struct wire_reader *r, struct join_network *n)
{
	int e;

	n->serial = wire_get_u64(r);
	n->handed = wire_get_u64(r);
	n->enabled = wire_get_u8(r) != 0;
	n->held = wire_get_u8(r) != 0;
	n->preferred = wire_get_u8(r) != 0;
	n->root_missing = wire_get_u8(r) != 0;
	e = testnet_get_string(r, (char **) &n->root_id);
	if (e == 0)
		e = testnet_get_string(r, (char **) &n->client_id);
	return e == 0 ? testnet_get_request(r, &n->request) : e;
}

void testnet_join_clear(struct join_request *join)
{
	for (size_t i = 0; i < join->count; i++) {
		free((char *) join->networks[i].root_id);
		free((char *) join->networks[i].client_id);
		testnet_request_clear((struct auth_request *) &join->networks[i].request);
	}
	free((void *) join->networks);
	memset(join, 0, sizeof(*join));
}

int testnet_get_join(struct wire_reader *r, struct join_request *ret_join)
{
	struct join_request join = {.now_ns = wire_get_u64(r)};
	struct join_network *networks;
	uint32_t count;
	int e = 0;

	join.random = wire_get_u32(r);
	join.life = wire_get_u64(r);
	join.again = wire_get_u64(r);
	join.keys_ended = wire_get_u32(r);
	count = wire_get_u32(r);
	if (r->failed || count > JOIN_NETWORKS_MAX || join.random > INT32_MAX)
		return -EBADMSG;
	networks = calloc(count + 1, sizeof(*networks));
	if (networks == NULL)
		return -ENOMEM;
	join.networks = networks;
	for (uint32_t i = 0; i < count && e == 0; i++) {
		join.count = i + 1;
		e = get_network(r, &networks[i]);
	}
	if (e == 0 && !wire_reader_done(r))
		e = -EBADMSG;
	if (e < 0) {
		testnet_join_clear(&join);
		return e;
	}
	*ret_join = join;
	return 0;
}

void testnet_put_joined(struct wire_writer *w, const struct join_result *result, size_t count)
{
	wire_put_u8(w, (uint8_t) result->kind);
	wire_put_u64(w, result->serial);
	wire_put_u8(w, result->cached);
	wire_put_u32(w, result->aside_s);
	wire_put_u32(w, (uint32_t) count);
	for (size_t i = 0; i < count; i++)
		wire_put_u8(w, (uint8_t) result->fates[i]);
	testnet_put_verdict(w, &result->verdict);
}

int testnet_get_joined(struct wire_reader *r, size_t count, struct join_result *ret_result)
{
	struct join_result result = {.kind = JOIN_NOT_FOUND};
	uint8_t kind = wire_get_u8(r);
	int e;

	result.serial = wire_get_u64(r);
	result.cached = wire_get_u8(r) != 0;
	result.aside_s = wire_get_u32(r);
	if (wire_get_u32(r) != count || kind > JOIN_SET_ASIDE || count > JOIN_NETWORKS_MAX)
		return -EBADMSG;
	result.kind = (enum join_kind) kind;
	for (size_t i = 0; i < count; i++) {
		uint8_t fate = wire_get_u8(r);

		if (fate > JOIN_FATE_SET_ASIDE)
			return -EBADMSG;
		result.fates[i] = (enum join_fate) fate;
	}
	e = testnet_get_verdict(r, &result.verdict);
	if (e == 0)
		*ret_result = result;
	return e;
}

void testnet_put_rows(struct wire_writer *w, const struct join_row *rows, size_t count)
{
	wire_put_u32(w, (uint32_t) count);
	for (size_t i = 0; i < count; i++) {
		wire_put_bytes(w, rows[i].ssid, rows[i].ssid_length);
		wire_put_u8(w, (uint8_t) rows[i].security);
		wire_put_bytes(w, rows[i].bssid, sizeof(rows[i].bssid));
		wire_put_u32(w, rows[i].frequency_mhz);
		wire_put_i32(w, rows[i].rssi_dbm);
	}
}

static bool get_exactly(struct wire_reader *r, uint8_t *out, size_t least, size_t most, size_t *ret_length)
{
	const uint8_t *bytes = wire_get_bytes(r, ret_length);

	if (r->failed || *ret_length < least || *ret_length > most)
		return false;
	memcpy(out, bytes, *ret_length);
	return true;
}

int testnet_get_rows(struct wire_reader *r, struct join_row *rows, size_t max)
{
	uint32_t count = wire_get_u32(r);

	if (r->failed || count > max)
		return -EBADMSG;
	for (uint32_t i = 0; i < count; i++) {
		struct join_row *row = &rows[i];
		uint8_t security;
		size_t length;

		if (!get_exactly(r, row->ssid, 0, sizeof(row->ssid), &row->ssid_length))
			return -EBADMSG;
		security = wire_get_u8(r);
		if (security > AUTH_SECURITY_PSK || !get_exactly(r, row->bssid, 6, 6, &length))
			return -EBADMSG;
		row->security = (enum auth_security) security;
		row->frequency_mhz = wire_get_u32(r);
		row->rssi_dbm = wire_get_i32(r);
	}
	return wire_reader_done(r) ? (int) count : -EBADMSG;
}
