/* Speed and memory, as ratios against baselines of the same run: machines differ and are noisy, ratios less so.
 *
 * Baselines: one TLS 1.3 handshake with certificates on both sides by OpenSSL in memory, and one message there and back
 * between two processes on a Unix socket. Nothing here fails by being slow. usage: bench BUILD SCRATCH; the figures are also in
 * BUILD/bench.json.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <jansson.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "certs/pki.h"
#include "emu-applibs/wire/wire.h"
#include "sim/net/model/model.h"
#include "sim/net/net.h"

#define START 1767225600 /* 2026-01-01 */
#define DAY 86400
#define ROUNDS 5
#define MESSAGES 100000 /* a multiple of 100 */
#define MESSAGE_BYTES sizeof(struct wire_header) /* of the call that is measured, and of its reply */

static struct pki_cert *ca, *server, *client;
static char *server_key, *client_key;

static double now_s(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

_Noreturn static void die(const char *what)
{
	(void) fprintf(stderr, "bench: %s\n", what);
	exit(3);
}

static struct pki_cert *make(const char *name, enum pki_use use)
{
	struct pki_spec spec = {.name = name, .use = use, .issuer = use == PKI_ROOT ? NULL : ca, .not_before_s = START - DAY,
	                        .not_after_s = START + 9000LL * DAY, .now_s = START};
	struct pki_cert *cert = NULL;
	char error[PKI_ERROR_MAX];

	if (pki_make(&spec, &cert, error) < 0)
		die(error);
	return cert;
}

/* The best of some rounds of `count` times `work`, per time, in seconds. */
static double best(void (*work)(void *ctx), void *ctx, int count)
{
	double least = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double begin = now_s(), took;

		for (int i = 0; i < count; i++)
			work(ctx);
		took = (now_s() - begin) / count;
		least = took < least ? took : least;
	}
	return least;
}

/* ---- Baselines ----------------------------------------------------------------------------------------------------------- */

static SSL_CTX *context(const SSL_METHOD *method, const struct pki_cert *cert, const char *key_pem)
{
	SSL_CTX *tls = SSL_CTX_new(method);
	BIO *bio = BIO_new_mem_buf(pki_cert_pem(cert), -1), *key_bio = BIO_new_mem_buf(key_pem, -1), *ca_bio = BIO_new_mem_buf(pki_cert_pem(ca), -1);
	X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL), *root = PEM_read_bio_X509(ca_bio, NULL, NULL, NULL);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);

	if (!tls || SSL_CTX_use_certificate(tls, x) != 1 || SSL_CTX_use_PrivateKey(tls, key) != 1 ||
	    X509_STORE_add_cert(SSL_CTX_get_cert_store(tls), root) != 1)
		die("OpenSSL");
	X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(tls), START);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	X509_free(x);
	X509_free(root);
	EVP_PKEY_free(key);
	BIO_free(bio);
	BIO_free(key_bio);
	BIO_free(ca_bio);
	return tls;
}

static void handshake(void *ctx)
{
	SSL_CTX **both = ctx;
	SSL *a = SSL_new(both[0]), *b = SSL_new(both[1]);
	BIO *x, *y;

	if (BIO_new_bio_pair(&x, 65536, &y, 65536) != 1)
		die("BIO pair");
	SSL_set_bio(a, x, x);
	SSL_set_bio(b, y, y);
	SSL_set_connect_state(a);
	SSL_set_accept_state(b);
	for (int i = 0; i < 20 && !(SSL_is_init_finished(a) && SSL_is_init_finished(b)); i++) {
		(void) SSL_do_handshake(a);
		(void) SSL_do_handshake(b);
	}
	if (!SSL_is_init_finished(a) || !SSL_is_init_finished(b))
		die("the baseline's handshake failed");
	SSL_free(a);
	SSL_free(b);
}

/* Of one thing done many times: half of them took at most `median`, 99 of 100 at most p99. Seconds. */
struct spread {
	double median, p99;
};

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* On one processor, as azsim keeps its runs. */
static struct spread echo(void)
{
	static double took_s[MESSAGES];
	int pair[2];
	cpu_set_t before, one;
	pid_t pid;

