/* The cases of emu-applibs/errnos.h, declared: a row whose test is missing does not link. */
#ifndef CONTRACT_CASES_H
#define CONTRACT_CASES_H

#include "contract.h"
#include "emu-applibs/errnos.h"

#define X(manifest, function, error, condition, text, source) void case_##function##_##error##_##condition(struct test *t);
CONTRACT_ERRNOS(X)
#undef X

#endif
