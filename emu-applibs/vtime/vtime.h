/* What the parts of libvtime.so share: state, virtual clock, baton, timers, descriptors.
 *
 * libvtime stands between an unchanged application and libc. One thread of the application runs at a time, the one with
 * the baton; it gives the baton up only inside a wait that libvtime knows. So everything here is touched by the holder
 * of the baton alone and needs no lock. When nobody can take the baton, the thread that finds out tells the simulator
 * IDLE, and only then does the clock move.
 *
 * Leaves to others: the messages (wire/vtime_proto.h), the functions behind the shims (real.h).
 */
#ifndef VTIME_VTIME_H
#define VTIME_VTIME_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "emu-applibs/vtime/real.h"
#include "emu-applibs/wire/vtime_proto.h"

#define VT_NS_PER_S 1000000000LL
#define VT_NS_PER_MS 1000000LL
#define VT_NS_PER_US 1000LL

/* Fortified and other names that no header declares for us. */
int __poll_chk(struct pollfd *fds, nfds_t nfds, int timeout_ms, size_t size);
int __ppoll_chk(struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *mask, size_t size);
ssize_t __read_chk(int fd, void *buffer, size_t n, size_t size);
ssize_t __recv_chk(int fd, void *buffer, size_t n, size_t size, int flags);
ssize_t __recvfrom_chk(int fd, void *buffer, size_t n, size_t size, int flags, __SOCKADDR_ARG addr, socklen_t *len);

#pragma GCC visibility push(hidden)

/* ---- core.c: is libvtime at work here, the connection, the page ---- */

enum vt_state { VT_UNKNOWN, VT_OFF, VT_ON };
extern enum vt_state vt_state;

struct vt_thread;
extern __thread struct vt_thread *vt_self __attribute__((tls_model("initial-exec")));

/* Decides, at the first call, whether this process is the application, and connects. vt_real is filled on return.
 * Allocates nothing. */
bool vt_start(void);

/* True when clocks are virtual. */
static inline bool vt_clock_on(void)
{
	return __builtin_expect(vt_state == VT_ON, 1) || vt_start();
}

/* True when the calling thread takes part in the baton; false for an ordinary process, for a thread past its end, and
 * for one that libc started by itself. Then every shim is the function it replaces. */
static inline bool vt_on(void)
{
	return vt_clock_on() && vt_self != NULL;
}

/* Sends one request and takes its answer into *m; *ret_fd, where not NULL, is the descriptor that came along, or -1.
 * Ends the process with status 127 and a line on stderr when the simulator is gone. */
void vt_call(struct vt_message *m, int *ret_fd);
void vt_call_blocked(struct vt_message *m, int *ret_fd); /* the same, for who has blocked all signals already */
/* Tells the simulator what the application asked for and cannot have. */
void vt_unsupported(const char *what);
__attribute__((noreturn)) void vt_fatal(const char *what, int error);
/* True when fd is libvtime's own. */
bool vt_own_fd(int fd);
unsigned vt_own_fd_number(void);
/* Moves libvtime's own descriptor elsewhere, when the application wants its number. */
void vt_move_own_fd(void);

uint64_t vt_now(void);
int64_t vt_wall(void);
uint64_t vt_wall_steps(void);

/* ---- clocks.c: times and deadlines ---- */

enum vt_deadline_kind { VT_NEVER, VT_MONO, VT_WALL };
struct vt_deadline {
	enum vt_deadline_kind kind;
	int64_t ns;
};

