/* What the application says: API requests to the device OS, waits and connections to the clock and the network. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/run/internal.h"
#include "sim/torture/oom.h"
#include "sim/util/callname.h"
#include "sim/util/text.h"

#define MESSAGES_AT_ONCE_MAX 200000ul /* at one moment of virtual time */
#define MESSAGES_A_MINUTE_MAX 300000ul /* of virtual time: an hour of it takes minutes of real time */
#define CALLS_IN_A_ROW_MAX 1000u      /* from then on each takes a millisecond, until the application waits: it may wait by calling */
#define SPINS_MAX 600000ul            /* ms of virtual time spent without ever waiting: ten minutes */

/* ---- Output and mutable file --------------------------------------------------------------------------------------------- */

void run_remember_line(struct run *run, const char *line)
{
	char **slot = &run->last_lines[run->last_line_next++ % ARRAY_LEN(run->last_lines)];

	free(*slot);
	*slot = strdup(line);
	if (*slot)
		text_sanitize(*slot);
}

static void output_line(struct run *run)
{
	run->out_line[run->out_length] = '\0';
	if (run->out_length > 0) {
		run_note(run, TL_LOG, false, NULL, "output: %s", run->out_line);
		run_remember_line(run, run->out_line);
		oracle_scan_line(run, "the application's output", run->out_line);
	}
	run->out_length = 0;
}

void run_drain_output(struct run *run)
{
	char buffer[4096];
	ssize_t n = -1;

	if (!run->out_line && !(run->out_line = malloc(WIRE_MAX_LOG + 1)))
		abort();
	while (run->process.output >= 0 && (n = read(run->process.output, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buffer[i] == '\n' || run->out_length == WIRE_MAX_LOG)
				output_line(run);
			if (buffer[i] != '\n' && buffer[i] != '\0')
				run->out_line[run->out_length++] = buffer[i];
		}
	}
	if (n == 0)
		(void) close(steal_fd(&run->process.output)); /* nobody holds the other end any more: nothing to wait for */
}

/* The application writes to the file by itself; a change since the last look is one write to flash. */
void run_watch_mutable_file(struct run *run)
{
	uint8_t now[MUTABLE_FILE_MAX];
	ssize_t n;

	if (run->mutable_fd < 0)
		return;
	n = pread(run->mutable_fd, now, sizeof(now), 0);
	if (n < 0 || ((size_t)n == run->mutable_seen_length && (n == 0 || memcmp(now, run->mutable_seen, (size_t)n) == 0)))
		return;
	if (!run->mutable_seen && !(run->mutable_seen = malloc(MUTABLE_FILE_MAX)))
		abort();
	memcpy(run->mutable_seen, now, (size_t)n);
	run->mutable_seen_length = (size_t)n;
	run->result->flash_writes++;
	oracle_count_write(run);
	run_note(run, TL_FLASH, true, NULL, "storage: %zd bytes", n);
}

/* ---- API requests -------------------------------------------------------------------------------------------------------- */

static bool is_peripheral(uint16_t op)
{
	return op >= WIRE_GPIO_OPEN_INPUT && op <= WIRE_PWM_OPEN;
}

/* "CertStore_DeleteCertificate id=RootCA2 -> ENOENT", malloc'ed. Most of a timeline is this: without printf. */
static char *call_text(const char *name, const char *summary, int r)
{
	const size_t name_length = strlen(name), summary_length = strlen(summary);
	char number[16];
	const char *result = r < 0 ? strerrorname_np(-r) : number;
	char *text, *at;

	if (r >= 10)
		(void) snprintf(number, sizeof(number), "%d", r);
	else if (r >= 0)
		memcpy(number, (char[]){(char)('0' + r), '\0'}, 2);
	result = result ? result : "?";
	at = text = malloc(name_length + 1 + summary_length + 4 + strlen(result) + 1);
	if (!text)
		abort();
	at = mempcpy(at, name, name_length);
	if (summary_length > 0) {
		*at++ = ' ';
		at = mempcpy(at, summary, summary_length);
	}
	at = mempcpy(at, " -> ", 4);
	strcpy(at, result);
	return text;
}

static void note_call(struct run *run, const char *name, uint16_t op, int r, const char *summary, const char *denied)
{
	char detail[128] = "";

	if (denied)
		(void) snprintf(detail, sizeof(detail), "app_manifest.json lacks the capability %s", denied);
	run_note_text(run, TL_CALL, true, detail, call_text(name, summary, r));
	if (r == -EACCES && device_manifest_unresolved(run->device) && is_peripheral(op))
		run_hint(run, "%s gave EACCES: %s/app_manifest.json names peripherals as %s; the image package that is deployed has the chip's "
		              "own numbers and names there: build the package with the CMake function, or write them", name,
		         run->package.folder, device_manifest_unresolved(run->device));
	else if (denied)
		run_hint(run, "%s gave %s: %s/app_manifest.json does not grant the capability %s", name, strerrorname_np(-r), run->package.folder,
		         denied);
	else if (r == -EACCES)
		run_hint(run, "%s gave EACCES: %s/app_manifest.json does not list what it asks for", name, run->package.folder);
}

