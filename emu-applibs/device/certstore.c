/* See certstore.h.
 *
 * Order of refusals: malformed message, EACCES, then ERANGE, EINVAL, ENOENT, ENOSPC. Readiness (EAGAIN) is device.c's, NULL pointers
 * (EFAULT) the client's. Where the documents name no errno the choice is said at the spot, or is a reading.
 */
#include "emu-applibs/device/certstore.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/crypto.h>

#include "emu-applibs/device/internal.h"

/* z__CertInfoField */
enum { INFO_NOT_BEFORE = 1, INFO_NOT_AFTER = 2, INFO_SUBJECT = 3, INFO_ISSUER = 4 };

/* ---- The list -------------------------------------------------------------------------------------------------------- */

static struct certstore_entry *find_entry(const struct certstore *store, const char *id)
{
	for (size_t i = 0; i < store->count; i++)
		if (strcmp(store->entries[i].id, id) == 0)
			return &store->entries[i];
	return NULL;
}

const struct certificate *certstore_find(const struct certstore *store, const char *id)
{
	const struct certstore_entry *entry = find_entry(store, id);

	return entry ? entry->certificate : NULL;
}

void certstore_wipe(struct certstore *store)
{
	for (size_t i = 0; i < store->count; i++)
		certificate_unref(store->entries[i].certificate);
	free(store->entries);
	*store = (struct certstore) { .count = 0 };
}

/* A copy with room for one more. */
static struct certstore duplicate(const struct certstore *from)
{
	struct certstore copy = { .entries = calloc(from->count + 1, sizeof(*copy.entries)), .count = from->count };

	if (!copy.entries)
		abort();
	for (size_t i = 0; i < from->count; i++) {
		copy.entries[i] = from->entries[i];
		(void) certificate_ref(copy.entries[i].certificate);
	}
	return copy;
}

void certstore_copy(struct certstore *store, const struct certstore *from)
{
	struct certstore copy = duplicate(from);

	certstore_wipe(store);
	*store = copy;
}

static void remove_entry(struct certstore *store, struct certstore_entry *entry)
{
	size_t at = (size_t)(entry - store->entries);

	certificate_unref(entry->certificate);
	memmove(entry, entry + 1, (store->count - at - 1) * sizeof(*entry));
	store->count--;
}

/* Takes the reference. */
static void put_entry(struct certstore *store, const char *id, struct certificate *certificate)
{
	struct certstore_entry *entry = find_entry(store, id);

	if (entry) {
		certificate_unref(entry->certificate);
	} else {
		entry = &store->entries[store->count++];
		(void) snprintf(entry->id, sizeof(entry->id), "%s", id);
	}
	entry->certificate = certificate;
}

/* ---- Space ----------------------------------------------------------------------------------------------------------- */

static size_t charge(const struct certificate *certificate, unsigned by)
{
	size_t values = certificate->is_client ? 2 : 1;
	size_t bytes = by == STORE_CHARGE_DER ? certificate->der_bytes : certificate->blob_bytes;

	return CERTSTORE_ENTRY_OVERHEAD + values * CERTSTORE_VALUE_OVERHEAD + bytes;
}

static size_t used(const struct certstore *store, unsigned by)
{
	size_t sum = 0;

	for (size_t i = 0; i < store->count; i++)
		sum += charge(store->entries[i].certificate, by);
	return sum;
}

static size_t capacity(const struct device *dev)
{
	return device_reading(dev, READING_STORE_SIZE) == STORE_SIZE_24576 ? CERTSTORE_SPACE_ALL : CERTSTORE_SPACE;
}

/* The readings are asked only where they decide: DER is never longer than PEM. */
static bool fits(const struct device *dev, const struct certstore *store)
{
	if (used(store, STORE_CHARGE_PEM) <= CERTSTORE_SPACE)
		return true;
	if (used(store, STORE_CHARGE_DER) > CERTSTORE_SPACE_ALL)
		return false;
	return used(store, device_reading(dev, READING_STORE_CHARGE)) <= capacity(dev);
}

