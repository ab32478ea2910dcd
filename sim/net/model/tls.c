/* One EAP-TLS exchange: identity, start, TLS in fragments, success or failure. Two state machines that see nothing of each
 * other but packets, as the device and RADIUS do.
 *
 * As observed with real daemons: the device sends its fatal alert, and RADIUS logs it; RADIUS does not send its own but ends
 * with EAP-Failure at once, so the device learns no reason. With TLS 1.3 the device has finished before its certificate is
 * looked at; it believes EAP-Success only after the protected indication (RFC 9190 2.5: one record with the byte 0).
 */
#include "sim/net/model/model.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/err.h>

#include "emu-applibs/base/base.h"
#include "sim/net/model/eap.h"

#define PACKETS_MAX 400 /* 64 KiB both ways in the smallest fragments that are in use */
#define IDENTITY_LENGTH_MAX 1019 /* FreeRADIUS takes EAP packets of up to 1024 bytes as an identity */

struct party {
	struct model_exchange *exchange;
	struct model_party_view *view;
	struct eap_link link;
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	bool failed;   /* TLS ended badly here */
	bool finished; /* server: only the acknowledgement of its last message is missing */
	bool indicated; /* the protected success indication was sent or seen */
};

struct server {
	struct party party;
	uint8_t id;
	bool identity_known;
	bool over, success;
};

struct device {
	struct party party;
	bool over, success;
};

static int fail(char reason[AUTH_REASON_MAX], int r, const char *what)
{
	(void) snprintf(reason, AUTH_REASON_MAX, "%s", what);
	ERR_clear_error();
	return r;
}

/* ---- What OpenSSL tells each party -------------------------------------------------------------------------------- */

static struct party *party_of(X509_STORE_CTX *context)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());

	return SSL_get_app_data(ssl);
}

/* Keeps the first refusal: OpenSSL asks again for the same certificate when a callback lets it pass, which ours never does. */
static void note_refusal(struct model_party_view *view, X509_STORE_CTX *context)
{
	X509 *x509 = X509_STORE_CTX_get_current_cert(context);
	char line[256]; /* wpa_supplicant cuts the subject to this */

	view->verify_error = X509_STORE_CTX_get_error(context);
	view->depth = X509_STORE_CTX_get_error_depth(context);
	line[0] = '\0';
	if (x509)
		(void) X509_NAME_oneline(X509_get_subject_name(x509), line, sizeof(line));
	(void) snprintf(view->subject, sizeof(view->subject), "%s", line);
}

int model_verify_server(int ok, X509_STORE_CTX *context)
{
	if (!ok)
		note_refusal(party_of(context)->view, context);
	return ok;
}

/* FreeRADIUS compares identity and CN when it reaches the leaf, after all else was found good. */
int model_verify_device(int ok, X509_STORE_CTX *context)
{
	struct party *party = party_of(context);
	const struct model_exchange *exchange = party->exchange;
	char cn[AUTH_SUBJECT_MAX] = "";

	if (!ok) {
		note_refusal(party->view, context);
		return 0;
	}
	if (X509_STORE_CTX_get_error_depth(context) > 0 || !exchange->cn_must_match)
		return 1;
	(void) X509_NAME_get_text_by_NID(X509_get_subject_name(X509_STORE_CTX_get_current_cert(context)), NID_commonName, cn,
	                                 sizeof(cn));
	if (strcmp(cn, exchange->identity) == 0)
		return 1;
	note_refusal(party->view, context);
	(void) snprintf(party->view->other_cn, sizeof(party->view->other_cn), "%s", cn[0] ? cn : "(none)");
	return 0;
}

void model_watch_alerts(const SSL *ssl, int where, int value)
{
	struct party *party = SSL_get_app_data(ssl);

	if (!(where & SSL_CB_ALERT) || value >> 8 != SSL3_AL_FATAL)
		return;
	if (where & SSL_CB_READ)
		party->view->alert_read = SSL_alert_desc_string_long(value);
	else
		party->view->alert_written = SSL_alert_desc_string_long(value);
}

/* ---- Both parties -------------------------------------------------------------------------------------------------- */

static int party_init(struct party *party, struct model_exchange *exchange, struct model_party_view *view, SSL_CTX *context,
                      int64_t wall_s, size_t fragment_max)
{
	*view = (struct model_party_view){.verify_error = X509_V_OK, .depth = -1};
	party->exchange = exchange;
	party->view = view;
	eap_link_init(&party->link, fragment_max);
	party->ssl = SSL_new(context);
	party->in = BIO_new(BIO_s_mem());
	party->out = BIO_new(BIO_s_mem());
	if (!party->ssl || !party->in || !party->out) {
		BIO_free(party->in);
		BIO_free(party->out);
		return -ENOMEM;
	}
	BIO_set_mem_eof_return(party->in, -1);
	SSL_set_bio(party->ssl, party->in, party->out);
	SSL_set_app_data(party->ssl, party);
	X509_VERIFY_PARAM_set_time(SSL_get0_param(party->ssl), (time_t)wall_s);
	return 0;
}

