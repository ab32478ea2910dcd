/* A random world as a scenario: certificates, the first state of everything, events by time, and what must come of it. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "certs/dates.h"
#include "emu-applibs/base/base.h"
#include "sim/fuzz/world.h"

/* How long after the calm has begun a device may take to be back: it looks at least once an hour, but a clock that is to be guessed
 * takes it up to three days. */
#define BACK_S (26 * WORLD_HOUR_S)
#define BACK_BY_GUESSING_S (3 * WORLD_DAY_S)

struct line {
	int64_t at_s;
	char *text;
	const char *about; /* NULL: as the line before it */
};

struct emit {
	const struct world *world;
	FILE *certs;
	struct line *lines;
	size_t count;
	const char *about;
};

/* ---- Values -------------------------------------------------------------------------------------------------------------- */

const char *world_time(char buffer[WORLD_TIME_MAX], int64_t s)
{
	static const struct {
		int64_t s;
		char unit;
	} units[] = {{365 * WORLD_DAY_S, 'y'}, {WORLD_DAY_S, 'd'}, {WORLD_HOUR_S, 'h'}, {WORLD_MINUTE_S, 'm'}, {1, 's'}};
	int64_t left = s < 0 ? -s : s;
	size_t n = 0;

	buffer[n++] = s < 0 ? '-' : '+';
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (left >= units[i].s || (s == 0 && units[i].s == 1))
			n += (size_t)snprintf(buffer + n, WORLD_TIME_MAX - n, "%" PRId64 "%c", left / units[i].s, units[i].unit);
		left %= units[i].s;
	}
	return buffer;
}

int64_t world_length_s(const struct world *world)
{
	return world->calm_s + WORLD_CALM_S;
}

size_t world_root_at(const struct world *w, int64_t at_s)
{
	size_t root = 0;

	for (size_t i = 0; i < w->move_count; i++) {
		const struct world_move *m = &w->moves[i];

		if (at_s >= m->cutover_s && !(m->back_s && at_s >= m->back_s && at_s < m->again_s))
			root = i + 1;
	}
	return root;
}

size_t world_announced_at(const struct world *w, int64_t at_s)
{
	size_t root = 0;

	for (size_t i = 0; i < w->move_count; i++)
		if (at_s >= w->moves[i].announced_s)
			root = i + 1;
	return root;
}

/* ---- For faults.c ---------------------------------------------------------------------------------------------------------- */

static void add_line(struct emit *e, int64_t at_s, char *text)
{
	struct line *grown = realloc(e->lines, (e->count + 1) * sizeof(*grown));

	if (!grown || !text)
		abort();
	e->lines = grown;
	grown[e->count++] = (struct line){.at_s = at_s, .text = text, .about = e->about};
	e->about = NULL;
}

void emit_event(struct emit *e, int64_t at_s, const char *format, ...)
{
	char at[WORLD_TIME_MAX];
	char *what = NULL, *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0 || asprintf(&text, "at: %s, %s", world_time(at, at_s), what) < 0)
		abort();
	va_end(args);
	free(what);
	add_line(e, at_s, text);
}

void emit_waiting(struct emit *e, int64_t from_s, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	add_line(e, from_s, text);
}

void emit_cert(struct emit *e, const char *format, ...)
{
	va_list args;

	(void) fputs("  - ", e->certs);
	va_start(args, format);
	(void) vfprintf(e->certs, format, args);
	va_end(args);
	(void) fputc('\n', e->certs);
}

const struct world *emit_world(const struct emit *e)
{
	return e->world;
}

const char *emit_client_ca(const struct emit *e, int64_t at_s)
{
	const struct world *w = e->world;

	if (w->new_clients_s && at_s >= w->new_clients_s + WORLD_DAY_S)
		return "clients2";
	return w->client_chain ? "clients-i" : "clients";
}

/* ---- The parts ------------------------------------------------------------------------------------------------------------- */