size_t certstore_available(const struct device *dev)
{
	size_t bytes = 0;

	if (dev->store.count > 0)
		bytes = used(&dev->store, device_reading(dev, READING_STORE_CHARGE));
	return capacity(dev) - bytes;
}

/* ---- Changes --------------------------------------------------------------------------------------------------------- */

/* The prepared store, which is taken in any case, becomes the one in flash; the timeline gets the text. */
static int commit(struct device *dev, struct certstore *prepared, const char *text)
{
	struct device_event event = { .kind = DEVICE_EVENT_STORE, .text = text };
	int r = fits(dev, prepared) ? device_flash_commit(dev, "certstore") : -ENOSPC;

	if (r < 0) {
		certstore_wipe(prepared);
		return r;
	}
	certstore_wipe(&dev->store);
	dev->store = *prepared;
	device_emit(dev, &event);
	supplicant_certstore_changed(dev);
	return 0;
}

static bool is_id_character(const struct device *dev, char c)
{
	if (c == '.')
		return device_reading(dev, READING_ID_PERIOD) == ID_PERIOD_ACCEPTED;
	if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", c))
		return true;
	return device_reading(dev, READING_ID_CHARACTERS) == ID_CHARACTERS_ACCEPTED && c >= ' ' && c <= '~';
}

/* What too long and other characters give are readings; for none no errno is named: EINVAL, as for "not valid". */
static int check_id(const struct device *dev, const char *id)
{
	size_t length = strlen(id);

	if (length > CERT_ID_MAX)
		return device_reading(dev, READING_ID_TOO_LONG) == ID_TOO_LONG_ERANGE ? -ERANGE : -EINVAL;
	for (size_t i = 0; i < length; i++)
		if (!is_id_character(dev, id[i]))
			return -EINVAL;
	return length > 0 ? 0 : -EINVAL;
}

static bool takes(const void *ctx, enum cert_form form)
{
	const struct device *dev = ctx;

	switch (form) {
	case CERT_FORM_BARE:
		return device_reading(dev, READING_PEM_TAGS) == PEM_TAGS_OPTIONAL;
	case CERT_FORM_SEC1:
		return device_reading(dev, READING_SEC1_KEY) == SEC1_KEY_ACCEPTED;
	case CERT_FORM_PLAIN_KEY_PASSWORD:
		return device_reading(dev, READING_PLAIN_KEY_PASSWORD) == PLAIN_KEY_PASSWORD_IGNORED;
	}
	return false;
}

static bool blob_length_ok(const struct cert_blob *blob)
{
	return blob->length > 0 && blob->length <= CERT_BLOB_MAX;
}

/* Takes the reference. */
static int install(struct device *dev, const char *id, struct certificate *certificate)
{
	char text[sizeof("install ") + CERT_ID_MAX];
	struct certstore prepared;
	int r = device_flash_room(dev);

	if (r < 0) {
		certificate_unref(certificate);
		return r;
	}
	prepared = duplicate(&dev->store);
	put_entry(&prepared, id, certificate);
	(void) snprintf(text, sizeof(text), "install %s", id);
	return commit(dev, &prepared, text);
}

int certstore_install_root(struct device *dev, const char *id, struct cert_blob cert)
{
	const struct cert_rules rules = { .takes = takes, .ctx = dev };
	struct certificate *certificate;
	int r;

	if (!blob_length_ok(&cert))
		return -ERANGE;
	r = check_id(dev, id);
	/* Not asked whether it is a CA's: a device takes a client's certificate as a root CA, too. */
	if (r == 0)
		r = certificate_parse(cert.bytes, cert.length, &rules, &certificate);
	return r < 0 ? r : install(dev, id, certificate);
}

int certstore_install_client(struct device *dev, const char *id, struct cert_blob cert, struct cert_blob key,
                             const char *password)
{
	const struct cert_rules rules = { .takes = takes, .ctx = dev };
	struct certificate *certificate;
	int r;

	if (password && password[0] == '\0')
		password = NULL; /* public samples give "" for a plain key */
	if (!blob_length_ok(&cert) || !blob_length_ok(&key) || (password && strlen(password) > CERT_PASSWORD_MAX))
		return -ERANGE;
	r = check_id(dev, id);
	if (r == 0)
		r = certificate_parse(cert.bytes, cert.length, &rules, &certificate);
	if (r < 0)
		return r;
	r = certificate_add_key(certificate, key.bytes, key.length, password, &rules);
	if (r < 0) {
		certificate_unref(certificate);
		return r;
	}
	return install(dev, id, certificate);
}