/* Both saturate; ts must be valid (vt_timespec_ok). */
int64_t vt_ns(const struct timespec *ts);
struct timespec vt_timespec(int64_t ns);
bool vt_timespec_ok(const struct timespec *ts);
/* ns from now; a negative or zero ns is now. */
struct vt_deadline vt_after(int64_t ns);
struct vt_deadline vt_after_timespec(const struct timespec *ts); /* NULL = never */
struct vt_deadline vt_after_ms(int ms);                          /* negative = never */
/* An absolute time of `clock`, which must be one that vt_clock_kind knows. */
struct vt_deadline vt_at(clockid_t clock, const struct timespec *ts);
/* VT_MONO or VT_WALL for a clock that follows the simulator, VT_NEVER for one that stays real. */
enum vt_deadline_kind vt_clock_kind(clockid_t clock);
/* The deadline on the monotonic clock as the wall clock stands now; VT_NO_DEADLINE for never. */
uint64_t vt_deadline_mono(const struct vt_deadline *d);
bool vt_due(const struct vt_deadline *d);

/* ---- sched.c: the baton ---- */

enum vt_result { VT_WOKEN, VT_READY, VT_EXPIRED, VT_INTERRUPTED, VT_CANCELLED };

struct vt_wait {
	const void *object;          /* woken by vt_wake on it; NULL for none */
	struct pollfd *fds;          /* woken when one of them is ready */
	nfds_t nfds;
	struct vt_deadline deadline;
	const sigset_t *mask;        /* signal mask while waiting; NULL = the thread's own */
	const sigset_t *sigwait;     /* woken by these although blocked */
	bool interruptible;          /* a handler that ran ends the wait */
	bool restarts;               /* ... unless it was installed with SA_RESTART */
	bool as_select;              /* ready as select() says: a hang-up is no readiness to write */
	uint32_t bits;               /* futex bitset; 0 = any */
	uint64_t seq;                /* place in the queue, kept when a wait is repeated; 0 = at the end */
};

struct vt_thread {
	struct vt_thread *next; /* all threads, in the order of their creation */
	struct vt_thread *next_ready;
	pthread_t handle;
	int turn; /* futex: 1 = the baton is here */
	enum { VT_RUNS, VT_IS_READY, VT_WAITS, VT_ENDED } state;
	struct vt_wait *wait;
	enum vt_result result;
	sigset_t mask; /* the application's, while the thread is parked with everything blocked */
	void *(*start)(void *);
	void *arg;
	int key_rounds;
	uint32_t *stack_low, *stack_high, *stack_used; /* painted, and how far down it was used; NULL: not looked at */
	bool detached;
};

/* Makes the calling thread the first holder of the baton. */
void vt_sched_init(void);
/* Gives up the baton until one of the reasons in w is there. Keeps errno. */
enum vt_result vt_wait(struct vt_wait *w);
/* Makes ready up to n of those that wait for object, first come first served; returns how many. */
unsigned vt_wake(const void *object, unsigned n);
unsigned vt_wake_bits(const void *object, unsigned n, uint32_t bits);
/* Lets everybody run who can, then returns. */
void vt_yield(void);
/* Counts what an application does that does not wait: clock reads, fruitless looks. At the limit 1 ms passes. */
void vt_charge(unsigned n);
#define VT_CHARGE_LOOK 64u
#define VT_CHARGE_TRY 8u
/* Counts what makes progress but never gives up the baton (locks, ready descriptors), or hardly does (yielding). */
void vt_charge_busy(unsigned n);
#define VT_BUSY_YIELD 64u
/* Adds a parked thread, ready to run; ends the calling thread's part and hands on the baton. */
struct vt_thread *vt_thread_new(void);
void vt_thread_free(struct vt_thread *t);
void vt_thread_ready(struct vt_thread *t);
void vt_thread_unready(struct vt_thread *t);
/* Ends the wait of a thread that is being cancelled. */
void vt_thread_cancel(struct vt_thread *t);
void vt_thread_end(void);
struct vt_thread *vt_thread_find(pthread_t handle);
/* Parks until the baton comes. */
void vt_await(struct vt_thread *t);
/* A signal is pending for the process: makes the thread that should take it ready. */
void vt_signal_wake(int sig);
/* Remembers the mask of the calling thread, before signals may be posted while it runs. */
void vt_note_mask(void);
/* A signal was sent to this thread alone. */
void vt_thread_signalled(struct vt_thread *t, int sig);

