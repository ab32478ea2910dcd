/* The model network: what hostapd, FreeRADIUS and wpa_supplicant would answer, without them.
 *
 * Here: the state of the network, and which questions have been answered before. A device asks the same question every day
 * for years, so its TLS context is kept, and so is each answer with the span of both clocks in which it holds: from one
 * instant at which any certificate or list involved becomes or ceases to be valid to the next. A new state forgets all.
 */
#include "sim/net/cause.h"
#include "sim/net/model/model.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include <openssl/evp.h>

#include "emu-applibs/base/base.h"

#define DIGEST_LENGTH 32
/* Largest EAP packet of the device: wpa_supplicant's default. */
#define DEVICE_FRAGMENT_MAX 1398

/* A device has two networks, two roots and two client certificates; whoever tries all pairs needs no more than this. */
#define QUESTION_COUNT 16
#define ANSWER_COUNT 4

/* Seconds from first to last, both included, between which no boundary lies. */
struct span {
	int64_t first_s, last_s;
};

struct answer {
	bool filled;
	struct span device, radius;
	struct auth_verdict verdict;
};

/* One identity with one set of credentials. */
struct question {
	uint64_t used; /* 0: free; else the larger, the later */
	uint8_t digest[DIGEST_LENGTH];
	struct model_material material;
	char refusal[AUTH_REASON_MAX]; /* why there is no TLS context */
	struct answer answers[ANSWER_COUNT];
	unsigned next_answer; /* the one that is overwritten next */
};

struct net {
	EVP_MD_CTX *digest;
	EVP_MD *sha256;

	bool has_state;
	char *ssid;
	char **known_identities, **only_clients;
	unsigned fragment_size;
	bool cn_must_match, radius_up, radius_secret_wrong;
	struct net_state air; /* ssid (owned, above), bss, hidden, others */
	struct net_ap others[NET_OTHERS_MAX];
	struct model_material server;
	uint8_t server_digest[DIGEST_LENGTH];

	int64_t device_wall_s, radius_wall_s;

	struct question questions[QUESTION_COUNT];
	uint64_t uses;
	bool memory;
	unsigned long handshakes;
};

static int fail_memory(struct az_error *ret_error)
{
	az_error_set(ret_error, AZ_ENVIRONMENT, "out of memory");
	return -ENOMEM;
}

/* ---- Digests ------------------------------------------------------------------------------------------------------- */

/* One digest for several strings; where one ends counts, and NULL is not "". 0 or -EIO. */
static int digest_of(struct net *net, const char *const *strings, size_t count, uint8_t ret_digest[DIGEST_LENGTH])
{
	bool good = EVP_DigestInit_ex2(net->digest, net->sha256, NULL) == 1;

	for (size_t i = 0; good && i < count; i++) {
		uint64_t length = strings[i] ? strlen(strings[i]) : UINT64_MAX;

		good = EVP_DigestUpdate(net->digest, &length, sizeof(length)) == 1 &&
		       (!strings[i] || EVP_DigestUpdate(net->digest, strings[i], (size_t)length) == 1);
	}
	return good && EVP_DigestFinal_ex(net->digest, ret_digest, NULL) == 1 ? 0 : -EIO;
}

/* ---- Spans --------------------------------------------------------------------------------------------------------- */

/* A boundary is a span of its own: to which side its second belongs is for OpenSSL to say. */
static void narrow(struct span *span, int64_t at_s, const struct model_material *material)
{
	for (size_t i = 0; i < material->boundary_count; i++) {
		int64_t boundary = material->boundaries[i];

		if (boundary <= at_s && boundary >= span->first_s)
			span->first_s = boundary == at_s ? boundary : boundary + 1;
		if (boundary >= at_s && boundary <= span->last_s)
			span->last_s = boundary == at_s ? boundary : boundary - 1;
	}
}

static struct span span_around(const struct net *net, const struct question *question, int64_t at_s)
{
	struct span span = {INT64_MIN, INT64_MAX};

	narrow(&span, at_s, &net->server);
	narrow(&span, at_s, &question->material);
	return span;
}