const char *certstore_explain(const struct device *dev, struct cert_blob cert, struct cert_blob key, const char *password)
{
	const struct cert_rules rules = { .takes = takes, .ctx = dev };

	return certificate_explain(cert.bytes, cert.length, key.bytes, key.length, password && password[0] ? password : NULL, &rules);
}

int certstore_delete(struct device *dev, const char *id)
{
	char text[sizeof("delete ") + CERT_ID_MAX];
	struct certstore prepared;

	/* ERANGE and EINVAL are not named here [certstore.h]: an identifier that cannot be is one that is not there. */
	if (!find_entry(&dev->store, id))
		return -ENOENT;
	prepared = duplicate(&dev->store);
	remove_entry(&prepared, find_entry(&prepared, id));
	(void) snprintf(text, sizeof(text), "delete %s", id);
	return commit(dev, &prepared, text);
}

int certstore_move(struct device *dev, const char *source, const char *destination)
{
	char text[sizeof("move  -> ") + 2 * CERT_ID_MAX];
	struct certstore_entry *moved, *replaced;
	struct certstore prepared;
	int r = check_id(dev, source), s = check_id(dev, destination);

	if (r < 0 || s < 0)
		return r == -ERANGE || s == -ERANGE ? -ERANGE : -EINVAL;
	if (!find_entry(&dev->store, source))
		return -ENOENT;
	if (!find_entry(&dev->store, destination) && device_reading(dev, READING_MOVE_DESTINATION) == MOVE_DESTINATION_REQUIRED)
		return -ENOENT;
	if (strcmp(source, destination) == 0)
		return 0; /* it is there already */
	prepared = duplicate(&dev->store);
	replaced = find_entry(&prepared, destination);
	if (replaced)
		remove_entry(&prepared, replaced);
	moved = find_entry(&prepared, source);
	(void) snprintf(moved->id, sizeof(moved->id), "%s", destination);
	(void) snprintf(text, sizeof(text), "move %s -> %s", source, destination);
	return commit(dev, &prepared, text);
}

int certstore_damage(struct device *dev, const char *id)
{
	struct certstore_entry *entry = find_entry(&dev->store, id);
	struct certificate *good;

	if (!entry)
		return -ENOENT;
	good = entry->certificate;
	entry->certificate = certificate_damaged(good);
	certificate_unref(good);
	return 0;
}

/* ---- Requests -------------------------------------------------------------------------------------------------------- */

/* Identifiers come with at most one character too many. */
struct id_field {
	char text[CERT_ID_MAX + 2];
};

static void get_id(struct wire_reader *in, struct id_field *ret)
{
	(void) wire_get_str(in, ret->text, sizeof(ret->text));
}

/* For people. */
static const char *show_id(const struct id_field *id, struct id_field *buffer)
{
	return wifi_printable((const uint8_t *)id->text, strlen(id->text), buffer->text, sizeof(buffer->text));
}

static bool allowed(struct device *dev)
{
	return device_has_capability(dev, "CertStore");
}

static int request_install_client(struct device *dev, struct wire_reader *in)
{
	char password[CERT_PASSWORD_MAX + 2];
	struct cert_blob cert, key;
	struct id_field id, shown;
	uint8_t has_password;
	int r;

	get_id(in, &id);
	cert.bytes = wire_get_bytes(in, &cert.length);
	key.bytes = wire_get_bytes(in, &key.length);
	has_password = wire_get_u8(in);
	(void) wire_get_str(in, password, sizeof(password));
	if (!wire_reader_done(in) || has_password > 1 || (!has_password && password[0] != '\0'))
		r = -EBADMSG;
	else if (!allowed(dev))
		r = -EACCES;
	else
		r = certstore_install_client(dev, id.text, cert, key, has_password ? password : NULL);
	OPENSSL_cleanse(password, sizeof(password));
	if (r != -EBADMSG)
		device_summary(dev, "id=%s bytes=%zu key=%zu", show_id(&id, &shown), cert.length, key.length);
	return r;
}

