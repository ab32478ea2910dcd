/* azpki as a user calls it: the program of this build, in a folder of its own.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "certs/pki.h"
#include "emu-applibs/base/base.h"

#define NOW "--now=2026-01-01"
#define NOW_S INT64_C(1767225600)
#define DAY INT64_C(86400)

extern char **environ;

static char program[PATH_MAX], folder[] = "/tmp/azsim-azpki-XXXXXX";
static char out[65536], err[65536]; /* of the last run */

/* ---- Running --------------------------------------------------------------------------------------------------------- */

static void slurp(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
	(void) fclose(f);
}

static int run_to(const char *stdout_path, const char *const *arguments)
{
	posix_spawn_file_actions_t actions;
	const char *argv[32] = {"azpki"};
	size_t n = 1;
	pid_t pid;
	int status;

	for (; *arguments && n < ARRAY_LEN(argv) - 1; arguments++)
		argv[n++] = *arguments;
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	(void) posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	(void) posix_spawn_file_actions_addopen(&actions, 1, stdout_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void) posix_spawn_file_actions_addopen(&actions, 2, "../err", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(posix_spawn(&pid, program, &actions, NULL, (char *const *)argv, environ), 0);
	(void) posix_spawn_file_actions_destroy(&actions);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	slurp("../err", err, sizeof(err));
	return WEXITSTATUS(status);
}

static void expect(int line, int status, const char *const *arguments)
{
	int got = run_to("../out", arguments);

	slurp("../out", out, sizeof(out));
	if (got != status)
		fail_msg("line %d: status %d instead of %d\n%s%s", line, got, status, out, err);
	/* Whoever fails says so on stderr alone; verify's refusal is its answer. */
	if (status == 0 && *err)
		fail_msg("line %d: %s", line, err);
	if (status >= 2 && (strncmp(err, "azpki: ", 7) != 0 || strchr(err, '\n') != err + strlen(err) - 1))
		fail_msg("line %d: not one line of azpki: %s", line, err);
}
#define EXPECT(status, ...) expect(__LINE__, status, (const char *const[]){__VA_ARGS__, NULL})

#define SAYS(where, what)                                              \
	do {                                                           \
		if (!strstr(where, what))                              \
			fail_msg("\"%s\" is not in: %s", what, where); \
	} while (0)

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	(void) fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static size_t empty_folder(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e; e = readdir(dir))
		if (e->d_name[0] != '.' && unlinkat(dirfd(dir), e->d_name, 0) == 0)
			count++;
	(void) closedir(dir);
	return count;
}

static size_t files_here(void)
{
	DIR *dir = opendir(".");
	size_t count = 0;

	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e; e = readdir(dir))
		count += e->d_name[0] != '.';
	(void) closedir(dir);
	return count;
}

/* The program lies beside the folder of the tests; what it writes goes into FOLDER/work. */
static int set_up(void **state)
{
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 32);

	(void) state;
	if (n <= 0)
		return -1;
	program[n] = '\0';
	(void) strcpy(strrchr(program, '/'), "/../azpki");
	if (!mkdtemp(folder) || chdir(folder) < 0 || mkdir("work", 0700) < 0 || chdir("work") < 0)
		return -1;
	(void) umask(022);
	return 0;
}