static bool within(const struct span *span, int64_t at_s)
{
	return span->first_s <= at_s && at_s <= span->last_s;
}

/* ---- Questions and answers ----------------------------------------------------------------------------------------- */

static void forget_question(struct question *question)
{
	model_material_clear(&question->material);
	memset(question, 0, sizeof(*question));
}

static void forget_answers(struct net *net)
{
	for (size_t i = 0; i < QUESTION_COUNT; i++)
		for (size_t j = 0; j < ANSWER_COUNT; j++)
			net->questions[i].answers[j].filled = false;
}

/* The place of the question, found or made; the one longest unused makes room. */
static int find_question(struct net *net, const struct auth_request *request, struct question **ret_question,
                         struct az_error *ret_error)
{
	const char *const strings[] = {request->identity, request->root_ca_pem, request->client_cert_pem, request->client_key_pem};
	struct question *question = &net->questions[0];
	uint8_t digest[DIGEST_LENGTH];
	int r = digest_of(net, strings, ARRAY_LEN(strings), digest);

	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "OpenSSL gives no digest");
		return r;
	}
	for (size_t i = 0; i < QUESTION_COUNT; i++) {
		struct question *other = &net->questions[i];

		if (other->used && memcmp(other->digest, digest, sizeof(digest)) == 0) {
			other->used = ++net->uses;
			*ret_question = other;
			return 0;
		}
		if (other->used < question->used)
			question = other;
	}
	forget_question(question);
	r = model_device_material(request, &question->material, question->refusal);
	if (r < 0 && r != -EINVAL) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "the device's certificates: %s",
		             r == -ENOMEM ? "out of memory" : question->refusal);
		return r;
	}
	memcpy(question->digest, digest, sizeof(digest));
	question->used = ++net->uses;
	*ret_question = question;
	return 0;
}

static const struct answer *find_answer(const struct net *net, const struct question *question)
{
	for (size_t i = 0; i < ANSWER_COUNT; i++) {
		const struct answer *answer = &question->answers[i];

		if (answer->filled && within(&answer->device, net->device_wall_s) && within(&answer->radius, net->radius_wall_s))
			return answer;
	}
	return NULL;
}

static void keep_answer(const struct net *net, struct question *question, const struct auth_verdict *verdict)
{
	struct answer *answer = &question->answers[question->next_answer++ % ANSWER_COUNT];

	*answer = (struct answer){
		.filled = true,
		.device = span_around(net, question, net->device_wall_s),
		.radius = span_around(net, question, net->radius_wall_s),
		.verdict = *verdict,
	};
}

static int handshake(struct net *net, const struct question *question, const char *identity, struct auth_verdict *ret_verdict,
                     struct az_error *ret_error)
{
	struct model_exchange exchange = {
		.device_context = question->material.context,
		.server_context = net->server.context,
		.identity = identity,
		.known_identities = (const char *const *)net->known_identities,
		.cn_must_match = net->cn_must_match,
		.only_clients = (const char *const *)net->only_clients,
		.device_wall_s = net->device_wall_s,
		.radius_wall_s = net->radius_wall_s,
		.device_fragment_max = DEVICE_FRAGMENT_MAX,
		.server_fragment_max = net->fragment_size,
	};
	char reason[AUTH_REASON_MAX];
	int r = model_exchange_run(&exchange, reason);

	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "EAP-TLS: %s", reason);
		return r;
	}
	net->handshakes++;
	model_verdict(&exchange, ret_verdict);
	return 0;
}

static int ask(struct net *net, const struct auth_request *request, struct auth_verdict *ret_verdict,
               struct az_error *ret_error)
{
	struct question *question;
	const struct answer *answer;
	int r = find_question(net, request, &question, ret_error);

