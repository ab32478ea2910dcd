/* See tree.h. */
#define _GNU_SOURCE
#include "sim/util/tree.h"

#include <ftw.h>
#include <stdio.h>

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void) st;
	(void) type;
	(void) ftw;
	(void) remove(path);
	return 0;
}

void tree_remove(const char *path)
{
	(void) nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