static void party_clear(struct party *party)
{
	if (party->ssl)
		SSL_free(party->ssl);
	eap_link_clear(&party->link);
}

/* What TLS has written goes to the link. Returns its length or a negative errno. */
static int party_flush(struct party *party)
{
	char *bytes;
	long length = BIO_get_mem_data(party->out, &bytes);
	int r = eap_link_send(&party->link, bytes, length > 0 ? (size_t)length : 0);

	if (r < 0)
		return r;
	(void) BIO_reset(party->out);
	return (int)length;
}

/* Whether a result <= 0 of an SSL call is the end of this TLS connection, rather than a wait for more. */
static bool party_broke(struct party *party, int result)
{
	int error = SSL_get_error(party->ssl, result);

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return false;
	if (!party->view->tls_error)
		party->view->tls_error = ERR_reason_error_string(ERR_peek_last_error());
	ERR_clear_error();
	party->failed = true;
	return true;
}

static int party_feed(struct party *party)
{
	size_t written = 0;

	if (party->link.in_length && BIO_write_ex(party->in, party->link.in, party->link.in_length, &written) != 1)
		return -ENOMEM;
	return 0;
}

/* ---- RADIUS -------------------------------------------------------------------------------------------------------- */

bool model_identity_may_start(const char *const *known_identities, const void *identity, size_t length)
{
	if (length == 0 || length > IDENTITY_LENGTH_MAX)
		return false;
	if (!known_identities)
		return true;
	for (const char *const *known = known_identities; *known; known++)
		if (strlen(*known) == length && memcmp(*known, identity, length) == 0)
			return true;
	return false;
}

static void server_end(struct server *server, bool success, struct eap_packet *out)
{
	server->over = true;
	server->success = success;
	eap_put_result(out, success, server->id);
}

/* FreeRADIUS looks into its own files when TLS is done, and the certificate good. */
static bool on_file(struct party *party)
{
	const char *const *known = party->exchange->only_clients;
	X509 *x509 = known ? SSL_get0_peer_certificate(party->ssl) : NULL;
	const ASN1_INTEGER *serial = x509 ? X509_get0_serialNumber(x509) : NULL;
	char hex[2 * 20 + 1] = ""; /* RFC 5280 4.1.2.2: at most 20 bytes */

	if (!known)
		return true;
	for (int i = 0; serial && i < serial->length && i < 20; i++)
		(void) snprintf(hex + 2 * i, 3, "%02x", serial->data[i]);
	for (; *known; known++)
		if (strcmp(*known, hex) == 0)
			return true;
	party->view->not_on_file = true;
	return false;
}

/* Goes on with TLS after a whole message. */
static int server_advance(struct server *server, struct eap_packet *out)
{
	struct party *party = &server->party;
	int result, length;

	if (party->finished) { /* that message was the acknowledgement of our last one, or an alert instead of it */
		static const unsigned char byte_wanted = 1;
		unsigned char byte;

		if (party->link.in_length) {
			result = SSL_read(party->ssl, &byte, byte_wanted);
			if (result > 0 || party_broke(party, result)) {
				server_end(server, false, out);
				return 0;
			}
		}
		server_end(server, on_file(party), out);
		return 0;
	}
	result = SSL_do_handshake(party->ssl);
	if (result <= 0 && party_broke(party, result)) {
		server_end(server, false, out); /* its alert stays in the buffer, unsent */
		return 0;
	}
	if (result == 1) {
		party->exchange->tls_version = SSL_version(party->ssl);
		if (SSL_version(party->ssl) == TLS1_3_VERSION && SSL_write(party->ssl, "", 1) != 1)
			return -EIO;
		party->indicated = true;
		party->finished = true;
	}
	length = party_flush(party);
	if (length < 0)
		return length;
	eap_link_give(&party->link, EAP_REQUEST, ++server->id, out);
	return 0;
}

static int server_receive(struct server *server, const struct eap_packet *packet, struct eap_packet *out)
{
	struct party *party = &server->party;
	struct eap_header header;
	int r;

	r = eap_parse(packet, &header);
	if (r < 0)
		return r;
	if (header.code != EAP_RESPONSE || header.id != server->id)
		return -EPROTO;
	if (!server->identity_known) {
		if (header.type != EAP_TYPE_IDENTITY)
			return -EPROTO;
		if (!model_identity_may_start(party->exchange->known_identities, header.data, header.data_length)) {
			server_end(server, false, out);
			return 0;
		}
		server->identity_known = true;
		party->exchange->tls_started = true;
		eap_put_tls_start(out, ++server->id);
		return 0;
	}
	r = eap_link_take(&party->link, &header);
	switch (r) {
	case EAP_TAKEN_PART:
	case EAP_TAKEN_ACK:
		eap_link_give(&party->link, EAP_REQUEST, ++server->id, out);
		return 0;
	case EAP_TAKEN_MESSAGE:
		r = party_feed(party);
		return r < 0 ? r : server_advance(server, out);
	default:
		return r < 0 ? r : -EPROTO;
	}
}