	if (r < 0)
		return r;
	answer = net->memory ? find_answer(net, question) : NULL;
	if (answer) {
		*ret_verdict = answer->verdict;
		return 0;
	}
	/* The supplicant says who it is before it looks at its certificates. */
	if (!question->material.context &&
	    model_identity_may_start((const char *const *)net->known_identities, request->identity, strlen(request->identity))) {
		model_verdict_plain(AUTH_NO_CREDENTIALS, "EAP: Failed to initialize EAP method: vendor 0 method 13 (TLS)", "",
		                    ret_verdict);
	} else if (!question->material.context) {
		model_verdict_identity(request->identity, ret_verdict);
	} else {
		r = handshake(net, question, request->identity, ret_verdict, ret_error);
		if (r < 0)
			return r;
	}
	net_sanitize_verdict(ret_verdict);
	keep_answer(net, question, ret_verdict);
	return 0;
}

/* ---- State --------------------------------------------------------------------------------------------------------- */

static void free_list(char **list)
{
	for (char **s = list; list && *s; s++)
		free(*s);
	free(list);
}

static char **copy_list(const char *const *list)
{
	size_t count = 0;
	char **copy;

	while (list[count])
		count++;
	copy = calloc(count + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < count; i++) {
		copy[i] = strdup(list[i]);
		if (!copy[i]) {
			free_list(copy);
			return NULL;
		}
	}
	return copy;
}

/* RADIUS reads its files when it starts, so only then can they be wrong. */
static int start_radius(struct net *net, const struct net_state *state, struct az_error *ret_error)
{
	const char *const strings[] = {state->server_chain_pem, state->server_key_pem, state->client_roots_pem, state->crl_pem,
	                               state->tls == NET_TLS_1_3 ? "1.3" : "1.2"};
	struct model_material material;
	uint8_t digest[DIGEST_LENGTH];
	char reason[AUTH_REASON_MAX];
	int r = digest_of(net, strings, ARRAY_LEN(strings), digest);

	if (r < 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "OpenSSL gives no digest");
		return r;
	}
	if (net->server.context && memcmp(digest, net->server_digest, sizeof(digest)) == 0)
		return 0;
	r = model_server_material(state, &material, reason);
	if (r == -ENOMEM)
		return fail_memory(ret_error);
	if (r < 0) {
		az_error_set(ret_error, r == -EINVAL ? AZ_USAGE : AZ_ENVIRONMENT,
		             "RADIUS does not start with these certificates: %s", reason);
		return r;
	}
	model_material_clear(&net->server);
	net->server = material;
	memcpy(net->server_digest, digest, sizeof(digest));
	return 0;
}

static void forget_air(struct net *net)
{
	for (size_t i = 0; i < net->air.other_count; i++) {
		free((char *)(uintptr_t)net->others[i].ssid);
		if (net->others[i].psk)
			OPENSSL_clear_free((char *)(uintptr_t)net->others[i].psk, strlen(net->others[i].psk));
	}
	net->air = (struct net_state){.ssid = NULL};
}

static void keep_air(struct net *net, const struct net_state *state)
{
	forget_air(net);
	net->air = (struct net_state){.ssid = net->ssid, .bss_count = state->bss_count, .hidden = state->hidden, .others = net->others};
	memcpy(net->air.bss, state->bss, sizeof(net->air.bss));
	for (; net->air.other_count < state->other_count && net->air.other_count < NET_OTHERS_MAX; net->air.other_count++) {
		const struct net_ap *from = &state->others[net->air.other_count];
		struct net_ap *to = &net->others[net->air.other_count];

		*to = *from;
		to->ssid = strdup(from->ssid);
		to->psk = from->psk ? OPENSSL_strdup(from->psk) : NULL;
		if (!to->ssid || (from->psk && !to->psk))
			abort();
	}
}

