/* See proto.h. */
#define _GNU_SOURCE
#include "sim/dev/proto.h"

#include <jansson.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static void wipe_and_free(void *p)
{
	if (p)
		OPENSSL_cleanse(p, malloc_usable_size(p));
	free(p);
}

void proto_init(void)
{
	json_set_alloc_funcs(malloc, wipe_and_free);
}

void proto_free_text(char *text)
{
	if (text)
		OPENSSL_cleanse(text, strlen(text));
	free(text);
}
