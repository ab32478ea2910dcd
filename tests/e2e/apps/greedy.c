/* Needs some memory once a day for three days, and does not always take it well when there is none. For tests of --oom. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <applibs/log.h>

#include "emu-applibs/wire/oom_page.h"

#define DAY_S 86400u
#define DAYS 3

static char *new_report(void)
{
	char *report = malloc(64);

	if (report)
		(void) strcpy(report, "all is well");
	return report;
}

/* The word on the command line: what it does about NULL. False: end the program. */
static bool without_memory(const char *way, char **report)
{
	if (strcmp(way, "gives-up") == 0)
		for (;;)
			(void) sleep(DAY_S);
	while (strcmp(way, "tries-again") == 0 && !*report) {
		(void) sleep(60);
		*report = new_report();
	}
	return strcmp(way, "ends") != 0;
}

/* It has made more allocations than a program can. */
static void lie(void)
{
	const char *path = getenv(OOM_ENV_PAGE);
	int fd = path ? open(path, O_RDWR) : -1;
	struct oom_page *page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED || ftruncate(fd, 0) == 0)
		return;
	page->count = UINT64_MAX / 2;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "lies") == 0)
		lie();
	for (int day = 0; day < DAYS; day++) {
		char *report = new_report();

		if (!report && !without_memory(argc > 1 ? argv[1] : "", &report))
			return 3;
		((volatile char *)report)[0] = 'A'; /* who looks at nothing crashes here */
		free(report);
		(void) sleep(DAY_S);
	}
	(void) Log_Debug("greedy: all reports are made\n");
	for (;;)
		(void) sleep(DAY_S);
}
