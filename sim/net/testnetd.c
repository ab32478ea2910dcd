/* testnetd: see testnetd.h. Two processes: the outer one makes the namespaces and waits, so that azsim has a child to wait
 * for; the inner one is the first of the pid namespace and does the work.
 */
#define _GNU_SOURCE
#include "sim/net/testnetd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnet.h"
#include "sim/net/testnetd_attempt.h"
#include "sim/net/testnetd_daemons.h"
#include "sim/net/testnetd_ns.h"
#include "sim/net/wired.h"

struct helper {
	int fd; /* to azsim */
	struct daemons daemons;
	struct aftermath aftermath;
	struct testnet_message message; /* the request, then its reply */
};

/* ---- Replies ---------------------------------------------------------------------------------------------------------------- */

static int reply(struct helper *h, int result, const struct az_error *error, struct wire_writer *w)
{
	if (result < 0) {
		wire_writer_init(w, h->message.payload, sizeof(h->message.payload));
		wire_put_u8(w, (uint8_t) error->status);
		wire_put_str(w, error->text);
	}
	h->message.header.result = result < 0 ? result : 0;
	return testnet_send(h->fd, &h->message, w->length);
}

static int malformed(struct az_error *error)
{
	az_error_set(error, AZ_ENVIRONMENT, "a request to the helper of the test network is malformed");
	return -EBADMSG;
}

/* ---- Requests --------------------------------------------------------------------------------------------------------------- */

static int do_apply(struct helper *h, struct wire_reader *r, struct az_error *error)
{
	struct net_state state;

	if (testnet_get_state(r, &state) < 0)
		return malformed(error);
	/* The copy in the message holds the server's key. */
	explicit_bzero(h->message.payload, h->message.header.length);
	return daemons_apply(&h->daemons, &state, error);
}

static int do_set_clocks(struct helper *h, struct wire_reader *r, struct az_error *error)
{
	int64_t device_wall_s = wire_get_i64(r), radius_wall_s = wire_get_i64(r);
	int e;

	if (!wire_reader_done(r))
		return malformed(error);
	e = daemons_check(&h->daemons, error);
	return e < 0 ? e : daemons_set_clocks(&h->daemons, device_wall_s, radius_wall_s, error);
}

static int do_authenticate(struct helper *h, struct wire_reader *r, struct wire_writer *w, struct az_error *error)
{
	struct auth_request request;
	struct auth_verdict verdict;
	int e;

	if (testnet_get_request(r, &request) < 0)
		return malformed(error);
	explicit_bzero(h->message.payload, h->message.header.length);
	e = attempt_run(&h->daemons, &h->aftermath, &request, &verdict, error);
	testnet_request_clear(&request);
	if (e == 0)
		testnet_put_verdict(w, &verdict);
	return e;
}

static void put_pid(struct wire_writer *w, const struct proc *proc)
{
	wire_put_u32(w, proc->state == PROC_RUNNING ? (uint32_t) proc->pid : 0);
}

static void do_status(struct helper *h, struct wire_writer *w)
{
	wire_put_u32(w, (uint32_t) getpid());
	put_pid(w, &h->daemons.radius);
	put_pid(w, &h->daemons.ap);
	put_pid(w, &h->daemons.supplicant);
}

/* False: the end. */
static bool answer(struct helper *h)
{
	struct wire_reader r;
	struct wire_writer w;
	struct az_error error;
	int e = 0;

	if (testnet_receive(h->fd, &h->message, -1) < 0)
		return false; /* azsim is gone, or speaks another language */
	wire_reader_init(&r, h->message.payload, h->message.header.length);
	wire_writer_init(&w, h->message.payload, sizeof(h->message.payload));
	switch (h->message.header.op) {
	case TESTNET_APPLY:
		e = do_apply(h, &r, &error);
		break;
	case TESTNET_SET_CLOCKS:
		e = do_set_clocks(h, &r, &error);
		break;
	case TESTNET_AUTHENTICATE:
		e = do_authenticate(h, &r, &w, &error);
		break;
	case TESTNET_STATUS:
		do_status(h, &w);
		break;
	case TESTNET_QUIT:
		break;
	default:
		e = malformed(&error);
	}
	return reply(h, e, &error, &w) == 0 && h->message.header.op != TESTNET_QUIT;
}

static void serve(struct helper *h)
{
	for (;;) {
		if (daemons_wait(&h->daemons, h->fd, TIME_NEVER)) {
			if (!answer(h))
				return;
		} else {
			daemons_pause(&h->daemons, 0); /* takes events: a daemon waits for a reader that does not read */
		}
	}
}

