/* Starting the daemons of the test network, each with its files and its environment: see testnetd/start.h. */
#define _GNU_SOURCE
#include "sim/net/testnetd/start.h"

#include <errno.h>
#include <stdio.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnetd/clocks.h"
#include "sim/net/testnetd/conf.h"
#include "sim/net/testnetd/devclock.h"
#include "sim/net/testnetd/lan.h"

#define NUMBER_TEXT(n) NUMBER_TEXT_(n)
#define NUMBER_TEXT_(n) #n

static int write_text(const struct daemons *d, const char *name, const char *text)
{
	char path[DAEMONS_PATH_MAX];

	return conf_write(daemons_work_path(d, name, path), text, strlen(text));
}

static int write_template(const struct daemons *d, const char *name, const char *text, const struct conf_var *vars,
                          size_t var_count)
{
	cleanup_free char *expanded = NULL;
	int r = conf_expand(text, vars, var_count, &expanded);

	if (r < 0)
		return r;
	r = write_text(d, name, expanded);
	explicit_bzero(expanded, strlen(expanded));
	return r;
}

/* RADIUS takes the CRL from the file of the roots. */
static int write_roots(const struct daemons *d)
{
	cleanup_free char *both = NULL;

	if (d->state.crl_pem == NULL)
		return write_text(d, "radius/client-roots.pem", d->state.client_roots_pem);
	if (asprintf(&both, "%s\n%s", d->state.client_roots_pem, d->state.crl_pem) < 0) {
		both = NULL;
		return -ENOMEM;
	}
	return write_text(d, "radius/client-roots.pem", both);
}

static size_t list_length(const char *const *list)
{
	size_t count = 0;

	while (list != NULL && list[count] != NULL)
		count++;
	return count;
}

static int write_radius_files(const struct daemons *d)
{
	const struct net_state *s = &d->state;
	cleanup_free char *identities = NULL, *clients = NULL;
	char fragment[16];
	int r = conf_known_identities((char *const *) s->known_identities, list_length(s->known_identities), &identities);

	if (r == 0)
		r = conf_only_clients((char *const *) s->only_clients, list_length(s->only_clients), &clients);
	if (r < 0)
		return r;
	(void) snprintf(fragment, sizeof(fragment), "%u", s->fragment_size != 0 ? s->fragment_size : NET_FRAGMENT_DEFAULT);
	const struct conf_var vars[] = {
	        {"WORK", d->work},
	        {"AUTH_PORT", NUMBER_TEXT(DAEMONS_AUTH_PORT)},
	        {"STATUS_PORT", NUMBER_TEXT(DAEMONS_STATUS_PORT)},
	        {"SECRET", s->radius_secret_wrong ? d->wrong_secret : d->secret},
	        {"STATUS_SECRET", d->status_secret},
	        {"CHECK_CRL", s->crl_pem != NULL ? "yes" : "no"},
	        {"TLS", s->tls == NET_TLS_1_3 ? "1.3" : "1.2"},
	        {"CHECK_CN", s->cn_must_match ? "check_cert_cn = %{User-Name}" : "# identity and CN may differ"},
	        {"KNOWN_IDENTITIES", identities},
	        {"ONLY_CLIENTS", clients},
	        {"ASK_FILE", s->only_clients != NULL ? "virtual_server = on_file" : "# no file of client certificates"},
	        {"FRAGMENT_SIZE", fragment},
	};

	r = write_template(d, "radius/radiusd.conf", testnetd_template_radiusd, vars, ARRAY_LEN(vars));
	if (r == 0)
		r = write_template(d, "radius/dictionary", testnetd_template_dictionary, vars, ARRAY_LEN(vars));
	if (r == 0)
		r = write_text(d, "radius/openssl.cnf", testnetd_template_openssl);
	if (r == 0)
		r = write_text(d, "radius/server.pem", s->server_chain_pem);
	if (r == 0)
		r = write_text(d, "radius/server.key", s->server_key_pem);
	return r == 0 ? write_roots(d) : r;
}

/* The environment of a daemon that lives in the time of `clock_file`. */
struct environment {
	char preload[2 * DAEMONS_PATH_MAX + 48], file[DAEMONS_PATH_MAX + 32], libraries[DAEMONS_PATH_MAX + 32];
	char key_log[DAEMONS_PATH_MAX + 16], openssl[DAEMONS_PATH_MAX + 48], devclock[DAEMONS_PATH_MAX + 48];
	const char *list[11];
};

/* openssl_conf: of OpenSSL in it, in the work folder; NULL: the system's. devclock: its monotonic clock is ours, too. */
static const char *const *faked_environment(const struct daemons *d, const char *clock_file, const char *openssl_conf, bool devclock,
                                            struct environment *e)
{
	if (devclock)
		(void) snprintf(e->preload, sizeof(e->preload), "LD_PRELOAD=%s/devclock.so %s/faketime.so", d->work, d->work);
	else
		(void) snprintf(e->preload, sizeof(e->preload), "LD_PRELOAD=%s/faketime.so", d->work);
	(void) snprintf(e->devclock, sizeof(e->devclock), DEVCLOCK_ENV "=%s/" CLOCKS_MONOTONIC, d->work);
	(void) snprintf(e->file, sizeof(e->file), "FAKETIME_TIMESTAMP_FILE=%s/%s", d->work, clock_file);
	(void) snprintf(e->libraries, sizeof(e->libraries), "LD_LIBRARY_PATH=%s/radius-lib", d->work);
	const char *list[] = {e->preload,  e->file,        e->libraries, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
	                      "TZ=UTC", "PATH=/usr/bin:/bin", NULL, NULL, NULL, NULL};
	size_t n = ARRAY_LEN(list) - 4;