	CPU_ZERO(&one);
	CPU_SET((unsigned)sched_getcpu(), &one);
	if (sched_getaffinity(0, sizeof(before), &before) < 0 || sched_setaffinity(0, sizeof(one), &one) < 0)
		die("processor affinity");

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		die("socketpair");
	pid = fork();
	if (pid == 0) {
		char bytes[MESSAGE_BYTES];

		(void) close(pair[0]);
		while (recv(pair[1], bytes, sizeof(bytes), 0) > 0)
			(void) send(pair[1], bytes, sizeof(bytes), 0);
		_exit(0);
	}
	(void) close(pair[1]);
	for (int i = 0; i < MESSAGES; i++) {
		char bytes[MESSAGE_BYTES] = {0};
		double begin = now_s();

		if (send(pair[0], bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes) || recv(pair[0], bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
			die("echo");
		took_s[i] = now_s() - begin;
	}
	qsort(took_s, MESSAGES, sizeof(took_s[0]), compare);
	(void) close(pair[0]);
	(void) waitpid(pid, NULL, 0);
	(void) sched_setaffinity(0, sizeof(before), &before);
	return (struct spread){.median = took_s[MESSAGES / 2], .p99 = took_s[MESSAGES / 100 * 99]};
}

/* ---- Networks ------------------------------------------------------------------------------------------------------------ */

struct bench_net {
	const struct net_ops *ops;
	struct net *net;
};

static void authenticate(void *ctx)
{
	struct bench_net *b = ctx;
	struct auth_request q = {.ssid = (const uint8_t *)"CorpNet", .ssid_length = 7, .identity = "client", .root_ca_pem = pki_cert_pem(ca),
	                         .client_cert_pem = pki_cert_pem(client), .client_key_pem = client_key};
	struct auth_verdict verdict;
	struct az_error error;

	if (b->ops->authenticate(b->net, &q, &verdict, &error) < 0)
		die(error.text);
	if (verdict.outcome != AUTH_OK)
		die("an authentication that should succeed did not");
}

static bool open_net(struct bench_net *b, const char *dir)
{
	struct net_state state = {.ssid = "CorpNet", .server_chain_pem = pki_cert_pem(server), .server_key_pem = server_key,
	                          .client_roots_pem = pki_cert_pem(ca), .tls = NET_TLS_1_3, .radius_up = true, NET_ONE_BSS};
	struct az_error error;

	if (b->ops->probe(&error) != 0) {
		(void) printf("  %s: not on this machine\n", b->ops->name);
		return false;
	}
	if (b->ops->open(dir, &b->net, &error) < 0 || b->ops->apply(b->net, &state, &error) < 0 ||
	    b->ops->set_clocks(b->net, START, START, &error) < 0)
		die(error.text);
	return true;
}

/* ---- Whole runs ---------------------------------------------------------------------------------------------------------- */

struct whole {
	double real_s, cpu_s;
	long rss_kb; /* the largest process */
};

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	(void) snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		die(path);
}

/* The output of a run that failed, and where the rest of it is kept. */
_Noreturn static void run_failed(const char *dir, const char *file, const char *output, int status)
{
	char line[1024];
	FILE *f = fopen(output, "re");

	(void) fprintf(stderr, "bench: azsim run of %s ended with %s %d; it said:\n", file, WIFEXITED(status) ? "status" : "signal",
	               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	while (f && fgets(line, sizeof(line), f))
		(void) fputs(line, stderr);
	(void) fprintf(stderr, "bench: scenario, output and logs are kept in %s\n", dir);
	exit(3);
}

/* word: one more, or NULL. */
static struct whole run_azsim(const char *home, const char *dir, const char *net, const char *app, const char *file, const char *word)
{
	char program[600], option[64], app_option[700], output[600];
	struct whole w = {0};
	struct rusage usage;
	double begin = now_s();
	int status;
	pid_t pid;

	(void) snprintf(output, sizeof(output), "%s/output", dir);
	pid = fork();
	if (pid == 0) {
		const char *argv[] = {program, "run", option, "--jobs=1", file, app ? app_option : word, app ? word : NULL, NULL};
		int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		(void) snprintf(program, sizeof(program), "%s/azsim", home);
		(void) snprintf(option, sizeof(option), "--net=%s", net);
		(void) snprintf(app_option, sizeof(app_option), "--app=%s", app ? app : "");
		if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(dir) < 0)
			_exit(127);
		(void) execv(program, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		die("fork");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		run_failed(dir, file, output, status);
	w.real_s = now_s() - begin;
	w.cpu_s = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 + (double)usage.ru_stime.tv_sec +
	          (double)usage.ru_stime.tv_usec / 1e6;
	w.rss_kb = usage.ru_maxrss;
	return w;
}

#define SCENARIO(name, length)                                                                                                    \
	"scenario: " name "\nabout: bench\nstart: 2026-01-01\nlength: " length "\npki:\n"                                         \
	"  - {name: ca1, use: root, valid: [-5y, +50y]}\n  - {name: radius1, use: server, issuer: ca1, valid: [-1y, +40y]}\n"       \
	"  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-1d, +40y]}\n"                                       \
	"network: {ssid: CorpNet, reauth: 24h, server: radius1, client_roots: [ca1]}\n"                                           \
	"device:\n  certificates: [{id: RootCA1, cert: ca1}, {id: ClientCert1, cert: dev1}]\n"                                    \
	"  networks: [{name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}]\n"                             \
	"oracles_off: [bounded]\nexpect:\n  - {end: {connected: Network1}}\n"

/* ---- Figures ------------------------------------------------------------------------------------------------------------- */

static json_t *figures;

static void note(const char *name, double value)
{
	(void) json_object_set_new(figures, name, json_real(value));
}

/* What the machine is, so that figures of two files are not compared that cannot be. */
static void write_figures(const char *home)
{
	char path[600], line[256], processor[200] = "?";
	FILE *f = fopen("/proc/cpuinfo", "re");
	json_t *root;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "model name : %199[^\n]", processor) == 1)
			break;
	if (f)
		(void) fclose(f);
	root = json_pack("{s:s, s:i, s:O}", "processor", processor, "processors", (int)sysconf(_SC_NPROCESSORS_ONLN), "figures", figures);
	(void) snprintf(path, sizeof(path), "%s/bench.json", home);
	if (!root || json_dump_file(root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) < 0)
		die(path);
	json_decref(root);
	(void) printf("\nfigures: %s\n", path);
}

/* ---- What is measured ---------------------------------------------------------------------------------------------------- */

static void authentications(const char *dir, double handshake_s, bool *ret_wired)
{
	struct bench_net model = {.ops = &net_model_ops}, wired = {.ops = &net_wired_ops};
	double t;

	(void) printf("one authentication, in handshakes\n");
	if (!open_net(&model, dir))
		die("no model network");
	model_set_memory(model.net, false);
	t = best(authenticate, &model, 100);
	(void) printf("  model                     %8.2f   (%.3f ms)\n", t / handshake_s, t * 1e3);
	note("authentication_model_ms", t * 1e3);
	note("authentication_model_handshakes", t / handshake_s);
	model_set_memory(model.net, true);
	t = best(authenticate, &model, 2000);
	(void) printf("  model, from memory        %8.4f   (%.4f ms)\n", t / handshake_s, t * 1e3);
	note("authentication_model_memory_ms", t * 1e3);
	model.ops->close(model.net);
	*ret_wired = open_net(&wired, dir);
	if (!*ret_wired)
		return;
	t = best(authenticate, &wired, 50);
	(void) printf("  wired                     %8.2f   (%.1f ms)\n", t / handshake_s, t * 1e3);
	note("authentication_wired_ms", t * 1e3);
	note("authentication_wired_handshakes", t / handshake_s);
	wired.ops->close(wired.net);
}

/* Years in which nothing happens but a poll and an authentication a day: what is asked again is answered from memory. By the time of
 * all processes together, so that a busy machine does not count. */
static void plain_life(const char *home, const char *dir)
{
	static const struct {
		const char *word, *name, *about;
	} ways[] = {
		{NULL, "device_years_a_minute_a_core", "with TLS to the issuer"},
		{"--http=shim", "device_years_a_minute_a_core_shim", "--http=shim"},
		{"--no-memory", "device_years_a_minute_a_core_no_memory", "with TLS, --no-memory"},
	};

	write_file(dir, "five-years.yaml", SCENARIO("five-years", "5y"));
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct whole w = run_azsim(home, dir, "model", NULL, "five-years.yaml", ways[i].word);

		(void) printf("  model   %6.0f device-years a minute of one processor, %s\n", 5 * 60 / w.cpu_s, ways[i].about);
		note(ways[i].name, 5 * 60 / w.cpu_s);
	}
}