static int request_install_root(struct device *dev, struct wire_reader *in)
{
	struct cert_blob cert;
	struct id_field id, shown;

	get_id(in, &id);
	cert.bytes = wire_get_bytes(in, &cert.length);
	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "id=%s bytes=%zu", show_id(&id, &shown), cert.length);
	return allowed(dev) ? certstore_install_root(dev, id.text, cert) : -EACCES;
}

static int request_delete(struct device *dev, struct wire_reader *in)
{
	struct id_field id, shown;

	get_id(in, &id);
	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "id=%s", show_id(&id, &shown));
	return allowed(dev) ? certstore_delete(dev, id.text) : -EACCES;
}

static int request_move(struct device *dev, struct wire_reader *in)
{
	struct id_field source, destination, shown, shown_too;

	get_id(in, &source);
	get_id(in, &destination);
	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "from=%s to=%s", show_id(&source, &shown), show_id(&destination, &shown_too));
	return allowed(dev) ? certstore_move(dev, source.text, destination.text) : -EACCES;
}

static int request_number(struct device *dev, uint16_t op, struct wire_reader *in)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!allowed(dev))
		return -EACCES;
	return (int)(op == WIRE_CERTSTORE_COUNT ? dev->store.count : certstore_available(dev));
}

static int request_id_at(struct device *dev, struct wire_reader *in, struct wire_writer *out)
{
	uint64_t index = wire_get_u64(in);

	if (!wire_reader_done(in))
		return -EBADMSG;
	if (!allowed(dev))
		return -EACCES;
	if (index >= dev->store.count)
		return -ERANGE;
	wire_put_str(out, dev->store.entries[index].id);
	device_summary(dev, "index=%zu id=%s", (size_t)index, dev->store.entries[index].id);
	return 0;
}

static int request_info(struct device *dev, struct wire_reader *in, struct wire_writer *out)
{
	const struct certificate *certificate;
	struct id_field id, shown;
	uint32_t field;

	get_id(in, &id);
	field = wire_get_u32(in);
	if (!wire_reader_done(in))
		return -EBADMSG;
	device_summary(dev, "id=%s", show_id(&id, &shown));
	if (!allowed(dev))
		return -EACCES;
	if (field < INFO_NOT_BEFORE || field > INFO_ISSUER)
		return -EINVAL;
	certificate = certstore_find(&dev->store, id.text);
	if (!certificate)
		return -ENOENT;
	if (certificate->damaged)
		return -EINVAL;
	switch (field) {
	case INFO_NOT_BEFORE:
		wire_put_i64(out, certificate->not_before_s);
		break;
	case INFO_NOT_AFTER:
		wire_put_i64(out, certificate->not_after_s);
		break;
	case INFO_SUBJECT:
		wire_put_str(out, certificate->subject);
		break;
	default:
		wire_put_str(out, certificate->issuer);
		break;
	}
	return 0;
}

int certstore_request(struct device *dev, uint16_t op, struct wire_reader *in, struct wire_writer *out)
{
	switch (op) {
	case WIRE_CERTSTORE_INSTALL_CLIENT:
		return request_install_client(dev, in);
	case WIRE_CERTSTORE_INSTALL_ROOT:
		return request_install_root(dev, in);
	case WIRE_CERTSTORE_DELETE:
		return request_delete(dev, in);
	case WIRE_CERTSTORE_COUNT:
	case WIRE_CERTSTORE_SPACE:
		return request_number(dev, op, in);
	case WIRE_CERTSTORE_ID_AT:
		return request_id_at(dev, in, out);
	case WIRE_CERTSTORE_MOVE:
		return request_move(dev, in);
	case WIRE_CERTSTORE_INFO:
		return request_info(dev, in, out);
	default:
		return -EBADMSG;
	}
}
