/* azpki: certificates for test networks, right ones and wrong ones. The table of commands, help and version. */
#define _GNU_SOURCE
#include "certs/azpki.h"

#include <errno.h>
#include <stdio.h>

#ifndef AZSIM_VERSION
#define AZSIM_VERSION "unversioned"
#endif

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
	{"root", azpki_cmd_make, "make a root CA"},
	{"intermediate", azpki_cmd_make, "make an intermediate CA"},
	{"server", azpki_cmd_make, "make a certificate for a RADIUS or web server"},
	{"client", azpki_cmd_make, "make a certificate for a device on the network"},
	{"device-auth", azpki_cmd_make, "make a certificate with which a device shows itself to the issuer"},
	{"crl", azpki_cmd_crl, "make a revocation list"},
	{"show", azpki_cmd_show, "say what is in PEM files"},
	{"verify", azpki_cmd_verify, "verify a certificate at any time"},
};

static void help(FILE *out)
{
	(void) fputs("azpki: certificates for test networks, with any validity and with faults by name\n\n"
	             "usage: azpki COMMAND [ARGUMENTS]\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void) fprintf(out, "  %-13s %s\n", commands[i].name, commands[i].about);
	(void) fputs("\n  azpki COMMAND --help   options of a command\n"
	             "  azpki --version\n\n"
	             "exit status: 0 good, 1 a certificate does not verify, 2 bad usage or bad files,\n"
	             "             3 this machine refuses (space, rights, memory)\n", out);
}

static int version(void)
{
	(void) puts("azpki " AZSIM_VERSION);
	return AZPKI_OK;
}

static int run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (!name) {
		help(stderr);
		return AZPKI_USAGE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		help(stdout);
		return AZPKI_OK;
	}
	if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0)
		return version();
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		for (int j = 2; j < argc; j++)
			if (strcmp(argv[j], "--version") == 0)
				return version();
		return commands[i].run(argc - 1, argv + 1);
	}
	return azpki_say(AZPKI_USAGE, "no command \"%s\"; there are root, intermediate, server, client, device-auth, crl, show, verify; "
	                 "try: azpki --help", name);
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	/* An answer that nobody got is none. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == AZPKI_OK)
		return azpki_say(AZPKI_ENVIRONMENT, "standard output: %s", strerror(errno));
	return status;
}