static void write_certs(struct emit *e)
{
	const struct world *w = e->world;
	char until[WORLD_TIME_MAX], from[WORLD_TIME_MAX];
	const char *root_key = w->root_rsa ? ", key: rsa2048" : "", *server_key = w->server_rsa ? ", key: rsa2048" : "";

	for (size_t i = 0; i <= w->move_count; i++) {
		int64_t ends_s = i < w->move_count ? w->moves[i].old_ends_s : world_length_s(w) + 3 * 365 * WORLD_DAY_S;

		(void) world_time(until, ends_s);
		emit_cert(e, "{name: " WORLD_ROOT ", use: root, cn: Corp Root %zu%s, valid: [-5y, %s]}", i + 1, i + 1, root_key, until);
		if (w->server_chain)
			emit_cert(e, "{name: " WORLD_ROOT "-i, use: intermediate, issuer: " WORLD_ROOT ", valid: [-5y, %s]}", i + 1, i + 1, until);
		emit_cert(e, "{name: " WORLD_SERVER ", use: server, issuer: " WORLD_ROOT "%s, dns: radius.corp.example%s, valid: [-1y, %s]}", i + 1,
		          i + 1, w->server_chain ? "-i" : "", server_key, until);
	}
	emit_cert(e, "{name: clients, use: root, valid: [-5y, +20y]}");
	if (w->client_chain)
		emit_cert(e, "{name: clients-i, use: intermediate, issuer: clients, valid: [-5y, +20y]}");
	if (w->new_clients_s)
		emit_cert(e, "{name: clients2, use: root, valid: [-1d, +20y]}");
	emit_cert(e, "{name: dev1, use: client, issuer: %s, cn: device-0001, valid: [%s, %s]}", w->client_chain ? "clients-i" : "clients",
	          world_time(from, w->device_from_s), world_time(until, w->device_until_s));
	if (w->crl)
		emit_cert(e, "{name: lost, use: client, issuer: %s, cn: device-0002, valid: [-1y, +5y]}", w->client_chain ? "clients-i" : "clients");
}

static void write_moves(struct emit *e)
{
	const struct world *w = e->world;

	for (size_t i = 0; i < w->move_count; i++) {
		const struct world_move *m = &w->moves[i];

		e->about = "the next root of RADIUS is announced";
		emit_event(e, m->announced_s, "issuer: {root: " WORLD_ROOT "}", i + 2);
		e->about = "RADIUS stands under it";
		emit_event(e, m->cutover_s, "radius: {server: " WORLD_SERVER "}", i + 2);
		if (!w->reauth_s) {
			e->about = "an access point that never asks is started anew with it";
			emit_event(e, m->cutover_s + WORLD_HOUR_S, "ap: {reauth: yes}");
		}
		if (m->back_s) {
			e->about = "and is rolled back for a while";
			emit_event(e, m->back_s, "radius: {server: " WORLD_SERVER "}", i + 1);
			emit_event(e, m->again_s, "radius: {server: " WORLD_SERVER "}", i + 2);
		}
	}
	if (w->new_clients_s) {
		e->about = "another CA for clients";
		emit_event(e, w->new_clients_s, "radius: {client_roots: [%s, clients2]}", w->client_chain ? "clients-i" : "clients");
		emit_event(e, w->new_clients_s + WORLD_DAY_S, "issuer: {client_ca: clients2}");
	}
	if (w->shelf_s) {
		e->about = "the device is taken from its shelf";
		emit_event(e, w->shelf_s, "device: {power: on}");
	}
}

static int compare_lines(const void *left, const void *right)
{
	const struct line *a = left, *b = right;

	return a->at_s != b->at_s ? (a->at_s < b->at_s ? -1 : 1) : 0;
}