static int tear_down(void **state)
{
	char path[64];

	(void) state;
	(void) empty_folder(".");
	(void) snprintf(path, sizeof(path), "%s/work", folder);
	(void) rmdir(path);
	(void) empty_folder(folder);
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static int fresh(void **state)
{
	(void) state;
	(void) empty_folder(".");
	return 0;
}

/* ---- Making ------------------------------------------------------------------------------------------------------------ */

static void chain_made_by_name_verifies_and_its_dates_are_those_asked_for(void **state)
{
	char pem[16384], error[PKI_ERROR_MAX];
	struct pki_cert *cert;

	(void) state;
	EXPECT(0, "root", "ca1", NOW, "--from=-5y", "--until=2031-01-01");
	EXPECT(0, "intermediate", "sub1", "--issuer=ca1", NOW);
	EXPECT(0, "server", "radius1", "--issuer=sub1", "--dns=radius.example", "--key-type=rsa2048", "--serial=0x1234", NOW);
	EXPECT(0, "client", "dev1", "--issuer=sub1.pem", "--cn=Gerät 1", "--from=+1d", "--until=+90d", NOW);
	EXPECT(0, "device-auth", "auth1", "--issuer=./ca1", NOW);
	EXPECT(0, "verify", "radius1.pem", "--root=ca1.pem", "--for=server", "--key-file=radius1.key", NOW);
	SAYS(out, "good at 2026-01-01T00:00:00Z: /CN=radius1 < /CN=sub1 < /CN=ca1");
	EXPECT(1, "verify", "radius1.pem", "--root=ca1.pem", "--for=client", NOW);
	SAYS(out, "certificate purpose: depth 0, /CN=radius1");
	EXPECT(1, "verify", "dev1.pem", "--root=ca1.pem", NOW);
	SAYS(out, "not yet valid: depth 0");
	EXPECT(0, "verify", "dev1.pem", "--root=ca1.pem", "--for=client", "--now=2026-01-02T00:00:00Z");
	EXPECT(1, "verify", "dev1.pem", "--root=ca1.pem", "--for=client", "--now=2026-04-01T00:00:01Z");
	SAYS(out, "expired");
	EXPECT(1, "verify", "auth1.pem", "--root=sub1.pem", NOW);
	EXPECT(1, "verify", "auth1.pem", "--root=ca1.pem", "--key-file=dev1.key", NOW);
	SAYS(out, "dev1.key is not its private key");

	slurp("dev1.pem", pem, sizeof(pem));
	assert_int_equal(pki_load("dev1", pem, NULL, &cert, error), 0);
	assert_true(pki_not_before(cert) == NOW_S + DAY);
	assert_true(pki_not_after(cert) == NOW_S + 90 * DAY);
	pki_free(cert);
	slurp("ca1.pem", pem, sizeof(pem));
	assert_int_equal(pki_load("ca1", pem, NULL, &cert, error), 0);
	assert_true(pki_not_before(cert) == NOW_S - 5 * 365 * DAY);
	assert_true(pki_not_after(cert) == INT64_C(1924992000)); /* 2031-01-01 */
	pki_free(cert);
	EXPECT(0, "show", "radius1.pem", NOW);
	SAYS(out, "serial   0x1234\n");
	SAYS(out, "dns      radius.example\n");
	SAYS(out, "RSA, 2048 bits\n");
	SAYS(out, "state    valid: ends in 365d\n");
	SAYS(out, "use      intermediate\n");
	EXPECT(0, "server", "radius2", "--issuer=sub1", "--dns=192.0.2.7", NOW);
	EXPECT(0, "show", "radius2.pem", NOW);
	SAYS(out, "address  192.0.2.7\n");
}

static void fault_by_name_is_what_verify_finds(void **state)
{
	static const struct {
		const char *fault, *found;
	} rows[] = {
		{"expired", "certificate has expired: depth 0"},
		{"not-yet-valid", "certificate is not yet valid: depth 0"},
		{"wrong-eku", "certificate purpose: depth 0"},
		{"wrong-key", "is not its private key"},
		{"bad-signature", "certificate signature failure: depth 0"},
	};
	struct stat st;

	(void) state;
	EXPECT(0, "root", "ca1", NOW, "--from=-1y");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char fault[64];

		(void) snprintf(fault, sizeof(fault), "--fault=%s", rows[i].fault);
		EXPECT(0, "server", "s", "--issuer=ca1", NOW, "--from=-1d", "--force", fault);
		SAYS(out, fault + strlen("--fault="));
		EXPECT(1, "verify", "s.pem", "--root=ca1.pem", "--for=server", "--key-file=s.key", NOW);
		SAYS(out, rows[i].found);
	}
	EXPECT(0, "client", "big", "--issuer=ca1", NOW, "--fault=oversize");
	assert_int_equal(stat("big.pem", &st), 0);
	assert_in_range(st.st_size, 8193, 20000);
	EXPECT(0, "verify", "big.pem", "--root=ca1.pem", "--for=client", "--key-file=big.key", NOW);
}

/* ---- Keys ---------------------------------------------------------------------------------------------------------------- */

