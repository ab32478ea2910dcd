/* What both ends of the control socket know: the limits, and memory for JSON that may hold a secret. README.md has the protocol. */
#ifndef SIM_DEV_PROTO_H
#define SIM_DEV_PROTO_H

#include <stdbool.h>
#include <stddef.h>

#define PROTO_REQUEST_MAX (64u * 1024u)      /* bytes of a request's line, with the newline */
#define PROTO_ANSWER_MAX (4u * 1024u * 1024u) /* of an answer's line */
#define PROTO_ARGUMENTS_MAX 16u

/* From here on jansson wipes memory before it frees it: requests carry keys and passwords. Call it before any other use of it. */
void proto_init(void);
/* Wiped, then freed; NULL is fine. For texts of json_dumps(). */
void proto_free_text(char *text);

#endif