static void write_events(struct emit *e, FILE *out)
{
	/* Stable, and short: events of one moment stay in the order in which they were made. */
	for (size_t i = 1; i < e->count; i++) {
		struct line line = e->lines[i];
		size_t j = i;

		for (; j > 0 && compare_lines(&e->lines[j - 1], &line) > 0; j--)
			e->lines[j] = e->lines[j - 1];
		e->lines[j] = line;
	}
	(void) fputs("\nevents:\n", out);
	for (size_t i = 0; i < e->count; i++) {
		if (e->lines[i].about)
			(void) fprintf(out, "  # %s\n", e->lines[i].about);
		(void) fprintf(out, "  - {%s}\n", e->lines[i].text);
		free(e->lines[i].text);
	}
	free(e->lines);
}

/* A device that cannot help it may be offline with credentials that are good, for as long as that lasts. The next fault may come before it
 * has got up from one. */
static int64_t recover_within_s(const struct world *w)
{
	const int64_t back_s = w->rtc ? BACK_S : BACK_BY_GUESSING_S;
	int64_t longest_s = 0;

	for (size_t i = 0; i < w->fault_count; i++) {
		int64_t over_s = w->faults[i].from_s;

		for (size_t j = 0; fault_kinds[w->faults[i].kind].device_can_wait && j < w->fault_count; j++) {
			const struct world_fault *f = &w->faults[j];
			int64_t its_s = fault_over_s(w, f);

			if (!fault_kinds[f->kind].device_can_wait || f->from_s > over_s + back_s || its_s <= over_s)
				continue;
			over_s = its_s;
			j = (size_t)-1; /* what was too late before may follow on this */
		}
		if (over_s - w->faults[i].from_s > longest_s)
			longest_s = over_s - w->faults[i].from_s;
	}
	return longest_s + back_s;
}

static bool guesses(const struct world *w)
{
	bool does = !w->rtc;

	for (size_t i = 0; i < w->fault_count; i++)
		does |= strcmp(fault_kinds[w->faults[i].kind].name, "device-clock") == 0;
	return does;
}

/* Every network that the device has, as a list: Network1, and where there is no room those of other sites, which are not in use. */
static void write_network_names(const struct world *w, FILE *out)
{
	(void) fputs("Network1", out);
	for (int i = 2; w->no_room && i <= WORLD_NETWORKS_MAX; i++)
		(void) fprintf(out, ", Site%d", i);
}

static void write_expectations(const struct world *w, FILE *out)
{
	char calm[WORLD_TIME_MAX], settled[WORLD_TIME_MAX], within[WORLD_TIME_MAX];

	(void) world_time(calm, w->calm_s);
	(void) world_time(settled, w->calm_s + WORLD_SETTLED_S);
	(void) world_time(within, guesses(w) ? BACK_BY_GUESSING_S : BACK_S);
	(void) fprintf(out, "\nexpect:\n"
	               "  # Everything is right: the device is back, and when all that was due is done it stays connected.\n"
	               "  - {after: %s, within: %s, that: {connected: any}}\n"
	               "  - {never: {offline: yes}, longer_than: 15m, from: %s}\n"
	               "  - end:\n"
	               "      connected: Network1\n"
	               "      root: " WORLD_ROOT "\n"
	               "      certificates: [RootCA1, ClientCert1]\n"
	               "      holds: [{id: RootCA1, cert: " WORLD_ROOT "}]\n"
	               "      networks: [",
	               calm, within + 1, settled, w->move_count + 1, w->move_count + 1);
	write_network_names(w, out);
	(void) fputs("]\n", out);
}

static void write_networks(const struct world *w, FILE *out)
{
	static const char settings[] = "root: RootCA1, client: ClientCert1, identity: device-0001";

	if (!w->no_room) {
		(void) fprintf(out, "  networks: [{name: Network1, %s}]\n", settings);
		return;
	}
	(void) fprintf(out, "  # No room for another network.\n  networks:\n    - {name: Network1, %s}\n", settings);
	for (int i = 2; i <= WORLD_NETWORKS_MAX; i++)
		(void) fprintf(out, "    - {name: Site%d, %s, enabled: no}\n", i, settings);
}