static void count_call(struct run *run)
{
	run->result->api_calls++;
	oracle_count_call(run);
}

void run_note_request(struct run *run, uint16_t op, const uint8_t *fields, size_t length, int result, const char *summary,
                      const char *denied)
{
	count_call(run);
	note_call(run, callname_of(op, callname_attribute(op, fields, length)), op, result, summary, denied);
	run->state_changed = true;
}

static void handle_request(struct run *run, struct channel_message *m)
{
	static uint8_t reply[WIRE_MAX_PAYLOAD];
	struct wire_reader in;
	struct wire_writer out;
	uint16_t op = m->header.op;
	const char *name = callname_of(op, callname_attribute(op, m->payload, m->header.length));
	bool own = op == WIRE_LOG, gone;
	bool counts = !own && op != WIRE_GPIO_GET && op != WIRE_GPIO_SET; /* a blinking LED is no burden; what changes is noted */
	int fd = -1, r;

	ahead_learn(run, op, m->payload, m->header.length);
	if (op == WIRE_HTTP_CONNECT || op == WIRE_HTTP_REQUEST) {
		run_http(run, m);
		OPENSSL_cleanse(m->payload, m->header.length);
		return;
	}
	if (counts)
		count_call(run);
	if (!own && run_events_on_call(run, op, callname_attribute(op, m->payload, m->header.length), false))
		return; /* the power went before it was done */
	if (counts && cuts_at_call(run, name, false))
		return;
	r = counts ? faults_at_call(run, name) : 0;
	if (r > 0) {
		(void) channel_answer(run->channel, m->connection, &m->header, -wire_from_errno(r), reply, 0, -1);
		OPENSSL_cleanse(m->payload, m->header.length);
		return;
	}
	wire_reader_init(&in, m->payload, m->header.length);
	wire_writer_init(&out, reply, sizeof(reply));
	run->in_request = true;
	r = device_request(run->device, op, &in, &out, &fd);
	gone = cuts_power_went(run);
	run->in_request = false;
	if (!gone && (counts || (!own && r < 0)))
		note_call(run, name, op, r, device_last_summary(run->device), device_last_denied(run->device));
	if (r == -EBADMSG)
		run_hint(run, "the application sent a malformed %s", name);
	run->state_changed = true;
	if (gone || (!own && run_events_on_call(run, op, callname_attribute(op, m->payload, m->header.length), true)) ||
	    (counts && cuts_at_call(run, name, true)) || run_kills_now(run, true)) {
		if (fd >= 0)
			(void) close(fd);
	} else {
		(void) channel_answer(run->channel, m->connection, &m->header, r < 0 ? -wire_from_errno(-r) : r, reply,
		                      r < 0 ? 0 : out.length, fd);
		if (fd >= 0)
			(void) close(fd);
	}
	OPENSSL_cleanse(reply, out.length);
	OPENSSL_cleanse(m->payload, m->header.length);
}

/* ---- Clock and connections ----------------------------------------------------------------------------------------------- */

static void handle_resolve(struct run *run, const struct channel_message *m)
{
	uint64_t address = 0;
	int status = run_resolve(run, m->vt.text, &address);

	(void) channel_answer_vt(run->channel, m->connection, VT_RESOLVED, status, address, -1);
}

static void handle_connect(struct run *run, const struct channel_message *m)
{
	int fd = -1, r = run_route(run, m->vt.a, m->vt.b, &fd);

	(void) channel_answer_vt(run->channel, m->connection, VT_CONNECTED, -r, 0, fd);
	if (fd >= 0)
		(void) close(fd);
}

/* IPv4 address << 32 | mask; 0: none. */
static uint64_t interface_address(const struct device_interface *it)
{
	return it->dhcp ? (uint64_t)VT_LOCAL_ADDRESS << 32 | VT_LOCAL_MASK : (uint64_t)it->address << 32 | it->mask;
}

static void handle_interface(struct run *run, const struct channel_message *m)
{
	struct device_interface it;
	uint64_t hardware = 0;

	if (m->vt.a > SIZE_MAX || !device_get_interface(run->device, (size_t)m->vt.a, &it)) {
		(void) channel_answer_vt(run->channel, m->connection, VT_INTERFACE_IS, ENODEV, 0, -1);
		return;
	}
	for (size_t i = 0; i < sizeof(it.hardware); i++)
		hardware = hardware << 8 | it.hardware[i];
	(void) channel_answer_interface(run->channel, m->connection, it.name, interface_address(&it),
	                                hardware << VT_INTERFACE_HARDWARE_SHIFT | (it.up ? VT_INTERFACE_UP : 0) |
	                                (it.running ? VT_INTERFACE_RUNNING : 0));
}

