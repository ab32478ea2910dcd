/* Keys and signatures that are a function of a seed, for simulations that have to repeat to the byte.
 *
 * OpenSSL 3.0 has no deterministic key generation of its own, so while one certificate is made its source of random numbers is
 * replaced by SHA-256 over a counter. The old way to do that (RAND_METHOD) is deprecated, but it is the one that works without a
 * provider of our own. Single-threaded, as all of this library.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "certs/pki_internal.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#define BLOCK 32

static struct {
	uint8_t key[BLOCK], block[BLOCK];
	size_t used;
	uint64_t counter;
	const RAND_METHOD *before;
	bool active;
} stream;

static bool next_block(void)
{
	uint8_t input[BLOCK + sizeof(stream.counter)];

	memcpy(input, stream.key, BLOCK);
	for (size_t i = 0; i < sizeof(stream.counter); i++)
		input[BLOCK + i] = (uint8_t)(stream.counter >> (8 * i));
	stream.counter++;
	stream.used = 0;
	return EVP_Digest(input, sizeof(input), stream.block, NULL, EVP_sha256(), NULL) == 1;
}

static int seeded_bytes(unsigned char *buffer, int count)
{
	for (int i = 0; i < count; i++) {
		if (stream.used == BLOCK && !next_block())
			return 0;
		buffer[i] = stream.block[stream.used++];
	}
	return 1;
}

static int seeded_status(void)
{
	return 1;
}

static const RAND_METHOD seeded = {.bytes = seeded_bytes, .pseudorand = seeded_bytes, .status = seeded_status};

int pki_seed_begin(const char *text)
{
	if (EVP_Digest(text, strlen(text), stream.key, NULL, EVP_sha256(), NULL) != 1)
		return -1;
	stream.counter = 0;
	stream.used = BLOCK;
	stream.before = RAND_get_rand_method();
	stream.active = RAND_set_rand_method(&seeded) == 1;
	return stream.active ? 0 : -1;
}

void pki_seed_end(void)
{
	if (stream.active)
		(void) RAND_set_rand_method(stream.before);
	OPENSSL_cleanse(&stream, sizeof(stream));
}