static void write_device(const struct world *w, FILE *out)
{
	const struct reading_info *table = readings_table();
	char date[32], ready[WORLD_TIME_MAX];
	bool any = false;

	(void) fputs("\ndevice:\n", out);
	if (w->shelf_s)
		(void) fputs("  powered: no\n", out);
	if (!w->rtc) {
		dates_format(w->boot_clock_s, date);
		(void) fprintf(out, "  rtc: no\n  boot_clock: %s\n", date);
	}
	if (w->boot_ready_s)
		(void) fprintf(out, "  boot_ready: %s\n", world_time(ready, w->boot_ready_s) + 1);
	for (size_t i = 0; i < READING_COUNT; i++) {
		if (w->readings[i] == table[i].default_choice)
			continue;
		(void) fprintf(out, "%s%s=%s", any ? ", " : "  readings: [", table[i].name, table[i].choices[w->readings[i]].name);
		any = true;
	}
	if (any)
		(void) fputs("]\n", out);
	(void) fputs("  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n", out);
	write_networks(w, out);
}

static void write_network(const struct world *w, FILE *out)
{
	char reauth[WORLD_TIME_MAX], life[WORLD_TIME_MAX];
	const char *ca = w->client_chain ? "clients-i" : "clients";

	(void) fprintf(out, "\nnetwork:\n  ssid: CorpNet\n  reauth: %s\n  server: radius1\n  client_roots: [%s]\n",
	               w->reauth_s ? world_time(reauth, w->reauth_s) + 1 : "never", ca);
	if (w->pmksa_caching)
		(void) fputs("  pmksa_caching: yes\n", out);
	if (w->crl)
		(void) fputs("  crl: {revoked: [lost], from: -1d, until: +10y}\n", out);
	(void) fprintf(out, "\nissuer: {root: ca1, client_ca: %s, client_life: %s}\n", ca, world_time(life, w->client_life_s) + 1);
}

static char *written(FILE *f, char **text)
{
	if (fclose(f) != 0 || !*text)
		abort();
	return *text;
}

char *world_write(const struct world *w, const char *name)
{
	char *text = NULL, *certs = NULL, start[32], length[WORLD_TIME_MAX], within[WORLD_TIME_MAX];
	size_t size, certs_size;
	FILE *out = open_memstream(&text, &size);
	struct emit e = {.world = w, .certs = open_memstream(&certs, &certs_size)};

	if (!out || !e.certs)
		abort();
	write_certs(&e);
	write_moves(&e);
	for (size_t i = 0; i < w->fault_count; i++) {
		e.about = fault_kinds[w->faults[i].kind].about;
		fault_kinds[w->faults[i].kind].emit(&e, &w->faults[i], i);
	}
	e.about = "the calm: certificates that last";
	emit_event(&e, w->calm_s, "issuer: {client_life: 4y}");
	if (!w->reauth_s)
		emit_event(&e, w->calm_s + WORLD_HOUR_S, "ap: {reauth: yes}");
	e.about = "what the device has is asked for once more";
	emit_event(&e, world_length_s(w) - 6 * WORLD_HOUR_S, "ap: {reauth: yes}");
	(void) written(e.certs, &certs);

	dates_format(w->start_s, start);
	(void) fprintf(out, "# A random world: azsim fuzz-world --seed=%" PRIu64 "\n"
	               "scenario: %s\n"
	               "about: Random world %" PRIu64 ", faults until day %" PRId64 ", then calm; the device must converge.\n"
	               "start: %s\nlength: %s\n\npki:\n%s",
	               w->seed, name, w->seed, w->calm_s / WORLD_DAY_S, start, world_time(length, world_length_s(w)) + 1, certs);
	write_network(w, out);
	write_device(w, out);
	write_events(&e, out);
	write_expectations(w, out);
	(void) fprintf(out, "\nlimits: {recover_within: %s}\n", world_time(within, recover_within_s(w)) + 1);
	free(certs);
	return written(out, &text);
}
