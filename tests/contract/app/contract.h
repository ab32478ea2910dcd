/* The contract of applibs as a program finds it on the device that it runs on: what the files of this application share.
 *
 * A case is the test of one documented errno (emu-applibs/errnos.h), a probe settles one reading (probes.h). Both run one after the other in
 * one thread, and leave the device as they found it, but for networks and certificates whose names begin with "ct-".
 */
#ifndef CONTRACT_CONTRACT_H
#define CONTRACT_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

/* An application has one manifest, so there is one image package for each of these. */
enum manifest {
	FULL,       /* every capability that a case needs; the only one with certificates among its resources */
	NONE,       /* no capability at all */
	PARTIAL,    /* WifiConfig and CertStore, not EnterpriseWifiConfig; MutableStorage with SizeKB 0 */
	ENTERPRISE, /* EnterpriseWifiConfig alone */
	SPELLING,   /* WifiConfig and EnterpriseWiFiConfig, as a page spells it */
	PINS,       /* a pin and a UART that no MT3620 has */
};

enum verdict { VERDICT_NONE, VERDICT_OK, VERDICT_NOT_OK, VERDICT_SKIP };

#define TEST_WHY_MAX 160

struct test {
	const char *name;
	int error; /* of a case: the errno that its call is to give */
	enum verdict verdict;
	char why[TEST_WHY_MAX]; /* NOT_OK and SKIP */
};

#if defined(__GNUC__)
#define PRINTS(at, first) __attribute__((format(printf, at, first)))
#else
#define PRINTS(at, first)
#endif

/* ---- Verdicts (judge.c); the first one counts ------------------------------------------------------------------------- */

void test_ok(struct test *t);
void test_not_ok(struct test *t, const char *format, ...) PRINTS(2, 3);
void test_skip(struct test *t, const char *format, ...) PRINTS(2, 3);

/* What a call gave instead of the case's errno where another document says so: the choice of a reading. */
#define NOTHING_ELSE (-1)
#define SUCCESS 0
/* result < 0 and error is the case's errno: ok. error (0: success) is `other`: skipped, as the device follows the other document. */
void test_judge(struct test *t, long result, int error, int other, const char *reading);
/* "ENOENT"; "errno 99" for one that no document names. Static storage. */
const char *errno_name(int error);

/* The call, an expression that is < 0 on failure, must fail with the case's errno. */
#define GIVES(call) GIVES_OR(call, NOTHING_ELSE, "")
#define GIVES_OR(call, other, reading)                               \
	do {                                                         \
		long gives_result;                                   \
		errno = 0;                                           \
		gives_result = (long)(call);                         \
		test_judge(t, gives_result, errno, other, reading);  \
	} while (0)
/* A capability is missing, which may be EPERM. */
#define GIVES_EACCES(call) GIVES_OR(call, EPERM, "missing-capability=EPERM")
/* A pointer that is NULL on failure. */
#define GIVES_NULL(call) GIVES((call) ? 0 : -1)

/* The body of the case of a row of emu-applibs/errnos.h follows. Its parameter is `t`. */
#define CASE(function, error, condition) void case_##function##_##error##_##condition(struct test *t)

/* ---- Readings (probe.c) ----------------------------------------------------------------------------------------------- */

/* Settled: the TAP output says "# reading: NAME=choice", where NAME is the probe's. */
void probe_says(struct test *t, const char *choice);
/* The answer of a call: the choice of the matching errno (SUCCESS too); not ok when it is neither. */
void probe_by_errno(struct test *t, long result, int error, int error_a, const char *choice_a, int error_b, const char *choice_b);
#define PROBE(name) void probe_##name(struct test *t)
#define PROBE_BY_ERRNO(call, error_a, choice_a, error_b, choice_b)                                     \
	do {                                                                                           \
		long probe_result;                                                                     \
		errno = 0;                                                                             \
		probe_result = (long)(call);                                                           \
		probe_by_errno(t, probe_result, errno, error_a, choice_a, error_b, choice_b);          \
	} while (0)

/* ---- Output (tap.c) --------------------------------------------------------------------------------------------------- */

void tap_begin(const char *manifest);
void tap_result(const struct test *t);
void tap_remark(const char *format, ...) PRINTS(1, 2);
void tap_end(void);

/* ---- The application's CmdArgs (main.c) ------------------------------------------------------------------------------- */

/* An EAP-TLS network of the owner. root and client are ids of certificates in the device's store. */
struct owner_network {
	const char *ssid, *root, *client, *identity;
};
/* NULL: not named, or not in full. */
const struct owner_network *owner_network(void);

#endif