/* All threads, the first first; linked by next. */
struct vt_thread *vt_threads(void);

/* ---- memory.c: how much memory the application takes; nothing but on musl ---- */

void vt_memory_init(void);
/* The calling thread, which is t, begins. */
void vt_memory_thread(struct vt_thread *t);
/* Puts the figures into the fields of m that vtime_proto.h names. */
void vt_memory_report(struct vt_message *m);

/* ---- timers.c ---- */

struct vt_timer {
	struct vt_timer *next;
	struct vt_deadline deadline;
	int64_t interval_ns;
	bool armed;
	/* Called with the number of expirations, at least 1. */
	void (*expired)(struct vt_timer *timer, uint64_t count);
};

void vt_timer_arm(struct vt_timer *timer, struct vt_deadline deadline, int64_t interval_ns);
void vt_timer_disarm(struct vt_timer *timer);
/* Time left, at least 1 ns while armed; 0 when disarmed. */
int64_t vt_timer_left(const struct vt_timer *timer);
void vt_timers_fire(void);
uint64_t vt_timers_next(void);

/* ---- timerfd.c ---- */

/* The wall clock was stepped: for timers that asked to be cancelled by it. */
void vt_timerfd_wall_step(void);
/* True, once, when a read of fd must fail with ECANCELED. */
bool vt_timerfd_cancelled(int fd);
/* Whatever it had to tell was read just now. Nothing happens for another descriptor. */
void vt_timerfd_was_read(int fd);
void vt_timerfd_closed(int fd);
bool vt_is_timerfd(int fd);

/* ---- fds.c, sockets.c: what is remembered about descriptors ---- */

void vt_fd_closed(int fd);
struct vt_registration;
/* Takes out of the books which epoll sets hold fd; vt_epoll_restore puts fd back into each, when another file has taken
 * its number, and into the books. */
struct vt_registration *vt_epoll_take(int fd);
void vt_epoll_restore(int fd, struct vt_registration *list);
void vt_epoll_fd_closed(int fd);
void vt_socket_closed(int fd);
/* binding.c: the name that the socket was given; false: none. */
bool vt_binding_name(int fd, struct sockaddr_in *ret);
void vt_binding_closed(int fd);
void vt_socket_copied(int from, int to);
bool vt_is_socket(int fd);

/* ---- io.c ---- */

/* Waits until fd is ready for `events`. 0: go on with the call, which will not block or should not;
 * -1: errno is set (EINTR, EAGAIN after SO_RCVTIMEO/SO_SNDTIMEO). flags: MSG_DONTWAIT is honoured. */
int vt_io_wait(int fd, short events, int flags);
/* Remembers where standard output and error go: the simulator reads them at any moment. */
void vt_io_init(void);
/* The time a socket operation may take, by SO_RCVTIMEO or SO_SNDTIMEO. */
struct vt_deadline vt_io_limit(int fd, short events);

/* ---- names.c ---- */

/* AF_INET address of `name` from the simulator: 0, or EAI_*. */
int vt_resolve(const char *name, uint32_t *ret_address);

/* ---- locks.c ---- */

int vt_mutex_lock(pthread_mutex_t *m, const struct vt_deadline *deadline);
int vt_mutex_unlock(pthread_mutex_t *m);

/* ---- random.c ---- */

/* Takes the seed out of the environment. */
void vt_random_init(void);
/* True when random numbers repeat. */
bool vt_random_on(void);
/* caller: where the application's call returns to; the program and its libraries have sequences of their own. */
void vt_random_fill(const void *caller, void *buffer, size_t n);
/* True when this is /dev/random or /dev/urandom. */
bool vt_is_random_device(const struct stat *st);

/* ---- threads.c ---- */

void vt_threads_init(void);
void vt_testcancel(void);

/* ---- signals.c ---- */

/* Hands a signal to the process, as the simulator's VT_SIGNAL asks. */
void vt_signal_post(int sig);

#pragma GCC visibility pop

#endif
