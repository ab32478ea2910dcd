/* What the oracles say at the end of a run: leftovers, and secrets in the logs that the daemons wrote. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/run/internal.h"

/* ---- Leftovers ----------------------------------------------------------------------------------------------------------- */

/* The scenario's own "end" speaks of these lists: then it, not the oracle, decides. */
static bool end_lists(const struct run *run, bool networks)
{
	for (size_t i = 0; i < run->scenario->expect_count; i++) {
		const struct scn_expect *e = &run->scenario->expects[i];

		if (e->kind == SCN_EXPECT_END && (networks ? e->that.networks : e->that.certificates))
			return true;
	}
	return false;
}

static bool provisioned_network(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->dev_net_count; i++)
		if (strcmp(s->dev_nets[i].name, name) == 0)
			return true;
	return false;
}

static bool provisioned_certificate(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->dev_cert_count; i++)
		if (strcmp(s->dev_certs[i].id, id) == 0)
			return true;
	return false;
}

static bool referenced(const struct run *run, const char *id)
{
	struct device_network_info net;

	for (size_t i = 0; device_get_network(run->device, i, &net); i++)
		if (strcmp(net.root_id, id) == 0 || strcmp(net.client_id, id) == 0)
			return true;
	return false;
}

static void leftover(struct run *run, const char *what, const char *name)
{
	char seen[1024];

	run_describe_state(run, seen, sizeof(seen));
	run_note(run, TL_ORACLE, false, NULL, "leftovers: %s %s", what, name);
	run_fail(run, "oracle leftovers: %s %s is left over at the end\n    seen: %s", what, name, seen);
}

static void check_leftovers(struct run *run)
{
	struct device_network_info net;
	struct device_certificate_info cert;

	for (size_t i = 0; !end_lists(run, true) && device_get_network(run->device, i, &net); i++)
		if (!provisioned_network(run->scenario, net.config_name))
			leftover(run, "network", net.config_name);
	for (size_t i = 0; !end_lists(run, false) && device_get_certificate(run->device, i, &cert); i++)
		if (!provisioned_certificate(run->scenario, cert.id) && !referenced(run, cert.id))
			leftover(run, "certificate", cert.id);
	if (device_get_network_count(run->device) != device_get_persisted_network_count(run->device))
		leftover(run, "unsaved change of", "the Wi-Fi configuration");
	for (size_t i = 0; device_get_network(run->device, i, &net); i++) {
		struct device_certificate_info info;
		bool root = !net.root_id[0], client = !net.client_id[0];

		for (size_t j = 0; device_get_certificate(run->device, j, &info); j++) {
			root |= strcmp(info.id, net.root_id) == 0;
			client |= strcmp(info.id, net.client_id) == 0;
		}
		if (!root || !client)
			leftover(run, "reference to a missing certificate in network", net.config_name);
	}
}

/* ---- Secrets ------------------------------------------------------------------------------------------------------------- */

/* A run of characters that only the private part of a PKCS#8 key has: of a P-256 key (three lines) the beginning of the second
 * line; of an RSA key, which begins with its public modulus, the last full line. */
void oracle_add_secret(struct run *run, const char *key_pem)
{
	const char *lines[128];
	size_t count = 0, take;
	char **grown;

	for (const char *p = strchr(key_pem, '\n'); p && count < ARRAY_LEN(lines) && strncmp(p + 1, "-----", 5) != 0; p = strchr(p + 1, '\n'))
		lines[count++] = p + 1;
	if (count < 2)
		return;
	take = count <= 4 ? 1 : count - 2;
	grown = realloc(run->secrets, (run->secret_count + 1) * sizeof(*grown));
	if (!grown)
		abort();
	run->secrets = grown;
	grown[run->secret_count++] = strndup(lines[take], 26);
}

static const char *secret_in(const struct run *run, const char *line)
{
	if (strstr(line, "PRIVATE KEY-----"))
		return "a private key";
	for (size_t i = 0; i < run->secret_count; i++)
		if (run->secrets[i][0] && strstr(line, run->secrets[i]))
			return "part of a private key";
	return NULL;
}

void oracle_scan_line(struct run *run, const char *where, const char *line)
{
	const char *what = secret_in(run, line);

	if (!what || run->secret_reported || !oracle_on(run, "secrets"))
		return;
	run->secret_reported = true;
	run_note(run, TL_ORACLE, false, NULL, "secrets: %s in %s", what, where);
	run_fail(run, "oracle secrets: %s stands in %s", what, where);
}

static void scan_file(struct run *run, const char *path, const char *name)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t capacity = 0;

	if (!f)
		return;
	while (getline(&line, &capacity, f) >= 0)
		oracle_scan_line(run, name, line);
	free(line);
	(void) fclose(f);
}

static void scan_logs(struct run *run)
{
	char dir_path[PATH_MAX];
	DIR *dir;
	struct dirent *entry;

	(void) snprintf(dir_path, sizeof(dir_path), "%s/net", run->run_dir);
	dir = opendir(dir_path);
	while (dir && (entry = readdir(dir))) {
		char path[PATH_MAX + 256];
		struct stat st;

		(void) snprintf(path, sizeof(path), "%s/%s", dir_path, entry->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			scan_file(run, path, entry->d_name);
	}
	if (dir)
		(void) closedir(dir);
}

void oracle_finish(struct run *run)
{
	if (oracle_on(run, "secrets"))
		scan_logs(run);
	if (!run->stop && device_is_on(run->device) && oracle_on(run, "leftovers"))
		check_leftovers(run);
}
