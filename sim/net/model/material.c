/* PEM into TLS contexts, set up as the daemons do it: wpa_supplicant for the device, FreeRADIUS for the server.
 *
 * Building one costs more than a handshake, so model.c keeps them while the PEM stays the same.
 */
#include "sim/net/model/model.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "emu-applibs/base/base.h"

static int fail(char reason[AUTH_REASON_MAX], int r, const char *format, ...) ATTR_PRINTF(3, 4);
static int fail(char reason[AUTH_REASON_MAX], int r, const char *format, ...)
{
	va_list args;

	ERR_clear_error();
	va_start(args, format);
	(void) vsnprintf(reason, AUTH_REASON_MAX, format, args);
	va_end(args);
	return r;
}

/* Nobody sits at a terminal here: an encrypted key is an unreadable key. */
static int no_password(char *buffer, int size, int writing, void *data)
{
	(void) buffer;
	(void) size;
	(void) writing;
	(void) data;
	return -1;
}

/* ---- Boundaries ---------------------------------------------------------------------------------------------------- */

static int add_boundary(struct model_material *material, const ASN1_TIME *time)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int64_t *grown;
	int days, seconds;
	bool readable = epoch && time && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

	ASN1_TIME_free(epoch);
	if (!readable)
		return 0; /* OpenSSL refuses such a certificate at every time */
	grown = realloc(material->boundaries, (material->boundary_count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	material->boundaries = grown;
	grown[material->boundary_count++] = (int64_t)days * 86400 + seconds;
	return 0;
}

static int add_cert_boundaries(struct model_material *material, X509 *x509)
{
	int r = add_boundary(material, X509_get0_notBefore(x509));

	return r < 0 ? r : add_boundary(material, X509_get0_notAfter(x509));
}

/* ---- PEM ----------------------------------------------------------------------------------------------------------- */

/* The leaf and what follows it. */
static int use_chain(struct model_material *material, const char *pem, const char *what, char reason[AUTH_REASON_MAX])
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	X509 *x509 = in ? PEM_read_bio_X509(in, NULL, no_password, NULL) : NULL;
	int r = 0;

	if (!x509) {
		BIO_free(in);
		return fail(reason, -EINVAL, "the %s cannot be read", what);
	}
	if (SSL_CTX_use_certificate(material->context, x509) != 1)
		r = fail(reason, -EINVAL, "the %s cannot be used: %s", what, ERR_reason_error_string(ERR_peek_last_error()));
	while (r == 0 && x509) {
		r = add_cert_boundaries(material, x509);
		X509_free(x509);
		x509 = r == 0 ? PEM_read_bio_X509(in, NULL, no_password, NULL) : NULL;
		if (x509 && SSL_CTX_add1_chain_cert(material->context, x509) != 1)
			r = fail(reason, -EINVAL, "the chain of the %s cannot be used", what);
	}
	X509_free(x509);
	BIO_free(in);
	ERR_clear_error();
	return r;
}

static int use_key(struct model_material *material, const char *pem, const char *what, char reason[AUTH_REASON_MAX])
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL) : NULL;
	int r = 0;

	BIO_free(in);
	if (!key)
		return fail(reason, -EINVAL, "the private key of the %s cannot be read", what);
	if (SSL_CTX_use_PrivateKey(material->context, key) != 1 || SSL_CTX_check_private_key(material->context) != 1)
		r = fail(reason, -EINVAL, "the private key does not belong to the %s", what);
	EVP_PKEY_free(key);
	return r;
}

/* All certificates of pem become trust anchors; announced: their names are also sent to the client. */
static int trust(struct model_material *material, const char *pem, bool announced, const char *what,
                 char reason[AUTH_REASON_MAX])
{
	X509_STORE *store = SSL_CTX_get_cert_store(material->context);
	BIO *in = BIO_new_mem_buf(pem, -1);
	size_t count = 0;
	X509 *x509;
	int r = 0;

	while (in && r == 0 && (x509 = PEM_read_bio_X509(in, NULL, no_password, NULL))) {
		count++;
		r = add_cert_boundaries(material, x509);
		if (r == 0 && (X509_STORE_add_cert(store, x509) != 1 ||
		               (announced && SSL_CTX_add_client_CA(material->context, x509) != 1)))
			r = fail(reason, -EINVAL, "the %s cannot be used", what);
		X509_free(x509);
	}
	BIO_free(in);
	ERR_clear_error();
	return r == 0 && count == 0 ? fail(reason, -EINVAL, "the %s cannot be read", what) : r;
}

