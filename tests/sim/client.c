/* See client.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/sim/client.h"

static SSL_CTX *context(const struct pki_cert *cert)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	char *key_pem = NULL;

	if (cert) {
		BIO *bio = BIO_new_mem_buf(pki_cert_pem(cert), -1);
		X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		EVP_PKEY *key;

		BIO_free(bio);
		assert_int_equal(pki_key_pem(cert, PKI_PKCS8, NULL, &key_pem), 0);
		bio = BIO_new_mem_buf(key_pem, -1);
		key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
		BIO_free(bio);
		assert_int_equal(SSL_CTX_use_certificate(tls, x), 1);
		assert_int_equal(SSL_CTX_use_PrivateKey(tls, key), 1);
		X509_free(x);
		EVP_PKEY_free(key);
		free(key_pem);
	}
	return tls;
}

/* Bytes, 0 for "not now", -1 for the end. */
static int get(SSL *ssl, int fd, char *buffer, size_t size)
{
	int n = ssl ? SSL_read(ssl, buffer, (int)size) : (int)recv(fd, buffer, size, MSG_DONTWAIT), e;

	if (n > 0)
		return n;
	if (!ssl)
		return n < 0 && errno == EAGAIN ? 0 : -1;
	e = SSL_get_error(ssl, n);
	return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static int put(SSL *ssl, int fd, const char *bytes, size_t length)
{
	int n = ssl ? SSL_write(ssl, bytes, (int)length) : (int)send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL), e;

	if (n > 0)
		return n;
	if (!ssl)
		return n < 0 && errno == EAGAIN ? 0 : -1;
	e = SSL_get_error(ssl, n);
	return e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

int test_client_ask(const struct test_client *client, const char *request, char *reply, size_t size)
{
	SSL_CTX *tls = client->tls ? context(client->cert) : NULL;
	SSL *ssl = tls ? SSL_new(tls) : NULL;
	size_t sent = 0, length = 0;
	bool ended = false;
	int fd, idle = 0;

	assert_int_equal(server_connect(client->server, &fd), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	if (ssl) {
		assert_int_equal(SSL_set_fd(ssl, fd), 1);
		SSL_set_connect_state(ssl);
	}
	while (!ended && idle < 3) {
		bool moved = server_pump(client->server);
		int n;

		if (sent < strlen(request)) {
			n = put(ssl, fd, request + sent, strlen(request) - sent);
			sent += n > 0 ? (size_t)n : 0;
		} else {
			n = get(ssl, fd, reply + length, size - length - 1);
			length += n > 0 ? (size_t)n : 0;
		}
		ended = n < 0;
		idle = moved || n > 0 ? 0 : idle + 1;
		if (client->tick)
			client->tick(client->ctx);
	}
	reply[length] = '\0';
	ERR_clear_error();
	SSL_free(ssl);
	SSL_CTX_free(tls);
	(void) close(fd);
	(void) server_pump(client->server);
	return length > 12 ? atoi(reply + 9) : ended ? 0 : -1;
}