/* ---- The two processes ------------------------------------------------------------------------------------------------------ */

/* Standard streams go to /dev/null: whoever waits for the end of azsim's output must not wait for us. */
static void detach_streams(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; i <= 2 && null >= 0; i++)
		(void) dup2(null, i);
	if (null > 2)
		(void) close(null);
}

static void close_others(int a, int b)
{
	int low = a < b ? a : b, high = a < b ? b : a;

	(void) close_range(3, (unsigned) low - 1, 0);
	if (high > low + 1)
		(void) close_range((unsigned) low + 1, (unsigned) high - 1, 0);
	(void) close_range((unsigned) high + 1, ~0u, 0);
}

/* The first thing azsim hears. */
static void say_hello(struct helper *h, int result, const struct az_error *error)
{
	struct wire_writer w;

	memset(&h->message.header, 0, sizeof(h->message.header));
	wire_writer_init(&w, h->message.payload, sizeof(h->message.payload));
	(void) reply(h, result, error, &w);
}

static int prepare(struct helper *h, const char *dir, int dir_fd, const struct testnetd_paths *paths, struct az_error *error)
{
	const char *const avoid[] = {dir,           paths->freeradius,     paths->radius_lib, paths->radius_dictionaries,
	                             paths->hostapd, paths->wpa_supplicant, paths->faketime,   NULL};
	const char *work = ns_mount_point(avoid);
	enum ns_step step;
	int r;

	if (work == NULL) {
		az_error_set(error, AZ_ENVIRONMENT, "no folder like /mnt or /srv to put the test network's private files over");
		return -ENOENT;
	}
	r = ns_build(work, &step);
	if (r < 0) {
		wired_explain(step, r, error);
		return r;
	}
	return daemons_init(&h->daemons, work, dir_fd, paths, error);
}

/* pid 1 of the namespace: when it ends, everything inside does. */
static void inner(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths) __attribute__((noreturn));
static void inner(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths)
{
	static struct helper helper; /* large; one a process */
	struct az_error error;
	int r;

	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void) signal(SIGPIPE, SIG_IGN);
	(void) umask(077);
	helper.fd = fd;
	r = prepare(&helper, dir, dir_fd, paths, &error);
	say_hello(&helper, r, &error);
	if (r == 0)
		serve(&helper);
	_exit(r == 0 ? 0 : 1);
}

static void outer(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths, pid_t parent)
        __attribute__((noreturn));
static void outer(int fd, const char *dir, int dir_fd, const struct testnetd_paths *paths, pid_t parent)
{
	static struct helper helper;
	struct az_error error;
	enum ns_step step;
	sigset_t none;
	pid_t pid = -1;
	int status = 0, r;

	(void) sigemptyset(&none);
	(void) sigprocmask(SIG_SETMASK, &none, NULL);
	(void) signal(SIGCHLD, SIG_DFL);
	(void) setsid(); /* Ctrl-C is azsim's to hear; it then ends us in order */
	detach_streams();
	close_others(fd, dir_fd);
	helper.fd = fd;
	r = ns_enter(&step);
	/* After it: a change of namespace may clear this. */
	(void) prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	if (r < 0) {
		wired_explain(step, r, &error);
		say_hello(&helper, r, &error);
		_exit(1);
	}
	pid = fork();
	if (pid == 0)
		inner(fd, dir, dir_fd, paths);
	if (pid < 0) {
		r = -errno;
		wired_explain(NS_STEP_UNSHARE, r, &error);
		say_hello(&helper, r, &error);
		_exit(1);
	}
	(void) close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int testnetd_spawn(const char *dir, const struct testnetd_paths *paths, pid_t *ret_pid, int *ret_fd,
                   struct az_error *ret_error)
{
	cleanup_fd int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int ours = -1, theirs = -1;
	pid_t parent = getpid(), pid;
	int pair[2], r;

	if (dir_fd < 0) {
		r = -errno;
		az_error_set(ret_error, AZ_ENVIRONMENT, "%s: the folder for the daemons' logs cannot be opened: %s", dir, strerror(-r));
		return r;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		goto failed;
	ours = pair[0];
	theirs = pair[1];
	pid = fork();
	if (pid == 0)
		outer(theirs, dir, dir_fd, paths, parent);
	if (pid < 0)
		goto failed;
	*ret_pid = pid;
	*ret_fd = steal_fd(&ours);
	return 0;
failed:
	r = -errno;
	az_error_set(ret_error, AZ_ENVIRONMENT, "the helper of the test network cannot be started: %s", strerror(-r));
	return r;
}