static bool device_has(const struct run *run, uint64_t address)
{
	struct device_interface it;

	for (size_t i = 0; device_get_interface(run->device, i, &it); i++)
		if (interface_address(&it) >> 32 == address)
			return true;
	return address == INADDR_ANY;
}

static void handle_bind(struct run *run, const struct channel_message *m)
{
	bool tcp = m->vt.b & VT_BIND_STREAM;
	unsigned port = m->vt.b & UINT16_MAX;
	int status = 0;

	if (!device_has(run, m->vt.a)) {
		status = EADDRNOTAVAIL;
	} else if (port != 0 && !device_manifest_allows_port(run->device, tcp, port)) {
		status = EACCES;
		run_hint(run, "bind to port %u gave EACCES: %s of %s/app_manifest.json does not list it", port,
		         tcp ? "AllowedTcpServerPorts" : "AllowedUdpServerPorts", run->package.folder);
	}
	run_note(run, TL_APP, true, NULL, "listens at %s port %u: %s", tcp ? "TCP" : "UDP", port, status ? strerrorname_np(status) : "ok");
	(void) channel_answer_vt(run->channel, m->connection, VT_STATUS, status, 0, -1);
}

static void handle_settime(struct run *run, const struct channel_message *m)
{
	int status = 0;

	if (!device_manifest_has(run->device, "SystemTime")) {
		status = EPERM;
		run_hint(run, "the application may not set the clock: %s/app_manifest.json does not grant SystemTime", run->package.folder);
	} else {
		run->rtc_lag_ns += clock_wall_ns(&run->clock, CLOCK_DEVICE) - (int64_t)m->vt.a; /* it goes on as it was */
		clock_set(&run->clock, CLOCK_DEVICE, (int64_t)m->vt.a);
		run_update_page(run);
		run_note(run, TL_CLOCK, true, NULL, "device clock set by the application to %lld s since 1970",
		         (long long)((int64_t)m->vt.a / (int64_t)NS_PER_S));
	}
	if (!run_kills_now(run, true))
		(void) channel_answer_vt(run->channel, m->connection, VT_STATUS, status, 0, -1);
}

/* From the application's monotonic clock, which starts anew at each boot, to the time of the run. */
static uint64_t deadline_of_app(const struct run *run, uint64_t app_mono_ns)
{
	if (app_mono_ns == VT_NO_DEADLINE || app_mono_ns > UINT64_MAX - run->boot_base_ns)
		return TIME_NEVER;
	app_mono_ns += run->boot_base_ns;
	return app_mono_ns > VT_MONOTONIC_START_NS ? app_mono_ns - VT_MONOTONIC_START_NS : 0;
}

/* What the application says of its memory. False when it took too much, and is gone: a device ends it as well. */
static bool take_memory(struct run *run, const struct channel_message *m)
{
	const struct run_memory now = {.data = m->vt.reserved2, .heap = (uint32_t)m->vt.b, .stack = (uint32_t)(m->vt.b >> 32)};
	struct run_memory *most = &run->result->memory;
	uint64_t sum = (uint64_t)now.data + now.heap + now.stack;

	most->data = now.data > most->data ? now.data : most->data;
	most->heap = now.heap > most->heap ? now.heap : most->heap;
	most->stack = now.stack > most->stack ? now.stack : most->stack;
	if (run->options->ram_limit == 0 || sum <= run->options->ram_limit)
		return true;
	run_hint(run, "memory: the application took %llu bytes (data and bss %u, heap %u, stack %u), and may take %u", (unsigned long long)sum,
	         now.data, now.heap, now.stack, run->options->ram_limit);
	run_note(run, TL_APP, true, NULL, "out of memory: %llu bytes of %u", (unsigned long long)sum, run->options->ram_limit);
	app_kill(&run->process);
	run_app_ended(run, SIGKILL);
	return false;
}

/* It computes or polls without waiting: a millisecond passes, the world goes on meanwhile. False: it is stopped for that. */
static bool spend_millisecond(struct run *run, const struct channel_message *m, const char *what)
{
	if (++run->spins == SPINS_MAX + 1 && run->options->live) {
		run_note(run, TL_APP, true, NULL, "%s", what);
	} else if (run->spins > SPINS_MAX && !run->options->live) {
		run_app_misbehaves(run, "the application %s: it does not return to its loop", what);
		return false;
	}
	run->app_idle = true;
	run->idle_connection = m->connection;
	run->idle_deadline_ns = run->clock.now_ns + NS_PER_MS;
	return true;
}