static int model_apply(struct net *net, const struct net_state *state, struct az_error *ret_error)
{
	char **known = state->known_identities ? copy_list(state->known_identities) : NULL;
	char **only = state->only_clients ? copy_list(state->only_clients) : NULL;
	char *ssid = strdup(state->ssid);
	int r = !ssid || (state->known_identities && !known) || (state->only_clients && !only) ? fail_memory(ret_error) : 0;

	net->has_state = false;
	forget_answers(net);
	if (r == 0 && state->radius_up)
		r = start_radius(net, state, ret_error);
	if (r < 0) {
		free(ssid);
		free_list(known);
		free_list(only);
		return r;
	}
	free(net->ssid);
	net->ssid = ssid;
	free_list(net->known_identities);
	net->known_identities = known;
	free_list(net->only_clients);
	net->only_clients = only;
	net->fragment_size = state->fragment_size ? state->fragment_size : NET_FRAGMENT_DEFAULT;
	net->cn_must_match = state->cn_must_match;
	net->radius_up = state->radius_up;
	net->radius_secret_wrong = state->radius_secret_wrong;
	keep_air(net, state);
	net->has_state = true;
	return 0;
}

/* ---- struct net_ops ------------------------------------------------------------------------------------------------ */

static int model_probe(struct az_error *ret_error)
{
	(void) ret_error;
	return AZ_OK;
}

static void model_close(struct net *net)
{
	if (!net)
		return;
	for (size_t i = 0; i < QUESTION_COUNT; i++)
		forget_question(&net->questions[i]);
	model_material_clear(&net->server);
	forget_air(net);
	free(net->ssid);
	free_list(net->known_identities);
	free_list(net->only_clients);
	EVP_MD_CTX_free(net->digest);
	EVP_MD_free(net->sha256);
	free(net);
}

static int model_open(const char *dir, struct net **ret_net, struct az_error *ret_error)
{
	struct net *net = calloc(1, sizeof(*net));

	(void) dir; /* no daemons, no logs */
	if (!net)
		return fail_memory(ret_error);
	net->memory = true;
	net->digest = EVP_MD_CTX_new();
	net->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!net->digest || !net->sha256 || EVP_MD_get_size(net->sha256) != DIGEST_LENGTH) {
		model_close(net);
		az_error_set(ret_error, AZ_ENVIRONMENT, "OpenSSL has no SHA-256");
		return -EIO;
	}
	*ret_net = net;
	return 0;
}

static int model_set_clocks(struct net *net, int64_t device_wall_s, int64_t radius_wall_s, struct az_error *ret_error)
{
	(void) ret_error;
	net->device_wall_s = device_wall_s;
	net->radius_wall_s = radius_wall_s;
	return 0;
}

/* With an access point that answers. */
static int join(struct net *net, const struct auth_request *request, struct auth_verdict *ret_verdict, struct az_error *ret_error)
{
	if (!request->client_cert_pem || !request->client_key_pem) {
		model_verdict_plain(AUTH_NO_CREDENTIALS, "the network's client certificate is not there", "", ret_verdict);
		return 0;
	}
	if (!net->radius_up || net->radius_secret_wrong) {
		model_verdict_plain(AUTH_NO_ANSWER, "EAP started, no answer",
		                    net->radius_up ? "packet dropped: shared secret is incorrect" : "", ret_verdict);
		return 0;
	}
	return ask(net, request, ret_verdict, ret_error);
}

static int model_authenticate(struct net *net, const struct auth_request *request, struct auth_verdict *ret_verdict,
                              struct az_error *ret_error)
{
	int r;

	if (!net->has_state) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "an authentication was asked for before the network had a state");
		return -EINVAL;
	}
	if (net_join_other(&net->air, request, ret_verdict))
		return 0;
	r = join(net, request, ret_verdict, ret_error);
	net_bss_address((size_t)net_find_bss(&net->air, request), ret_verdict->bssid);
	return r;
}

const struct net_ops net_model_ops = {
	.name = "model",
	.about = "EAP-TLS by OpenSSL in memory, both sides at their own virtual time: nothing to install, fast, repeatable",
	.probe = model_probe,
	.open = model_open,
	.apply = model_apply,
	.set_clocks = model_set_clocks,
	.authenticate = model_authenticate,
	.close = model_close,
};

/* ---- For tests and benchmarks -------------------------------------------------------------------------------------- */

void model_set_memory(struct net *net, bool on)
{
	net->memory = on;
}

unsigned long model_handshakes(const struct net *net)
{
	return net->handshakes;
}
