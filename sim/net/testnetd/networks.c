/* See testnetd/networks.h. */
#include "sim/net/testnetd/networks.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/conf.h"

static const char *const file_kinds[] = {"root", "client", "key"};
enum { FILE_ROOT, FILE_CLIENT, FILE_KEY };

static const char *file_path(const struct daemons *d, unsigned files, int kind, char out[DAEMONS_PATH_MAX])
{
	(void) snprintf(out, DAEMONS_PATH_MAX, "%s/device/%u.%s", d->work, files, file_kinds[kind]);
	return out;
}

/* One command whose answer is OK or not of interest. */
static int tell(struct daemons *d, const char *format, ...) ATTR_PRINTF(2, 3);
static int tell(struct daemons *d, const char *format, ...)
{
	char command[2048], reply[64];
	va_list ap;
	int n, r;

	va_start(ap, format);
	n = vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	r = n < 0 || (size_t) n >= sizeof(command) ? -EMSGSIZE : ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "%s", command);
	explicit_bzero(command, sizeof(command));
	return r;
}

/* ---- What was told --------------------------------------------------------------------------------------------------------------- */

static bool digest_bytes(EVP_MD_CTX *md, const void *bytes, size_t length)
{
	const uint64_t n = length;

	return EVP_DigestUpdate(md, &n, sizeof(n)) == 1 && EVP_DigestUpdate(md, bytes, length) == 1;
}

static bool digest_text(EVP_MD_CTX *md, const char *text)
{
	return text != NULL ? digest_bytes(md, text, strlen(text)) : digest_bytes(md, "", 0) && digest_bytes(md, "-", 1);
}

static int digest(const struct join_network *n, uint8_t settings[NETWORKS_DIGEST], uint8_t credentials[NETWORKS_DIGEST])
{
	const struct auth_request *q = &n->request;
	const uint8_t kind[3] = {(uint8_t) q->security, q->targeted_scan, n->root_missing};
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 && digest_bytes(md, kind, 2) &&
	            digest_bytes(md, q->ssid, q->ssid_length) && digest_text(md, q->psk) && digest_text(md, q->identity) &&
	            digest_text(md, n->root_id) && digest_text(md, n->client_id) &&
	            digest_bytes(md, q->bssid, q->bssid != NULL ? AUTH_BSSID_LENGTH : 0) && EVP_DigestFinal_ex(md, settings, NULL) == 1 &&
	            EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 && digest_bytes(md, kind + 2, 1) && digest_text(md, q->root_ca_pem) &&
	            digest_text(md, q->client_cert_pem) && digest_text(md, q->client_key_pem) &&
	            EVP_DigestFinal_ex(md, credentials, NULL) == 1;

	EVP_MD_CTX_free(md);
	return good ? 0 : -ENOMEM;
}

const struct networks_entry *networks_by_id(const struct networks *networks, int id)
{
	for (size_t i = 0; i < networks->count; i++)
		if (networks->list[i].id == id)
			return &networks->list[i];
	return NULL;
}

const struct networks_entry *networks_by_serial(const struct networks *networks, uint64_t serial)
{
	for (size_t i = 0; i < networks->count; i++)
		if (networks->list[i].serial == serial)
			return &networks->list[i];
	return NULL;
}

void networks_set_aside(struct networks *networks, int id, uint64_t free_s)
{
	for (size_t i = 0; i < networks->count; i++)
		if (networks->list[i].id == id)
			networks->list[i].free_s = free_s;
}

bool networks_free_at(const struct networks *networks, uint64_t second)
{
	for (size_t i = 0; i < networks->count; i++)
		if (networks->list[i].enabled && networks->list[i].free_s == second)
			return true;
	return false;
}

/* ---- Files ----------------------------------------------------------------------------------------------------------------------- */

static int write_or_remove(const struct daemons *d, unsigned files, int kind, const char *text)
{
	char path[DAEMONS_PATH_MAX];

	(void) file_path(d, files, kind, path);
	if (text != NULL)
		return conf_write(path, text, strlen(text));
	return unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
}

static int write_files(const struct daemons *d, unsigned files, const struct auth_request *q)
{
	int r = write_or_remove(d, files, FILE_ROOT, q->root_ca_pem);

	if (r == 0)
		r = write_or_remove(d, files, FILE_CLIENT, q->client_cert_pem);
	return r == 0 ? write_or_remove(d, files, FILE_KEY, q->client_key_pem) : r;
}

static void remove_files(const struct daemons *d, unsigned files)
{
	for (int kind = 0; kind < (int) ARRAY_LEN(file_kinds); kind++)
		(void) write_or_remove(d, files, kind, NULL);
}

void networks_remove_keys(const struct daemons *d, const struct networks *networks)
{
	for (size_t i = 0; i < networks->count; i++)
		(void) write_or_remove(d, networks->list[i].files, FILE_KEY, NULL);
}

/* ---- Differences ----------------------------------------------------------------------------------------------------------------- */