static void hold_request(struct run *run, struct channel_message *m)
{
	if (!spend_millisecond(run, m, "makes calls without end and never waits"))
		return;
	run->held = malloc(sizeof(*run->held));
	if (!run->held)
		abort();
	*run->held = *m;
	OPENSSL_cleanse(m->payload, m->header.length);
}

bool run_handle_held(struct run *run)
{
	struct channel_message *m = run->held;

	if (!m)
		return false;
	run->held = NULL;
	run->app_idle = false;
	handle_request(run, m);
	free(m);
	return true;
}

void run_drop_held(struct run *run)
{
	if (run->held)
		OPENSSL_cleanse(run->held->payload, sizeof(run->held->payload));
	free(run->held);
	run->held = NULL;
}

static void handle_vtime(struct run *run, const struct channel_message *m)
{
	if (m->vt.reserved2 != 0 && (m->vt.type == VT_IDLE || m->vt.type == VT_MEMORY) && !take_memory(run, m))
		return;
	switch ((enum vt_type)m->vt.type) {
	case VT_MEMORY:
		(void) channel_answer_vt(run->channel, m->connection, VT_STATUS, 0, 0, -1);
		break;
	case VT_IDLE:
		run->spins = run->calls_in_a_row = 0;
		run->app_idle = true;
		run->idle_connection = m->connection;
		run->idle_wall_steps = run->clock.steps[CLOCK_DEVICE];
		run->idle_deadline_ns = deadline_of_app(run, m->vt.a);
		break;
	case VT_RESOLVE:
		handle_resolve(run, m);
		break;
	case VT_CONNECT:
		handle_connect(run, m);
		break;
	case VT_INTERFACE:
		handle_interface(run, m);
		break;
	case VT_BIND:
		handle_bind(run, m);
		break;
	case VT_SETTIME:
		handle_settime(run, m);
		break;
	case VT_UNSUPPORTED:
		run_note(run, TL_APP, true, NULL, "not available on the device: %s", m->vt.text);
		run_hint(run, "the application called %s, which an Azure Sphere device does not have", m->vt.text);
		(void) channel_answer_vt(run->channel, m->connection, VT_STATUS, 0, 0, -1);
		break;
	case VT_SPIN:
		spend_millisecond(run, m, "reads the clock or polls without ever waiting");
		break;
	default:
		(void) channel_answer_vt(run->channel, m->connection, VT_STATUS, ENOSYS, 0, -1);
		break;
	}
}

void run_handle_message(struct run *run, struct channel_message *m, enum channel_message_kind kind)
{
	ahead_collect(run);
	if (run->messages_at_ns != run->clock.now_ns) {
		run->messages_at_ns = run->clock.now_ns;
		run->messages_now = 0;
	}
	if (++run->messages_now > MESSAGES_AT_ONCE_MAX) {
		run_app_misbehaves(run, "the application makes calls without end and never waits");
		run->messages_now = 0;
		return;
	}
	if (run->messages_minute != run->clock.now_ns / (60 * NS_PER_S)) {
		run->messages_minute = run->clock.now_ns / (60 * NS_PER_S);
		run->messages_in_minute = 0;
	}
	if (++run->messages_in_minute > MESSAGES_A_MINUTE_MAX) {
		run_app_misbehaves(run, "the application waits, but never for long: more than %lu waits and calls within one minute of virtual time",
		                   MESSAGES_A_MINUTE_MAX);
		run->messages_in_minute = 0;
		return;
	}
	if (!run->output_quiet)
		run_drain_output(run);
	run->output_quiet = false;
	oom_look(run, kind == CHANNEL_REQUEST ? callname_of(m->header.op, callname_attribute(m->header.op, m->payload, m->header.length)) : "");
	if (cuts_at_mutable(run))
		return;
	run_watch_mutable_file(run);
	run_kills_count(run, kind, m);
	/* Of the messages to the clock only a setting of it leaves anything behind. */
	if (run_kills_now(run, false) || (kind == CHANNEL_VTIME && m->vt.type != VT_SETTIME && run_kills_now(run, true)))
		return;
	switch (kind) {
	case CHANNEL_NONE:
		break;
	case CHANNEL_BROKEN:
		run_app_misbehaves(run, "the application broke the protocol of its libraries: %s", m->problem);
		break;
	case CHANNEL_REFUSED:
		run_note(run, TL_APP, true, NULL, "%s", m->problem);
		run_hint(run, "%s", m->problem);
		break;
	case CHANNEL_VTIME:
		handle_vtime(run, m);
		break;
	case CHANNEL_REQUEST:
		if (++run->calls_in_a_row > CALLS_IN_A_ROW_MAX)
			hold_request(run, m);
		else
			handle_request(run, m);
		break;
	}
}