	if (d->capture.on)
		list[n++] = e->key_log;
	if (openssl_conf != NULL)
		list[n++] = e->openssl;
	if (devclock)
		list[n++] = e->devclock;
	(void) snprintf(e->openssl, sizeof(e->openssl), "OPENSSL_CONF=%s/%s", d->work, openssl_conf != NULL ? openssl_conf : "");
	(void) snprintf(e->key_log, sizeof(e->key_log), "SSLKEYLOGFILE=%s", d->key_log);
	memcpy(e->list, list, sizeof(list));
	return e->list;
}

int start_radius(struct daemons *d, struct az_error *ret_error)
{
	char folder[DAEMONS_PATH_MAX];
	struct environment environment;
	const char *const argv[] = {d->paths->freeradius, "-f", "-l", "stdout", "-n", "radiusd", "-d",
	                            daemons_work_path(d, "radius", folder), "-D", folder, NULL};
	int r = write_radius_files(d);

	if (r == 0)
		r = clocks_write(d, CLOCKS_RADIUS, d->radius_wall_s);
	if (r < 0)
		return daemons_fail_setup(ret_error, r, "files of freeradius");
	return proc_start(&d->radius, argv, faked_environment(d, CLOCKS_RADIUS, "radius/openssl.cnf", false, &environment), ret_error);
}

int start_ap(struct daemons *d, size_t index, struct az_error *ret_error)
{
	char config[DAEMONS_PATH_MAX], name[48] = "hostapd.conf", interface[DAEMONS_INTERFACE_MAX], identifier[32] = "azsim";

	if (index > 0) {
		(void) snprintf(name, sizeof(name), "hostapd-bss%zu.conf", index);
		(void) snprintf(identifier, sizeof(identifier), "azsim-%zu", index + 1);
	}
	const char *const argv[] = {d->paths->hostapd, "-t", daemons_work_path(d, name, config), NULL};
	char ssid[2 * 32 + 1];
	const struct conf_var vars[] = {{"WORK", d->work},
	                                {"INTERFACE", index == 0 ? d->medium->ap_interface : daemons_interface(net_bss_radio(index), interface)},
	                                {"HIDDEN", d->state.hidden ? "1" : "0"},
	                                {"SSID", conf_hex(d->state.ssid, strlen(d->state.ssid), ssid, sizeof(ssid))},
	                                {"IDENTIFIER", identifier},
	                                {"FORGETS_KEYS", d->state.pmksa_caching ? "0" : "1"},
	                                {"AUTH_PORT", NUMBER_TEXT(DAEMONS_AUTH_PORT)},
	                                {"SECRET", d->secret}};
	int r = write_template(d, name, d->medium->hostapd_template, vars, ARRAY_LEN(vars));

	if (r < 0)
		return daemons_fail_setup(ret_error, r, "files of hostapd");
	return proc_start(&d->ap[index], argv, daemons_environment, ret_error);
}

int start_other(struct daemons *d, size_t index, struct az_error *ret_error)
{
	const struct net_ap *ap = &d->state.others[index];
	char config[DAEMONS_PATH_MAX], name[32], interface[DAEMONS_INTERFACE_MAX], ssid[2 * 32 + 1];
	cleanup_free char *security = NULL;
	int r;

	(void) snprintf(name, sizeof(name), "hostapd-%zu.conf", index);
	if (ap->security != AUTH_SECURITY_PSK)
		security = strdup("wpa=0");
	else if (asprintf(&security, "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\n%s=%s",
	                  strlen(ap->psk) == 64 ? "wpa_psk" : "wpa_passphrase", ap->psk) < 0)
		security = NULL;
	if (security == NULL)
		return daemons_fail_setup(ret_error, -ENOMEM, "files of hostapd");
	const char *const argv[] = {d->paths->hostapd, "-t", daemons_work_path(d, name, config), NULL};
	const struct conf_var vars[] = {{"WORK", d->work},
	                                {"INTERFACE", daemons_interface(net_other_radio(index), interface)},
	                                {"HIDDEN", ap->hidden ? "1" : "0"},
	                                {"SSID", conf_hex(ap->ssid, strlen(ap->ssid), ssid, sizeof(ssid))},
	                                {"SECURITY", security}};
	r = write_template(d, name, testnetd_template_hostapd_other, vars, ARRAY_LEN(vars));
	explicit_bzero(security, strlen(security));
	return r < 0 ? daemons_fail_setup(ret_error, r, "files of hostapd") : proc_start(&d->others[index], argv, daemons_environment, ret_error);
}

int start_supplicant(struct daemons *d, struct az_error *ret_error)
{
	char config[DAEMONS_PATH_MAX];
	struct environment environment;
	const char *const argv[] = {d->paths->wpa_supplicant, "-t", "-D", d->medium->supplicant_driver, "-i",
	                            d->medium->device_interface, "-c", daemons_work_path(d, "wpa_supplicant.conf", config), NULL};
	const struct conf_var vars[] = {{"WORK", d->work}};
	int r = write_template(d, "wpa_supplicant.conf", d->medium->supplicant_template, vars, ARRAY_LEN(vars));

	if (r == 0)
		r = clocks_write(d, CLOCKS_DEVICE, d->device_wall_s);
	if (r < 0)
		return daemons_fail_setup(ret_error, r, "files of wpa_supplicant");
	lan_enter_device();
	r = proc_start(&d->supplicant, argv, faked_environment(d, CLOCKS_DEVICE, NULL, d->medium->radio, &environment), ret_error);
	lan_leave_device();
	return r;
}
