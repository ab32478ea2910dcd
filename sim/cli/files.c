/* Finding scenario files, and the commands that only read them: check and list. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/cli/cli.h"
#include "sim/scenario/scenario.h"

static int add(struct cli_files *files, const char *path)
{
	char **grown = realloc(files->paths, (files->count + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	files->paths = grown;
	files->paths[files->count] = strdup(path);
	return files->paths[files->count++] ? 0 : -ENOMEM;
}

static int is_yaml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

static int add_folder(struct cli_files *files, const char *folder, struct az_error *ret_error)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_yaml, alphasort), r = 0;

	if (n < 0) {
		az_error_set(ret_error, AZ_USAGE, "%s: %s", folder, strerror(errno));
		return -errno;
	}
	for (int i = 0; i < n; i++) {
		cleanup_free char *path = NULL;

		if (r == 0 && asprintf(&path, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", entries[i]->d_name) < 0)
			r = -ENOMEM;
		if (r == 0)
			r = add(files, path);
		free(entries[i]);
	}
	free(entries);
	if (r == 0 && n == 0) {
		az_error_set(ret_error, AZ_USAGE, "%s: no scenario (*.yaml) in this folder", folder);
		r = -ENOENT;
	}
	return r;
}

int cli_find_files(int count, char *const *arguments, struct cli_files *ret, struct az_error *ret_error)
{
	int r = 0;

	memset(ret, 0, sizeof(*ret));
	if (count == 0) {
		az_error_set(ret_error, AZ_USAGE, "no scenario given: name YAML files or folders");
		return -EINVAL;
	}
	for (int i = 0; r == 0 && i < count; i++) {
		struct stat st;

		if (stat(arguments[i], &st) < 0) {
			r = -errno;
			az_error_set(ret_error, AZ_USAGE, "%s: %s", arguments[i], strerror(errno));
		} else {
			r = S_ISDIR(st.st_mode) ? add_folder(ret, arguments[i], ret_error) : add(ret, arguments[i]);
		}
	}
	if (r < 0)
		cli_free_files(ret);
	return r;
}

void cli_free_files(struct cli_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	free(files->paths);
	memset(files, 0, sizeof(*files));
}

/* What check and list share: one pass over the files, `show` for each that is sound; with_sources: instead, with --sources. */
static int each(int argc, char **argv, const char *help, void (*show)(const struct scenario *), void (*with_sources)(const struct scenario *))
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {"sources", no_argument, NULL, 's'}, {0}};
	struct cli_files files;
	struct az_error error;
	int c, status = AZ_OK;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 's' && with_sources) {
			show = with_sources;
			continue;
		}
		(void) fputs(help, c == 'h' ? stdout : stderr);
		return c == 'h' ? AZ_OK : AZ_USAGE;
	}
	if (cli_find_files(argc - optind, argv + optind, &files, &error) < 0) {
		(void) fprintf(stderr, "azsim %s: %s\n", argv[0], error.text);
		return AZ_USAGE;
	}
	for (size_t i = 0; i < files.count; i++) {
		struct scenario *scenario = NULL;

		if (scenario_load(files.paths[i], &scenario, &error) < 0) {
			(void) fprintf(stderr, "%s\n", error.text);
			status = AZ_USAGE;
			continue;
		}
		show(scenario);
		scenario_free(scenario);
	}
	cli_free_files(&files);
	return status;
}

static void show_checked(const struct scenario *s)
{
	(void) printf("%s: ok: %zu certificates, %zu events, %zu expectations\n", s->file, s->cert_count, s->event_count, s->expect_count);
}

static void show_listed(const struct scenario *s)
{
	(void) printf("%-28s %s\n", s->name, s->about ? s->about : "");
}

static void show_with_sources(const struct scenario *s)
{
	show_listed(s);
	for (char **source = s->sources; source && *source; source++)
		(void) printf("%-28s   %s\n", "", *source);
}

int cmd_check(int argc, char **argv)
{
	return each(argc, argv, "usage: azsim check FILE|DIR...\n\nReads scenarios and says what is wrong, with file, line and column. "
	            "Exit status 0 or 2.\n", show_checked, NULL);
}

int cmd_list(int argc, char **argv)
{
	return each(argc, argv, "usage: azsim list [--sources] FILE|DIR...\n\nLists scenarios with what they are about; --sources: and where it happened.\n",
	            show_listed, show_with_sources);
}
