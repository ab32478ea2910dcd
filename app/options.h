/* What the manifest's CmdArgs say. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdint.h>

#define OPTIONS_ISSUER_MAX 200u /* bytes of the issuer's URL, NUL not counted */

struct options {
	const char *issuer;     /* --issuer=https://HOST[:PORT]; required; without a slash at its end */
	const char *identity;   /* --identity=NAME; NULL: as Network1 has it */
	int64_t poll_s;         /* --poll-hours=1..168, default 24 */
	int64_t renew_before_s; /* --renew-days=1..365, default 28 */
	int64_t root_grace_s;   /* --grace-hours=1..336, default 24 */
};

#define OPTIONS_PROBLEM_MAX 200u

/* Reads argv; strings of *ret point into it. 0; or -EINVAL and what is wrong, and how to put it right, in problem. */
int options_parse(int argc, char *argv[], struct options *ret, char problem[OPTIONS_PROBLEM_MAX]);

#endif