static int drop(struct daemons *d, struct networks *networks, size_t index)
{
	struct networks_entry *entry = &networks->list[index];
	int r = tell(d, "REMOVE_NETWORK %d", entry->id);

	remove_files(d, entry->files);
	*entry = networks->list[--networks->count];
	return r;
}

/* The identity goes in hex: no byte of it can mean anything to the parser. An empty one must be written as a string. */
static int set_identity(struct daemons *d, int id, const char *identity)
{
	char hex[2 * 512 + 3] = "\"\"";
	size_t length = strlen(identity);

	if (2 * length + 1 > sizeof(hex))
		return -EMSGSIZE;
	if (length > 0)
		(void) conf_hex(identity, length, hex, sizeof(hex));
	return tell(d, "SET_NETWORK %d identity %s", id, hex);
}

static int set_eap(struct daemons *d, const struct networks_entry *entry, const struct join_network *n)
{
	char path[DAEMONS_PATH_MAX];
	int r = tell(d, "SET_NETWORK %d key_mgmt WPA-EAP", entry->id);

	if (r == 0)
		r = tell(d, "SET_NETWORK %d proto RSN", entry->id);
	if (r == 0)
		r = tell(d, "SET_NETWORK %d pairwise CCMP", entry->id);
	if (r == 0)
		r = tell(d, "SET_NETWORK %d eap TLS", entry->id);
	if (r == 0)
		r = tell(d, "SET_NETWORK %d phase1 \"tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1 tls_disable_tlsv1_2=0 tls_disable_tlsv1_3=0\"",
		         entry->id);
	if (r == 0)
		r = set_identity(d, entry->id, n->request.identity);
	if (r == 0)
		r = tell(d, "SET_NETWORK %d client_cert \"%s\"", entry->id, file_path(d, entry->files, FILE_CLIENT, path));
	if (r == 0)
		r = tell(d, "SET_NETWORK %d private_key \"%s\"", entry->id, file_path(d, entry->files, FILE_KEY, path));
	if (r == 0 && (n->request.root_ca_pem != NULL || n->root_missing))
		r = tell(d, "SET_NETWORK %d ca_cert \"%s\"", entry->id, file_path(d, entry->files, FILE_ROOT, path));
	else if (r == 0)
		r = tell(d, "SET_NETWORK %d ca_cert NULL", entry->id);
	return r;
}

static int set_key(struct daemons *d, const struct networks_entry *entry, const struct auth_request *q)
{
	const char *quote = q->psk != NULL && strlen(q->psk) == 64 ? "" : "\"";
	int r = tell(d, "SET_NETWORK %d key_mgmt %s", entry->id, q->security == AUTH_SECURITY_PSK ? "WPA-PSK" : "NONE");

	if (r == 0 && q->security == AUTH_SECURITY_PSK)
		r = tell(d, "SET_NETWORK %d psk %s%s%s", entry->id, quote, q->psk != NULL ? q->psk : "", quote);
	return r;
}

/* No access point has this one. */
static const uint8_t nobody[AUTH_BSSID_LENGTH] = {0x02, 0, 0, 0, 0xff, 0xff};

/* One access point, or any. */
static int set_access_point(struct daemons *d, int id, const uint8_t *b)
{
	if (b == NULL)
		return tell(d, "SET_NETWORK %d bssid any", id);
	return tell(d, "SET_NETWORK %d bssid %02x:%02x:%02x:%02x:%02x:%02x", id, b[0], b[1], b[2], b[3], b[4], b[5]);
}

/* wpa_supplicant sees for itself which values are others than before. */
static int set_all(struct daemons *d, const struct networks_entry *entry, const struct join_network *n)
{
	char hex[2 * 32 + 1];
	int r = tell(d, "SET_NETWORK %d ssid %s", entry->id, conf_hex(n->request.ssid, n->request.ssid_length, hex, sizeof(hex)));

	if (r == 0)
		r = tell(d, "SET_NETWORK %d scan_ssid %d", entry->id, n->request.targeted_scan);
	if (r == 0)
		r = set_access_point(d, entry->id, n->request.bssid);
	if (r == 0)
		r = n->request.security == AUTH_SECURITY_EAP_TLS ? set_eap(d, entry, n) : set_key(d, entry, &n->request);
	return r;
}

static int add(struct daemons *d, struct networks *networks, const struct join_network *n, struct networks_entry **ret_entry)
{
	struct networks_entry *entry = &networks->list[networks->count];
	char reply[64], *end;
	int r = ctl_request(&d->supplicant_ctl, reply, sizeof(reply), "ADD_NETWORK");

	if (r < 0)
		return r;
	*entry = (struct networks_entry){.serial = n->serial, .id = (int) strtol(reply, &end, 10)};
	if (end == reply)
		return -EBADMSG;
	networks->count++;
	/* The channels of the simulated access points: a scan of all of them takes seconds. */
	r = tell(d, "SET_NETWORK %d scan_freq " DAEMONS_FREQUENCIES, entry->id);
	if (r == 0)
		r = tell(d, "SET_NETWORK %d freq_list " DAEMONS_FREQUENCIES, entry->id);
	*ret_entry = entry;
	return r;
}

