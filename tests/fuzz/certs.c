/* Fuzz target: PEM and private keys into the device's certificate store.
 *
 * Input: reading=choice, identifier, certificate, key, password, each but the first behind a line "%%"; what is left away is empty, or,
 * of key and password, not given. What must hold: a refusal has its reason, what was taken can be taken again as the store has it, and
 * says the same.
 */
#define _GNU_SOURCE
#include "tests/device/fixture.h"
#include "tests/fuzz/fuzz.h"

#define SEPARATOR "%%\n"
#define PART_MAX 12000 /* bytes; the store takes 8192 */

const char fuzz_name[] = "certs";

struct part {
	const uint8_t *bytes;
	size_t length;
	bool given;
};
enum { READING, ID, CERT, KEY, PASSWORD, PART_COUNT };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void) argc;
	(void) argv;
	return 0;
}

static void split(const uint8_t *data, size_t size, struct part parts[PART_COUNT])
{
	for (size_t i = 0; i < PART_COUNT; i++) {
		const uint8_t *end = size > 0 ? memmem(data, size, SEPARATOR, strlen(SEPARATOR)) : NULL;
		size_t length = end ? (size_t)(end - data) : size;

		parts[i] = (struct part){.bytes = data, .length = length < PART_MAX ? length : PART_MAX, .given = true};
		if (!end)
			return;
		data += length + strlen(SEPARATOR);
		size -= length + strlen(SEPARATOR);
	}
}

/* A line as a C string: without its end, cut; or NULL. The caller frees. */
static char *line_of(const struct part *part)
{
	size_t length = part->length;

	if (length > 0 && part->bytes[length - 1] == '\n')
		length--;
	return strndup(part->bytes ? (const char *)part->bytes : "", length);
}

static bool is_reading(const char *text)
{
	const char *choice = strchr(text, '=');
	struct readings readings;
	char name[64];

	if (!choice || choice - text >= (ptrdiff_t)sizeof(name))
		return false;
	readings_defaults(&readings);
	(void) snprintf(name, sizeof(name), "%.*s", (int)(choice - text), text);
	return readings_set(&readings, name, choice + 1) == 0;
}

static int install(struct world *w, const char *id, const struct part *cert, const struct part *key, const char *password)
{
	wire_put_str(&w->in, id);
	wire_put_bytes(&w->in, cert->bytes, cert->length);
	if (!key->given)
		return call(w, WIRE_CERTSTORE_INSTALL_ROOT);
	wire_put_bytes(&w->in, key->bytes, key->length);
	wire_put_u8(&w->in, password != NULL);
	wire_put_bytes(&w->in, password, password ? strlen(password) : 0);
	return call(w, WIRE_CERTSTORE_INSTALL_CLIENT);
}

static void again(struct world *w, const struct part *key)
{
	struct device_certificate_info first, second;
	const char *key_pem;

	FUZZ_CHECK(certificate_of(w, "Fuzz", &first));
	FUZZ_CHECK(first.has_key == key->given && strlen(first.subject) < AUTH_SUBJECT_MAX && strlen(first.issuer) < AUTH_SUBJECT_MAX);
	key_pem = device_get_key_pem(w->dev, "Fuzz");
	FUZZ_CHECK((key_pem != NULL) == key->given);
	FUZZ_CHECK(device_op_delete_certificate(w->dev, "Again") == -ENOENT);
	if (key->given)
		FUZZ_CHECK(install_client(w, "Again", first.cert_pem, key_pem, NULL) == 0);
	else
		FUZZ_CHECK(install_root(w, "Again", first.cert_pem) == 0);
	FUZZ_CHECK(certificate_of(w, "Fuzz", &first) && certificate_of(w, "Again", &second));
	FUZZ_CHECK(first.not_before_s == second.not_before_s && first.not_after_s == second.not_after_s);
	FUZZ_CHECK(strcmp(first.subject, second.subject) == 0 && strcmp(first.issuer, second.issuer) == 0);
	FUZZ_CHECK(strcmp(first.cert_pem, second.cert_pem) == 0);
}

/* Of a text that is too long the libraries send one byte more than there may be: more is malformed. */
static bool malformed(const char *id, const char *password)
{
	return strlen(id) > 17 || (password && strlen(password) > 257);
}

/* Texts, as an operator hands them in. */
static void explain(struct world *w, const struct part *cert, const struct part *key, const char *password, int r)
{
	char *cert_pem = strndup(cert->bytes ? (const char *)cert->bytes : "", cert->length);
	char *key_pem = key->given ? strndup((const char *)key->bytes, key->length) : NULL;

	/* A NUL in the middle makes it another text. */
	if (strlen(cert_pem) == cert->length && (!key_pem || strlen(key_pem) == key->length)) {
		const char *why = device_op_explain_install(w->dev, cert_pem, key_pem, password);

		FUZZ_CHECK(r != 0 || why == NULL);
		FUZZ_CHECK(r != -EINVAL || why != NULL);
	}
	free(cert_pem);
	free(key_pem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[PART_COUNT] = {0};
	char *reading, *id, *password;
	void *state = NULL;
	struct world *w;
	int r;

	split(data, size, parts);
	reading = line_of(&parts[READING]);
	id = line_of(&parts[ID]);
	password = parts[PASSWORD].given ? line_of(&parts[PASSWORD]) : NULL;
	(void) make_world(&state);
	w = is_reading(reading) ? world_anew(&state, reading, NULL) : state;
	r = install(w, "Fuzz", &parts[CERT], &parts[KEY], password);
	FUZZ_CHECK(r == 0 || r == -EINVAL || r == -ENOSPC || r == -ERANGE || (r == -EBADMSG && malformed("", password)));
	FUZZ_CHECK(count(w) == (r == 0));
	explain(w, &parts[CERT], &parts[KEY], password, r);
	if (r == 0)
		again(w, &parts[KEY]);
	r = install(w, id, &parts[CERT], &parts[KEY], password);
	FUZZ_CHECK(r == 0 || r == -EINVAL || r == -ENOSPC || r == -ERANGE || (r == -EBADMSG && malformed(id, password)));
	if (r == 0) {
		reboot(w);
		FUZZ_CHECK(delete_id(w, id) == 0 && delete_id(w, id) == -ENOENT);
	}
	free(reading);
	free(id);
	free(password);
	return free_world(&state);
}