static int check_crl(struct model_material *material, const char *pem, char reason[AUTH_REASON_MAX])
{
	X509_STORE *store = SSL_CTX_get_cert_store(material->context);
	BIO *in = BIO_new_mem_buf(pem, -1);
	size_t count = 0;
	X509_CRL *crl;
	int r = 0;

	while (in && r == 0 && (crl = PEM_read_bio_X509_CRL(in, NULL, no_password, NULL))) {
		count++;
		r = add_boundary(material, X509_CRL_get0_lastUpdate(crl));
		if (r == 0 && X509_CRL_get0_nextUpdate(crl))
			r = add_boundary(material, X509_CRL_get0_nextUpdate(crl));
		if (r == 0 && X509_STORE_add_crl(store, crl) != 1)
			r = fail(reason, -EINVAL, "the revocation list cannot be used");
		X509_CRL_free(crl);
	}
	BIO_free(in);
	ERR_clear_error();
	if (r == 0 && count == 0 && *pem)
		return fail(reason, -EINVAL, "the revocation list cannot be read");
	if (r == 0)
		(void) X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
	return r;
}

/* ---- Contexts ------------------------------------------------------------------------------------------------------ */

static SSL_CTX *new_context(const SSL_METHOD *method, int lowest, int highest)
{
	SSL_CTX *context = SSL_CTX_new(method);

	if (!context)
		return NULL;
	if (SSL_CTX_set_min_proto_version(context, lowest) != 1 || SSL_CTX_set_max_proto_version(context, highest) != 1) {
		SSL_CTX_free(context);
		return NULL;
	}
	(void) SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	(void) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
	(void) SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_info_callback(context, model_watch_alerts);
	return context;
}

int model_server_material(const struct net_state *state, struct model_material *ret, char reason[AUTH_REASON_MAX])
{
	int version = state->tls == NET_TLS_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
	struct model_material material = {.context = new_context(TLS_server_method(), version, version)};
	int r;

	if (!material.context)
		return fail(reason, -EIO, "OpenSSL gives no TLS context");
	(void) SSL_CTX_set_mode(material.context, SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_security_level(material.context, 0); /* it presents what it is given, however weak */
	SSL_CTX_set_verify(material.context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, model_verify_device);
	/* FreeRADIUS takes whatever stands in its file of roots for an anchor, self-signed or not; wpa_supplicant does not. */
	(void) X509_STORE_set_flags(SSL_CTX_get_cert_store(material.context), X509_V_FLAG_PARTIAL_CHAIN);
	r = use_chain(&material, state->server_chain_pem, "RADIUS server's certificate", reason);
	if (r == 0)
		r = use_key(&material, state->server_key_pem, "RADIUS server's certificate", reason);
	if (r == 0)
		r = trust(&material, state->client_roots_pem, true, "roots for clients", reason);
	if (r == 0 && state->crl_pem)
		r = check_crl(&material, state->crl_pem, reason);
	if (r < 0) {
		model_material_clear(&material);
		return r;
	}
	*ret = material;
	return 0;
}

int model_device_material(const struct auth_request *request, struct model_material *ret, char reason[AUTH_REASON_MAX])
{
	struct model_material material = {0};
	int r;

	if (!request->client_cert_pem)
		return fail(reason, -EINVAL, "there is no client certificate");
	if (!request->client_key_pem)
		return fail(reason, -EINVAL, "there is no private key of the client certificate");
	material.context = new_context(TLS_client_method(), TLS1_2_VERSION, TLS1_3_VERSION);
	if (!material.context)
		return fail(reason, -EIO, "OpenSSL gives no TLS context");
	r = request->root_ca_pem ? trust(&material, request->root_ca_pem, false, "root CA certificate", reason) : 0;
	if (r == 0)
		r = use_chain(&material, request->client_cert_pem, "client certificate", reason);
	if (r == 0)
		r = use_key(&material, request->client_key_pem, "client certificate", reason);
	if (r < 0) {
		model_material_clear(&material);
		return r;
	}
	/* Without a root the supplicant does not look at the server's certificate at all. */
	SSL_CTX_set_verify(material.context, request->root_ca_pem ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
	                   request->root_ca_pem ? model_verify_server : NULL);
	*ret = material;
	return 0;
}

void model_material_clear(struct model_material *material)
{
	SSL_CTX_free(material->context);
	free(material->boundaries);
	*material = (struct model_material){0};
}