static void two_years(const char *home, const char *dir, double handshake_s, bool has_wired)
{
	struct whole w;

	write_file(dir, "two-years.yaml", SCENARIO("two-years", "2y"));
	(void) printf("\ntwo virtual years with a daily poll of the issuer and a daily authentication\n");
	w = run_azsim(home, dir, "model", NULL, "two-years.yaml", NULL);
	(void) printf("  model   %6.2f s = %5.2f handshakes a virtual day; %.0f device-years a minute; largest process %ld KiB\n", w.real_s,
	              w.real_s / 730 / handshake_s, 2 * 60 / w.real_s, w.rss_kb);
	note("two_years_model_s", w.real_s);
	note("device_years_a_minute", 2 * 60 / w.real_s);
	note("two_years_model_rss_kib", (double)w.rss_kb);
	plain_life(home, dir);
	if (!has_wired)
		return;
	w = run_azsim(home, dir, "wired", NULL, "two-years.yaml", NULL);
	(void) printf("  wired   %6.2f s = %5.2f handshakes a virtual day; largest process %ld KiB\n", w.real_s, w.real_s / 730 / handshake_s, w.rss_kb);
	note("two_years_wired_s", w.real_s);
	note("two_years_wired_rss_kib", (double)w.rss_kb);
}

/* From the command to the end of a run of a minute: that is the first verdict, and what little comes after it. The first run leaves a
 * saved guest if there was none; the best of the others counts. */
