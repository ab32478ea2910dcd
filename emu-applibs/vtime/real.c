/* Looks up the functions that libvtime stands in front of. See real.h. */
#define _GNU_SOURCE
#include "emu-applibs/vtime/real.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

struct real_table vt_real;
static bool real_known;

static void *real_find(const char *name)
{
#ifdef __GLIBC__
	/* Conditions exist twice in glibc; the default of dlsym may be the older layout. */
	void *f = strncmp(name, "pthread_cond_", 13) == 0 ? dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2") : NULL;

	if (f)
		return f;
#endif
	return dlsym(RTLD_NEXT, name);
}

void vt_real_init(void)
{
	if (real_known)
		return;
#define X(name)                                                                                                        \
	{                                                                                                              \
		void *f = real_find(#name);                                                                            \
                                                                                                                       \
		memcpy(&vt_real.name, &f, sizeof(f));                                                                  \
	}
	REAL_FUNCTIONS(X)
#undef X
	real_known = true;
}
