/* See files.h. */
#define _GNU_SOURCE
#include "tests/scenario/files.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emu-applibs/base/base.h"

static char folder[] = "/tmp/azsim-scenario-XXXXXX";

static const char *const base[] = {
	/*  1 */ "scenario: base",
	/*  2 */ "about: A device on a network.",
	/*  3 */ "start: 2026-01-01",
	/*  4 */ "length: 90d",
	/*  5 */ "pki:",
	/*  6 */ "  - {name: ca1, use: root, valid: [-5y, +5y]}",
	/*  7 */ "  - {name: ca2, use: root, valid: [-1d, +10y]}",
	/*  8 */ "  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +1y]}",
	/*  9 */ "  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-1y, +1y]}",
	/* 10 */ "network: {ssid: CorpNet, server: radius1, client_roots: [ca1]}",
	/* 11 */ "issuer: {root: ca1}",
	/* 12 */ "device:",
	/* 13 */ "  certificates:",
	/* 14 */ "    - {id: RootCA1, cert: ca1}",
	/* 15 */ "    - {id: ClientCert1, cert: dev1}",
	/* 16 */ "  networks:",
	/* 17 */ "    - {name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}",
	/* 18 */ "events:",
	/* 19 */ "  - {at: +30d, issuer: {root: ca2}}",
	/* 20 */ "expect:",
	/* 21 */ "  - {by: +5m, that: {connected: Network1}}",
	/* 22 */ "limits: {calls_per_day: 500}",
};

int files_setup(void **state)
{
	(void) state;
	return mkdtemp(folder) ? 0 : -1;
}

int files_teardown(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	(void) state;
	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void) unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		(void) closedir(dir);
	return rmdir(folder);
}

const char *files_path(const char *name)
{
	static char path[PATH_MAX];

	(void) snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

const char *files_write(const char *name, const void *bytes, size_t length)
{
	const char *path = files_path(name);
	FILE *f = fopen(path, "we");

	if (!f || fwrite(bytes, 1, length, f) != length || fclose(f) != 0)
		abort();
	return path;
}

const char *files_base_with(unsigned line, const char *text)
{
	char whole[16384] = "";
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(base); i++)
		n += (size_t)snprintf(whole + n, sizeof(whole) - n, "%s\n", i + 1 == line ? text : base[i]);
	if (n >= sizeof(whole))
		abort();
	return files_write("base.yaml", whole, n);
}