static int put(struct daemons *d, struct networks *networks, struct networks_entry *entry, const struct join_network *n)
{
	uint8_t settings[NETWORKS_DIGEST], credentials[NETWORKS_DIGEST];
	bool first = entry->files == 0, read_anew = entry->handed != n->handed, differs;
	int r = digest(n, settings, credentials);

	if (r < 0)
		return r;
	differs = first || memcmp(settings, entry->settings, sizeof(settings)) != 0;
	/* Certificates that came with a reload lie under the names of the old ones: that is no other value of a setting, and a session
	 * from before goes on with what it began with. What a device sees at once is another value. */
	if (differs || (!read_anew && memcmp(credentials, entry->credentials, sizeof(credentials)) != 0)) {
		if (!first)
			remove_files(d, entry->files);
		entry->files = ++networks->files;
		differs = true;
	}
	memcpy(entry->settings, settings, sizeof(settings));
	memcpy(entry->credentials, credentials, sizeof(credentials));
	if (n->request.security == AUTH_SECURITY_EAP_TLS)
		r = write_files(d, entry->files, &n->request);
	if (r == 0 && differs)
		r = set_all(d, entry, n);
	if (differs)
		entry->held = false;
	if (r == 0 && read_anew && entry->enabled) {
		entry->enabled = false;
		entry->free_s = 0;
		r = tell(d, "DISABLE_NETWORK %d", entry->id); /* only that and enabling it anew makes the failures forgotten */
	}
	entry->handed = n->handed;
	return r;
}

static int put_priority(struct daemons *d, struct networks_entry *entry, unsigned priority)
{
	if (entry->priority == priority)
		return 0;
	entry->priority = priority;
	return tell(d, "SET_NETWORK %d priority %u", entry->id, priority);
}

static int put_enabled(struct daemons *d, struct networks_entry *entry, const struct join_network *n)
{
	int r = 0;

	if (entry->enabled != n->enabled)
		r = tell(d, n->enabled ? "ENABLE_NETWORK %d" : "DISABLE_NETWORK %d", entry->id);
	entry->enabled = n->enabled;
	/* The only setting of which nothing is forgotten: neither failures, as by the two commands, nor keys, as by any other. */
	if (r == 0 && n->enabled && entry->held != n->held) {
		entry->held = n->held;
		r = set_access_point(d, entry->id, n->held ? nobody : n->request.bssid);
	}
	return r;
}

static bool wanted(const struct join_request *join, uint64_t serial)
{
	for (size_t i = 0; i < join->count; i++)
		if (join->networks[i].serial == serial)
			return true;
	return false;
}

/* Its own order is that in which they were added: one that stands too far ahead goes, and comes again behind. */
static int drop_unordered(struct daemons *d, struct networks *networks, const struct join_request *join)
{
	int last = -1, r = 0;

	for (size_t i = 0; i < join->count && r == 0; i++) {
		for (size_t k = 0; k < networks->count; k++) {
			if (networks->list[k].serial != join->networks[i].serial)
				continue;
			if (networks->list[k].id < last)
				r = drop(d, networks, k);
			else
				last = networks->list[k].id;
			break;
		}
		/* One that is new will get the highest number: all behind it have to come after it. */
		if (networks_by_serial(networks, join->networks[i].serial) == NULL)
			last = INT32_MAX;
	}
	return r;
}

static int forget_life(struct daemons *d, struct networks *networks)
{
	int r = 0;

	while (networks->count > 0 && r == 0)
		r = drop(d, networks, networks->count - 1);
	if (r == 0)
		r = tell(d, "PMKSA_FLUSH");
	return r == 0 ? tell(d, "BSSID_IGNORE clear") : r;
}

int networks_sync(struct daemons *d, struct networks *networks, const struct join_request *join, struct az_error *ret_error)
{
	int r = 0;

	if (join->life != networks->life)
		r = forget_life(d, networks);
	networks->life = join->life;
	for (size_t i = networks->count; i-- > 0 && r == 0;)
		if (!wanted(join, networks->list[i].serial))
			r = drop(d, networks, i);
	if (r == 0 && join->count > 0 && !join->networks[0].preferred)
		r = drop_unordered(d, networks, join);
	for (size_t i = 0; i < join->count && r == 0; i++) {
		const struct join_network *n = &join->networks[i];
		struct networks_entry *entry = (struct networks_entry *) networks_by_serial(networks, n->serial);

		if (entry == NULL)
			r = add(d, networks, n, &entry);
		if (r == 0 && n->enabled)
			r = put(d, networks, entry, n);
		if (r == 0)
			r = put_priority(d, entry, n->preferred ? (unsigned) (join->count - i) : 0);
		if (r == 0)
			r = put_enabled(d, entry, n);
	}
	if (r < 0 && daemons_check_after_failure(d, ret_error) == 0) {
		az_error_set(ret_error, AZ_ENVIRONMENT, "wpa_supplicant does not take the device's networks: %s", strerror(-r));
		proc_append_last_lines(&d->supplicant, ret_error);
	}
	return r;
}