static void first_verdict_on_radio(const char *home, const char *dir)
{
	struct az_error error;
	struct whole least = {0};

	(void) printf("\nfrom the command to the first verdict over the air, guest restored\n");
	if (net_radio_ops.probe(&error) != 0) {
		(void) printf("  radio: %.*s\n", (int)strcspn(error.text, "\n"), error.text);
		return;
	}
	write_file(dir, "minute.yaml", SCENARIO("minute", "1m"));
	(void) run_azsim(home, dir, "radio", NULL, "minute.yaml", NULL);
	for (int i = 0; i < 3; i++) {
		struct whole w = run_azsim(home, dir, "radio", NULL, "minute.yaml", NULL);

		if (i == 0 || w.real_s < least.real_s)
			least = w;
	}
	(void) printf("  radio   %6.2f s, %.2f s of processors; largest process %ld KiB\n", least.real_s, least.cpu_s, least.rss_kb);
	note("first_verdict_radio_s", least.real_s);
	note("first_verdict_radio_cpu_s", least.cpu_s);
	note("radio_rss_kib", (double)least.rss_kb);
}

/* The application measures its calls itself; the echo is measured before and after, since a machine's mood changes. */
static void api_calls(const char *home, const char *dir)
{
	struct spread before = echo(), after, call;
	unsigned median_ns = 0, p99_ns = 0;
	char app[700], path[700], line[1024];
	FILE *f;

	write_file(dir, "one-day.yaml", SCENARIO("one-day", "1d"));
	(void) snprintf(app, sizeof(app), "%s/tests/apps/calls", home);
	(void) run_azsim(home, dir, "model", app, "one-day.yaml", "--out=out");
	(void) snprintf(path, sizeof(path), "%s/out/one-day.model.timeline", dir);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, "calls: median ");

		if (at && sscanf(at, "calls: median %u p99 %u ns", &median_ns, &p99_ns) == 2)
			break;
	}
	if (f)
		(void) fclose(f);
	if (median_ns == 0)
		die("the application that makes calls did not say what they cost");
	after = echo();
	if (after.median < before.median)
		before = after;
	call = (struct spread){.median = median_ns / 1e9, .p99 = p99_ns / 1e9};
	(void) printf("\nthere and back between two processes      median       p99\n");
	(void) printf("  a message, bare (echo)                %7.1f us %7.1f us\n", before.median * 1e6, before.p99 * 1e6);
	(void) printf("  an API call                           %7.1f us %7.1f us   %.2f echoes\n", call.median * 1e6, call.p99 * 1e6,
	              call.median / before.median);
	note("echo_median_us", before.median * 1e6);
	note("echo_p99_us", before.p99 * 1e6);
	note("api_call_median_us", call.median * 1e6);
	note("api_call_p99_us", call.p99 * 1e6);
	note("api_call_echoes", call.median / before.median);
}

int main(int argc, char **argv)
{
	const char *home = argc > 1 ? argv[1] : "build", *dir = argc > 2 ? argv[2] : ".";
	SSL_CTX *both[2];
	bool has_wired;
	double handshake_s;

	figures = json_object();
	ca = make("ca", PKI_ROOT);
	server = make("server", PKI_SERVER);
	client = make("client", PKI_CLIENT);
	if (!figures || pki_key_pem(server, PKI_PKCS8, NULL, &server_key) < 0 || pki_key_pem(client, PKI_PKCS8, NULL, &client_key) < 0)
		die("keys");
	both[0] = context(TLS_client_method(), client, client_key);
	both[1] = context(TLS_server_method(), server, server_key);
	handshake_s = best(handshake, both, 100);
	(void) printf("baseline of this machine, now\n  TLS handshake in memory   %8.3f ms\n\n", handshake_s * 1e3);
	note("handshake_ms", handshake_s * 1e3);
	authentications(dir, handshake_s, &has_wired);
	two_years(home, dir, handshake_s, has_wired);
	api_calls(home, dir);
	first_verdict_on_radio(home, dir);
	write_figures(home);
	return 0;
}