static void encrypted_keys_sign_with_their_password_and_show_no_secret(void **state)
{
	char key[8192];

	(void) state;
	write_text("word", "correct horse\r\nsecond line\n");
	write_text("other", "battery");
	write_text("empty", "\nword\n");
	EXPECT(0, "root", "ca1", "--key-password-file=word", NOW);
	assert_null(strstr(out, "horse"));
	slurp("ca1.key", key, sizeof(key));
	SAYS(key, "-----BEGIN ENCRYPTED PRIVATE KEY-----");
	EXPECT(0, "root", "ca2", "--key-type=rsa2048", "--key-format=traditional", "--key-password-file=word", NOW);
	slurp("ca2.key", key, sizeof(key));
	SAYS(key, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED");
	EXPECT(0, "root", "ca3", "--key-format=traditional", NOW);
	slurp("ca3.key", key, sizeof(key));
	SAYS(key, "-----BEGIN EC PRIVATE KEY-----\n");

	EXPECT(0, "client", "dev1", "--issuer=ca1", "--issuer-password-file=word", NOW);
	EXPECT(0, "crl", "ca2", "--issuer-password-file=word", NOW);
	EXPECT(2, "client", "dev2", "--issuer=ca1", NOW);
	SAYS(err, "encrypted");
	EXPECT(2, "client", "dev2", "--issuer=ca1", "--issuer-password-file=other", NOW);
	assert_null(strstr(err, "battery"));
	EXPECT(2, "root", "ca4", "--key-password-file=empty", NOW);
	SAYS(err, "first line");
	assert_int_equal(access("ca4.pem", F_OK), -1);
	EXPECT(0, "verify", "ca1.pem", "--root=ca1.pem", "--key-file=ca1.key", "--key-password-file=word", NOW);
	EXPECT(2, "verify", "ca1.pem", "--root=ca1.pem", "--key-file=ca1.key", NOW);

	EXPECT(0, "show", "ca1.key", "ca2.key", "ca3.key");
	SAYS(out, "ca1.key: private key (PKCS#8)\n  key      encrypted\n");
	SAYS(out, "ca2.key: private key (traditional)\n  key      encrypted\n");
	SAYS(out, "ca3.key: private key (traditional)\n  key      EC prime256v1, 256 bits\n");
	assert_null(strstr(out, "BEGIN"));
}

/* ---- Files --------------------------------------------------------------------------------------------------------------- */

static void keys_are_for_their_owner_only_and_nothing_is_overwritten_unasked(void **state)
{
	char before[8192], after[8192];

	(void) state;
	(void) umask(0);
	EXPECT(0, "root", "ca1", NOW);
	assert_int_equal(mode_of("ca1.key"), 0600);
	assert_int_equal(mode_of("ca1.pem"), 0666);
	(void) umask(027);
	EXPECT(0, "root", "ca2", NOW);
	assert_int_equal(mode_of("ca2.key"), 0600);
	assert_int_equal(mode_of("ca2.pem"), 0640);
	(void) umask(022);

	slurp("ca1.key", before, sizeof(before));
	EXPECT(2, "root", "ca1", NOW);
	SAYS(err, "ca1.key: it is there already; --force");
	slurp("ca1.key", after, sizeof(after));
	assert_string_equal(before, after);
	/* A certificate without its key stands in the way too, and the key is then not written either. */
	assert_int_equal(unlink("ca1.key"), 0);
	EXPECT(2, "root", "ca1", NOW);
	SAYS(err, "ca1.pem: it is there already");
	assert_int_equal(access("ca1.key", F_OK), -1);
	EXPECT(0, "crl", "ca2", NOW);
	EXPECT(2, "crl", "ca2", NOW);
	EXPECT(0, "crl", "ca2", NOW, "--force");
	assert_int_equal(files_here(), 4); /* ca1.pem, ca2.pem, ca2.key, ca2.crl: no leftovers */
}

static void force_replaces_a_readable_key_and_does_not_write_through_a_link(void **state)
{
	char text[8192];

	(void) state;
	write_text("ca1.key", "old");
	assert_int_equal(chmod("ca1.key", 0644), 0);
	write_text("precious", "keep me");
	assert_int_equal(symlink("precious", "ca1.pem"), 0);
	EXPECT(2, "root", "ca1", NOW);
	EXPECT(0, "root", "ca1", NOW, "--force");
	assert_int_equal(mode_of("ca1.key"), 0600);
	slurp("precious", text, sizeof(text));
	assert_string_equal(text, "keep me");
	EXPECT(0, "verify", "ca1.pem", "--root=ca1.pem", "--key-file=ca1.key", NOW);
}

static void folder_that_is_missing_is_made_and_one_that_cannot_be_is_an_error(void **state)
{
	(void) state;
	EXPECT(0, "root", "ca1", "--out=pki", NOW);
	SAYS(out, "wrote pki/ca1.pem and pki/ca1.key");
	EXPECT(0, "client", "dev1", "--issuer=ca1", "--out=pki", NOW);
	EXPECT(0, "client", "dev2", "--issuer=pki/ca1", NOW);
	EXPECT(0, "verify", "dev2.pem", "--root=pki/ca1.pem", NOW);
	assert_int_equal(empty_folder("pki"), 4);
	assert_int_equal(rmdir("pki"), 0);
	EXPECT(2, "root", "ca1", "--out=no/such", NOW);
	SAYS(err, "no/such/ca1.key: cannot write: No such file or directory");
	write_text("file", "");
	EXPECT(2, "root", "ca1", "--out=file", NOW);
	/* A failed answer is a failure. */
	assert_int_equal(run_to("/dev/full", (const char *const[]){"--help", NULL}), 3);
	SAYS(err, "standard output");
}

/* ---- Revocation ------------------------------------------------------------------------------------------------------------ */

static void revocation_list_names_the_revoked(void **state)
{
	(void) state;
	EXPECT(0, "root", "ca1", NOW, "--from=-1y");
	EXPECT(0, "root", "ca2", NOW, "--from=-1y");
	EXPECT(0, "client", "good", "--issuer=ca1", NOW);
	EXPECT(0, "client", "bad", "--issuer=ca1", NOW);
	EXPECT(0, "client", "worse", "--issuer=ca1", NOW);
	EXPECT(0, "client", "stranger", "--issuer=ca2", NOW);
	EXPECT(0, "crl", "ca1", "--revoke=bad", "--revoke=worse", NOW, "--until=+7d");
	SAYS(out, "wrote ca1.crl: revocation list of 2, 2026-01-01T00:00:00Z to 2026-01-08T00:00:00Z");
	EXPECT(0, "verify", "good.pem", "--root=ca1.pem", "--crl=ca1.crl", NOW);
	EXPECT(1, "verify", "bad.pem", "--root=ca1.pem", "--crl=ca1.crl", NOW);
	SAYS(out, "certificate revoked");
	EXPECT(1, "verify", "worse.pem", "--root=ca1.pem", "--crl=ca1.crl", NOW);
	EXPECT(1, "verify", "good.pem", "--root=ca1.pem", "--crl=ca1.crl", "--now=2026-01-09");
	SAYS(out, "CRL has expired");
	EXPECT(1, "verify", "stranger.pem", "--root=ca1.pem", "--root=ca2.pem", "--crl=ca1.crl", NOW);
	EXPECT(0, "show", "ca1.crl", NOW);
	SAYS(out, "revoked  2\n");
	EXPECT(2, "crl", "ca1", "--revoke=stranger", "--force", NOW);
	SAYS(err, "cannot revoke stranger");
	EXPECT(2, "crl", "good", NOW);
	SAYS(err, "cannot sign");
}

/* ---- Usage ------------------------------------------------------------------------------------------------------------------ */

static void mistakes_are_told_in_one_line_with_status_2(void **state)
{
	static const struct {
		const char *arguments[6], *says;
	} rows[] = {
		{{"frobnicate"}, "no command \"frobnicate\""},
		{{"root"}, "exactly one NAME"},
		{{"root", "a", "b"}, "exactly one NAME"},
		{{"root", "../a"}, "cannot be the name"},
		{{"root", ""}, "cannot be the name"},
		{{"root", "r", "--issuer=ca1"}, "--issuer=ca1"},
		{{"root", "r", "--dns=x"}, "--dns=x"},
		{{"root", "r", "--until"}, "--until needs a value"},
		{{"root", "r", "--until=2026-02-30"}, "--until=2026-02-30"},
		{{"root", "r", "--until=10001-01-01"}, "--until=10001-01-01"},
		{{"root", "r", "--from=2027-01-01", "--until=2026-01-01"}, "before it ends"},
		{{"root", "r", "--now=tomorrow"}, "--now=tomorrow"},
		{{"root", "r", "--serial=0"}, "--serial=0"},
		{{"root", "r", "--serial=18446744073709551616"}, "--serial="},
		{{"root", "r", "--key-type=dsa"}, "p256, rsa2048"},
		{{"root", "r", "--key-format=der"}, "pkcs8, traditional"},
		{{"root", "r", "--fault=ugly"}, "not-yet-valid"},
		{{"root", "r", "--fault=wrong-eku"}, "wrong-eku"},
		{{"root", "r", "--force=yes"}, "--force=yes"},
		{{"client", "c"}, "--issuer=NAME is missing"},
		{{"client", "c", "--issuer=nobody"}, "nobody.pem: no such certificate"},
		{{"server", "c", "--issuer=ca1", "--dns=a b"}, "no DNS name"},
		{{"show"}, "which FILE"},
		{{"show", "nothing.pem"}, "nothing.pem: cannot read"},
		{{"show", "rubbish"}, "no PEM"},
		{{"show", "broken"}, "cannot be decoded"},
		{{"show", "."}, ".: cannot read"},
		{{"show", "/dev/zero"}, "/dev/zero: over 1 MiB"},
		{{"verify", "ca1.pem"}, "--root=FILE is missing"},
		{{"verify", "rubbish", "--root=ca1.pem"}, "no PEM certificate"},
		{{"verify", "ca1.pem", "--root=ca1.key"}, "no PEM certificate"},
		{{"verify", "ca1.pem", "--root=ca1.pem", "--crl=ca1.pem"}, "no PEM revocation list"},
		{{"verify", "ca1.pem", "--root=ca1.pem", "--for=fun"}, "server, client"},
		{{"verify", "ca1.pem", "--root=ca1.pem", "--key-password-file=rubbish"}, "which is missing"},
	};
	size_t files;

	(void) state;
	EXPECT(0, "root", "ca1");
	write_text("rubbish", "rubbish\n");
	write_text("broken", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
	files = files_here();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		expect((int)i, 2, rows[i].arguments);
		SAYS(err, rows[i].says);
	}
	assert_int_equal(files_here(), files);
	assert_int_equal(run_to("../out", (const char *const[]){NULL}), 2);
	SAYS(err, "usage:");
}

static void every_command_has_help_and_version(void **state)
{
	static const char *const commands[] = {"root", "intermediate", "server", "client", "device-auth", "crl", "show", "verify"};

	(void) state;
	EXPECT(0, "--help");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		SAYS(out, commands[i]);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char usage[64];

		(void) snprintf(usage, sizeof(usage), "usage: azpki %s ", commands[i]);
		EXPECT(0, commands[i], "--help");
		SAYS(out, usage);
		EXPECT(0, commands[i], "--version");
		assert_memory_equal(out, "azpki ", 6);
	}
	EXPECT(0, "--version");
	assert_in_range(strlen(out), 8, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(chain_made_by_name_verifies_and_its_dates_are_those_asked_for, fresh),
		cmocka_unit_test_setup(fault_by_name_is_what_verify_finds, fresh),
		cmocka_unit_test_setup(encrypted_keys_sign_with_their_password_and_show_no_secret, fresh),
		cmocka_unit_test_setup(keys_are_for_their_owner_only_and_nothing_is_overwritten_unasked, fresh),
		cmocka_unit_test_setup(force_replaces_a_readable_key_and_does_not_write_through_a_link, fresh),
		cmocka_unit_test_setup(folder_that_is_missing_is_made_and_one_that_cannot_be_is_an_error, fresh),
		cmocka_unit_test_setup(revocation_list_names_the_revoked, fresh),
		cmocka_unit_test_setup(mistakes_are_told_in_one_line_with_status_2, fresh),
		cmocka_unit_test_setup(every_command_has_help_and_version, fresh),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
