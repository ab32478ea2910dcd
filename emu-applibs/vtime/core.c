/* Whether libvtime acts in this process, its connection to the simulator, and the clock page.
 *
 * Leaves to others: what is said over the connection, and when (sched.c, names.c, sockets.c, clocks.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/un.h>

#include "emu-applibs/base/process.h"
#include "emu-applibs/wire/wire.h"

#define CORE_APP_MAX 15u
#define CORE_FD_HIGH 1024u

enum vt_state vt_state = VT_UNKNOWN;
static bool core_starting;
__thread struct vt_thread *vt_self;

static int core_fd = -1;
/* A page that is empty in a child of fork, however it was made. */
static const volatile unsigned char *core_first_process;
static const volatile struct vt_page *core_page;

void vt_fatal(const char *what, int error)
{
	char line[256];
	int n = snprintf(line, sizeof(line), "libvtime: %s%s%s\n", what, error ? ": " : "", error ? strerror(error) : "");

	if (n > 0)
		(void) vt_real.write(STDERR_FILENO, line, (size_t) n < sizeof(line) ? (size_t) n : sizeof(line) - 1);
	_exit(127);
}

uint64_t vt_now(void)
{
	return core_page->mono_ns;
}

int64_t vt_wall(void)
{
	return (int64_t) core_page->mono_ns + core_page->wall_offset_ns;
}

uint64_t vt_wall_steps(void)
{
	return core_page->wall_steps;
}

bool vt_own_fd(int fd)
{
	return vt_state == VT_ON && fd >= 0 && fd == core_fd;
}

unsigned vt_own_fd_number(void)
{
	return (unsigned) core_fd;
}

/* A descriptor number out of the application's way: high, but low enough for a small table in the kernel. */
static int core_high_fd(int fd)
{
	struct rlimit limit = { .rlim_cur = CORE_FD_HIGH };
	int floor, r = -1;

	(void) getrlimit(RLIMIT_NOFILE, &limit);
	floor = limit.rlim_cur < CORE_FD_HIGH ? (int) limit.rlim_cur : (int) CORE_FD_HIGH;
	for (floor -= 24; r < 0 && floor > 0; floor /= 2)
		r = fcntl(fd, F_DUPFD_CLOEXEC, floor);
	if (r < 0)
		vt_fatal("no descriptor left for the simulator's socket", errno);
	return r;
}

void vt_move_own_fd(void)
{
	int moved = fcntl(core_fd, F_DUPFD_CLOEXEC, core_fd + 1);

	if (moved < 0)
		moved = core_high_fd(core_fd);
	(void) vt_real.close(core_fd);
	core_fd = moved;
}

static void core_send(const struct vt_message *m)
{
	ssize_t n;

	do
		n = vt_real.send(core_fd, m, sizeof(*m), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t) sizeof(*m))
		vt_fatal("the simulator is gone", n < 0 ? errno : 0);
}

static void core_receive(struct vt_message *m, int *ret_fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { .iov_base = m, .iov_len = sizeof(*m) };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
				 .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	int fd = -1;
	ssize_t n;

	do
		n = vt_real.recvmsg(core_fd, &header, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		vt_fatal("the simulator is gone", n < 0 ? errno : 0);
	if (n != (ssize_t) sizeof(*m) || m->magic != VT_MAGIC)
		vt_fatal("the simulator answered something that is no vt_message", 0);
	c = CMSG_FIRSTHDR(&header);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (ret_fd)
		*ret_fd = fd;
	else if (fd >= 0)
		(void) vt_real.close(fd);
}

void vt_call_blocked(struct vt_message *m, int *ret_fd)
{
	uint64_t steps = core_page ? core_page->wall_steps : 0;

	if (core_first_process && !*core_first_process)
		vt_fatal("a second process has no clock: Azure Sphere has no fork", 0);
	m->magic = VT_MAGIC;
	core_send(m);
	core_receive(m, ret_fd);
	if (core_page && core_page->wall_steps != steps)
		vt_timerfd_wall_step();
}

void vt_call(struct vt_message *m, int *ret_fd)
{
	sigset_t all, before;

	/* A handler that asked something in the middle would take our answer. */
	(void) sigfillset(&all);
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &all, &before);
	vt_call_blocked(m, ret_fd);
	(void) vt_real.pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void vt_unsupported(const char *what)
{
	struct vt_message m = { .type = VT_UNSUPPORTED };

	(void) snprintf(m.text, sizeof(m.text), "%s", what);
	vt_call(&m, NULL);
}

static void core_map(int fd)
{
	const struct vt_page *page;

	if (fd < 0)
		vt_fatal("the simulator sent no clock page", 0);
	page = mmap(NULL, sizeof(*page), PROT_READ, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		vt_fatal("cannot map the clock page", errno);
	(void) vt_real.close(fd);
	if (page->magic != VT_PAGE_MAGIC || page->version != VT_VERSION)
		vt_fatal("the clock page is not of this version", 0);
	core_page = page;
}

static void core_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct vt_message m = { .type = VT_HELLO, .a = VT_VERSION, .b = (uint64_t) getpid() };
	char line[160];
	int fd, page = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		vt_fatal("AZSIM_SOCKET is too long a path", 0);
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		vt_fatal("no socket for the simulator", errno);
	if (vt_real.connect(fd, (const struct sockaddr *) &address, sizeof(address)) < 0) {
		(void) snprintf(line, sizeof(line), "cannot connect to the simulator at %s", path);
		vt_fatal(line, errno);
	}
	core_fd = core_high_fd(fd);
	(void) vt_real.close(fd);
	vt_call(&m, &page);
	if (m.type != VT_WELCOME || m.a != VT_VERSION)
		vt_fatal("the simulator speaks another version", 0);
	core_map(page);
	core_first_process = base_mark_process(); /* without it a child made past libc would take its parent's answers */
}

bool vt_start(void)
{
	const char *path, *app;

	vt_real_init();
	if (vt_state != VT_UNKNOWN || core_starting)
		return vt_state == VT_ON;
	/* Before libc has taken over the environment and the name, nothing can be said; ask again at the next call. */
	if (!environ || !program_invocation_short_name || !program_invocation_short_name[0])
		return false;
	path = getenv(WIRE_ENV_SOCKET);
	app = getenv(VT_ENV_APP);
	if (!path || !path[0] || !app || strncmp(app, program_invocation_short_name, CORE_APP_MAX) != 0) {
		vt_state = VT_OFF;
		return false;
	}
	core_starting = true; /* what is called from here, by an allocator perhaps, is still the real thing */
	core_connect(path);
	vt_sched_init();
	vt_threads_init();
	vt_random_init();
	vt_io_init();
	vt_memory_init();
	vt_state = VT_ON;
	return true;
}

__attribute__((constructor)) static void core_constructor(void)
{
	(void) vt_start();
}
