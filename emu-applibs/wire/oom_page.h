/* The page that liboom.so in the application and the simulator share: which allocation fails, and which there were.
 *
 * A file in memory that the simulator makes, named by AZSIM_OOM, mapped by both. The simulator writes fails_at before the application starts;
 * all the rest is the application's, which runs or waits for an answer, so there is no lock. Numbers go on when the application is
 * started again. What the simulator reads there is hostile input.
 */
#ifndef WIRE_OOM_PAGE_H
#define WIRE_OOM_PAGE_H

#include <stdint.h>

#define OOM_ENV_PAGE "AZSIM_OOM" /* path of the file */
#define OOM_MAGIC 0x4d4f4f41u    /* "AOOM" */
#define OOM_VERSION 1u
#define OOM_WHERE_MAX 192        /* with NUL */
#define OOM_RECENT 65536u        /* allocations whose place is kept: more than TLS takes between two messages */

struct oom_page {
	uint32_t magic;
	uint32_t version;
	uint64_t fails_at; /* the number of the allocation that fails; 0: none */
	uint64_t count;    /* allocations so far; the first is number 1 */
	uint64_t failed;   /* fails_at, when it has */
	char where[OOM_WHERE_MAX]; /* of it, for people: "malloc of 64 bytes in libcurl.so.4+0x1a2b, app+0x3c4d" */
	uint32_t recent[OOM_RECENT]; /* number n at n % OOM_RECENT: a hash of the place in the program that asked */
};

#endif