/* ---- Device -------------------------------------------------------------------------------------------------------- */

static int device_advance(struct device *device, uint8_t id, struct eap_packet *out)
{
	struct party *party = &device->party;
	int length;

	if (!party->failed) {
		int result = SSL_do_handshake(party->ssl);

		if (result == 1 && SSL_version(party->ssl) == TLS1_3_VERSION) {
			unsigned char byte;

			result = SSL_read(party->ssl, &byte, 1);
			if (result == 1 && byte == 0)
				party->indicated = true;
		} else if (result == 1) {
			party->indicated = true; /* TLS 1.2: the server's Finished says as much */
		}
		if (result <= 0)
			(void) party_broke(party, result); /* the alert that follows from it is in the buffer and is sent */
	}
	length = party_flush(party);
	if (length < 0)
		return length;
	eap_link_give(&party->link, EAP_RESPONSE, id, out);
	return 0;
}

static int device_receive(struct device *device, const struct eap_packet *packet, struct eap_packet *out)
{
	struct party *party = &device->party;
	const char *identity = party->exchange->identity;
	struct eap_header header;
	int r;

	r = eap_parse(packet, &header);
	if (r < 0)
		return r;
	if (header.code == EAP_SUCCESS || header.code == EAP_FAILURE) {
		device->over = true;
		device->success = header.code == EAP_SUCCESS && party->indicated && !party->failed;
		return 0;
	}
	if (header.code != EAP_REQUEST)
		return -EPROTO;
	if (header.type == EAP_TYPE_IDENTITY) {
		eap_put(out, EAP_RESPONSE, header.id, EAP_TYPE_IDENTITY, identity, strnlen(identity, EAP_IDENTITY_MAX));
		return 0;
	}
	r = eap_link_take(&party->link, &header);
	switch (r) {
	case EAP_TAKEN_PART:
	case EAP_TAKEN_ACK:
		eap_link_give(&party->link, EAP_RESPONSE, header.id, out);
		return 0;
	case EAP_TAKEN_START:
		return device_advance(device, header.id, out);
	case EAP_TAKEN_MESSAGE:
		r = party_feed(party);
		return r < 0 ? r : device_advance(device, header.id, out);
	default:
		return r < 0 ? r : -EPROTO;
	}
}

/* ---- Between them -------------------------------------------------------------------------------------------------- */

static int exchange_packets(struct model_exchange *exchange, struct device *device, struct server *server,
                            char reason[AUTH_REASON_MAX])
{
	struct eap_packet request, response;
	int r;

	server->id = 1;
	eap_put(&request, EAP_REQUEST, server->id, EAP_TYPE_IDENTITY, NULL, 0);
	for (exchange->packets = 1; exchange->packets < PACKETS_MAX; exchange->packets += 2) {
		r = device_receive(device, &request, &response);
		if (r < 0)
			return fail(reason, r, "the device could not go on with EAP-TLS");
		if (device->over)
			return 0;
		r = server_receive(server, &response, &request);
		if (r < 0)
			return fail(reason, r, "RADIUS could not go on with EAP-TLS");
	}
	return fail(reason, -EPROTO, "EAP-TLS came to no end");
}

int model_exchange_run(struct model_exchange *exchange, char reason[AUTH_REASON_MAX])
{
	struct device device = {0};
	struct server server = {0};
	int r;

	exchange->tls_started = exchange->success = false;
	exchange->tls_version = 0;
	exchange->packets = exchange->fragments = 0;
	ERR_clear_error();
	r = party_init(&device.party, exchange, &exchange->device, exchange->device_context, exchange->device_wall_s,
	               exchange->device_fragment_max);
	if (r == 0)
		r = party_init(&server.party, exchange, &exchange->radius, exchange->server_context, exchange->radius_wall_s,
		               exchange->server_fragment_max);
	if (r == 0) {
		SSL_set_connect_state(device.party.ssl);
		SSL_set_accept_state(server.party.ssl);
		r = exchange_packets(exchange, &device, &server, reason);
		exchange->success = device.success && server.success;
		exchange->fragments = device.party.link.fragments_sent + server.party.link.fragments_sent;
	} else {
		r = fail(reason, r, "OpenSSL gives no TLS connection");
	}
	party_clear(&device.party);
	party_clear(&server.party);
	ERR_clear_error();
	return r;
}
