/* Helping a person who mistyped a name. */
#ifndef SIM_SCENARIO_NAMES_H
#define SIM_SCENARIO_NAMES_H

#include <stddef.h>

#define NAMES_HINT_MAX 512

/* What to say after "unknown name": "did you mean `ca1`?" when one of the known names is near, else "known here: a, b, c"
 * (cut when long), or "none is known here". known: array of `count` names. */
void names_hint(const char *given, const char *const *known, size_t count, char buffer[NAMES_HINT_MAX]);

#endif
