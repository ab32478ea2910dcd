/* Status-Server: see testnetd/status.h. The packet is small enough to be written by hand.
 */
#include "sim/net/testnetd/status.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/socket.h>

#include "emu-applibs/base/base.h"

enum { CODE_ACCEPT = 2, CODE_STATUS_SERVER = 12 };
enum { ATTRIBUTE_REPLY_MESSAGE = 18, ATTRIBUTE_MESSAGE_AUTHENTICATOR = 80 };

#define HEADER_LENGTH 20
#define AUTHENTICATOR_AT 4
#define MD5_LENGTH 16

int status_open(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *) &address, sizeof(address)) < 0)
		return -errno;
	return steal_fd(&fd);
}

int status_ask(int fd, const char *secret, struct status_question *question)
{
	uint8_t *p = question->packet;
	unsigned length = 0;

	memset(p, 0, STATUS_REQUEST_LENGTH);
	if (RAND_bytes(&question->id, 1) != 1 || RAND_bytes(p + AUTHENTICATOR_AT, MD5_LENGTH) != 1)
		return -EIO;
	p[0] = CODE_STATUS_SERVER;
	p[1] = question->id;
	p[3] = STATUS_REQUEST_LENGTH;
	p[HEADER_LENGTH] = ATTRIBUTE_MESSAGE_AUTHENTICATOR;
	p[HEADER_LENGTH + 1] = 2 + MD5_LENGTH;
	if (HMAC(EVP_md5(), secret, (int) strlen(secret), p, STATUS_REQUEST_LENGTH, p + HEADER_LENGTH + 2, &length) == NULL ||
	    length != MD5_LENGTH)
		return -EIO;
	return send(fd, p, STATUS_REQUEST_LENGTH, MSG_NOSIGNAL) == STATUS_REQUEST_LENGTH ? 0 : -errno;
}

/* RFC 2865 section 3: MD5 over the answer, with the question's authenticator in place of its own, then the secret. */
static bool made_with_secret(const uint8_t *answer, size_t length, const uint8_t *question, const char *secret)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md != NULL && EVP_DigestInit_ex(md, EVP_md5(), NULL) == 1 &&
	            EVP_DigestUpdate(md, answer, AUTHENTICATOR_AT) == 1 &&
	            EVP_DigestUpdate(md, question + AUTHENTICATOR_AT, MD5_LENGTH) == 1 &&
	            EVP_DigestUpdate(md, answer + HEADER_LENGTH, length - HEADER_LENGTH) == 1 &&
	            EVP_DigestUpdate(md, secret, strlen(secret)) == 1 && EVP_DigestFinal_ex(md, digest, NULL) == 1 &&
	            CRYPTO_memcmp(digest, answer + AUTHENTICATOR_AT, MD5_LENGTH) == 0;

	EVP_MD_CTX_free(md);
	return good;
}

/* The digits of Reply-Message. */
static int take_time(const uint8_t *at, const uint8_t *end, int64_t *ret_wall_s)
{
	for (; end - at >= 2 && at[1] >= 2 && at[1] <= end - at; at += at[1]) {
		int64_t wall_s = 0;
		size_t digits = at[1] - 2u;

		if (at[0] != ATTRIBUTE_REPLY_MESSAGE)
			continue;
		if (digits == 0 || digits > 12)
			return -EBADMSG;
		for (size_t i = 0; i < digits; i++) {
			if (at[2 + i] < '0' || at[2 + i] > '9')
				return -EBADMSG;
			wall_s = wall_s * 10 + (at[2 + i] - '0');
		}
		*ret_wall_s = wall_s;
		return 0;
	}
	return -EBADMSG;
}

int status_take(int fd, const char *secret, const struct status_question *question, int64_t *ret_wall_s)
{
	uint8_t answer[STATUS_PACKET_MAX];
	ssize_t n;

	do
		n = recv(fd, answer, sizeof(answer), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	if (n < HEADER_LENGTH || answer[0] != CODE_ACCEPT || answer[1] != question->id ||
	    (answer[2] << 8 | answer[3]) != (int) n ||
	    !made_with_secret(answer, (size_t) n, question->packet, secret))
		return -EBADMSG;
	return take_time(answer + HEADER_LENGTH, answer + n, ret_wall_s);
}
