/* The modes by name, the clocks, and the modes of a few lines. See guest.h. */
#define _GNU_SOURCE
#include "tests/vtime/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	CHECK(clock_gettime(clock, &ts) == 0);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t guest_mono(void)
{
	static const clockid_t same[] = { CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME };
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	struct timespec ts;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		CHECK(clock_ns(same[i]) == now);
	CHECK(syscall(SYS_CLOCK_GETTIME, CLOCK_MONOTONIC, &ts) == 0);
	CHECK(ts.tv_sec * NS_PER_S + ts.tv_nsec == now);
	return now;
}

int64_t guest_wall(void)
{
	int64_t now = clock_ns(CLOCK_REALTIME);
	struct timespec ts;
	struct timeval tv;
	time_t t;

	CHECK(clock_ns(CLOCK_REALTIME_COARSE) == now);
	CHECK(gettimeofday(&tv, NULL) == 0);
	CHECK(tv.tv_sec * NS_PER_S + tv.tv_usec * 1000 == now / 1000 * 1000);
	CHECK(timespec_get(&ts, TIME_UTC) == TIME_UTC);
	CHECK(ts.tv_sec * NS_PER_S + ts.tv_nsec == now);
	CHECK(time(&t) == now / NS_PER_S);
	CHECK(t == now / NS_PER_S);
	return now;
}

void guest_passed(const char *what, int64_t since, int64_t seconds)
{
	static int64_t wall_minus_mono;
	int64_t mono = guest_mono(), wall = guest_wall();

	if (mono - since != seconds * NS_PER_S || (wall_minus_mono && wall - mono != wall_minus_mono)) {
		(void) printf("%s took %lld ns\n", what, (long long) (mono - since));
		(void) fflush(stdout);
		_exit(1);
	}
	wall_minus_mono = wall - mono;
}

/* ---- Small modes ---- */

void guest_refused(void)
{
	char *argv[] = { (char *) "true", NULL };
	pid_t pid;

	CHECK(fork() == -1 && errno == ENOSYS);
	CHECK(syscall(SYS_fork) == -1 && errno == ENOSYS);
	CHECK(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == ENOSYS);
	CHECK(posix_spawnp(&pid, "true", NULL, NULL, argv, environ) == ENOSYS);
	CHECK(system(NULL) == 0);
	CHECK(system("true") == -1 && errno == ENOSYS);
	CHECK(!popen("true", "r") && errno == ENOSYS);
	CHECK(daemon(0, 0) == -1 && errno == ENOSYS);
	CHECK(execv("/bin/true", argv) == -1 && errno == ENOSYS);
	CHECK(execlp("true", "true", (char *) NULL) == -1 && errno == ENOSYS);
	CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
}

static volatile int spin_flag;

static void *spin_sleeper(void *arg)
{
	CHECK(usleep(*(useconds_t *) arg) == 0);
	spin_flag = 1;
	return arg;
}

/* Waiting without waiting: each comes to an end, since time passes while it looks. */
void guest_spin(void)
{
	int64_t begin = clock_ns(CLOCK_MONOTONIC);
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	useconds_t second = 1000000, short_time = 50000;
	pthread_t thread;

	while (clock_ns(CLOCK_MONOTONIC) < begin + 2 * NS_PER_S)
		;
	CHECK(clock_ns(CLOCK_MONOTONIC) == begin + 2 * NS_PER_S);
	while (clock_ns(CLOCK_MONOTONIC) < begin + 3 * NS_PER_S)
		CHECK(poll(NULL, 0, 0) == 0);
	spin_flag = 0;
	CHECK(pthread_create(&thread, NULL, spin_sleeper, &second) == 0);
	while (!spin_flag)
		(void) sched_yield();
	CHECK(pthread_join(thread, NULL) == 0);
	spin_flag = 0;
	CHECK(pthread_create(&thread, NULL, spin_sleeper, &short_time) == 0);
	while (!spin_flag) {
		CHECK(pthread_mutex_lock(&m) == 0);
		CHECK(pthread_mutex_unlock(&m) == 0);
	}
	CHECK(pthread_join(thread, NULL) == 0);
}

static void print_bytes(const char *what, const unsigned char *bytes, size_t n)
{
	(void) printf("%s ", what);
	for (size_t i = 0; i < n; i++)
		(void) printf("%02x", bytes[i]);
	(void) printf("\n");
}

void guest_random(void)
{
	unsigned char bytes[21], many[257];
	int fd = open("/dev/urandom", O_RDONLY);

	CHECK(getrandom(bytes, sizeof(bytes), 0) == (ssize_t) sizeof(bytes));
	print_bytes("getrandom", bytes, sizeof(bytes));
	CHECK(getentropy(bytes, sizeof(bytes)) == 0);
	print_bytes("getentropy", bytes, sizeof(bytes));
	CHECK(syscall(SYS_getrandom, bytes, sizeof(bytes), 0) == (ssize_t) sizeof(bytes));
	print_bytes("syscall", bytes, sizeof(bytes));
#ifdef __GLIBC__ /* musl has none */
	arc4random_buf(bytes, sizeof(bytes));
	print_bytes("arc4random", bytes, sizeof(bytes));
	for (unsigned i = 1; i < 1000; i++)
		CHECK(arc4random_uniform(i) < i);
#endif
	CHECK(fd >= 0 && read(fd, bytes, sizeof(bytes)) == (ssize_t) sizeof(bytes));
	print_bytes("urandom", bytes, sizeof(bytes));
	CHECK(close(fd) == 0);
	CHECK(getentropy(many, sizeof(many)) == -1);
}

/* Output and files are libc's business: no time passes, however much there is. */
void guest_files(void)
{
	int64_t begin = guest_mono();
	FILE *file = tmpfile();
	char line[64];

	CHECK(file);
	for (int i = 0; i < 20000; i++)
		CHECK(fprintf(file, "line %d of the file\n", i) > 0);
	rewind(file);
	for (int i = 0; i < 20000; i++) {
		CHECK(fgets(line, sizeof(line), file));
		CHECK(strtol(line + 5, NULL, 10) == i);
	}
	CHECK(fclose(file) == 0);
	for (int i = 0; i < 10000; i++)
		(void) printf("line %d on standard output\n", i);
	(void) fflush(stdout);
	for (int i = 0; i < 5000; i++)
		CHECK(write(STDOUT_FILENO, "a line of write\n", 16) == 16);
	guest_passed("writing", begin, 0);
	(void) printf("the end, not flushed");
}

void guest_stuck(void)
{
	(void) pause();
}

void guest_long_sleep(void)
{
	(void) sleep(1000000);
}

void guest_rounds(void)
{
	for (int i = 0; i < 10000; i++)
		CHECK(sleep(86400) == 0);
}

/* Under another name than the application's everything is real. */
void guest_real(void)
{
	struct timespec ten_ms = { .tv_nsec = 10000000 };
	int64_t begin = clock_ns(CLOCK_MONOTONIC);
	pid_t pid;

	CHECK(nanosleep(&ten_ms, NULL) == 0);
	CHECK(clock_ns(CLOCK_MONOTONIC) - begin >= ten_ms.tv_nsec);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		_exit(7);
	CHECK(waitpid(pid, NULL, 0) == pid);
	(void) printf("%lld\n", (long long) time(NULL));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
		{ "waits", guest_waits },
		{ "timers", guest_timers },
		{ "locks", guest_locks },
		{ "threads", guest_threads },
		{ "cancel", guest_cancel },
		{ "signals", guest_signals },
		{ "default-signal", guest_default_signal },
		{ "alarms", guest_alarms },
		{ "settime", guest_settime },
		{ "settime-refused", guest_settime_refused },
		{ "wall-step", guest_wall_step },
		{ "refused", guest_refused },
		{ "spin", guest_spin },
		{ "names", guest_names },
		{ "interfaces", guest_interfaces },
		{ "binding", guest_binding },
		{ "sockets", guest_sockets },
		{ "pipes", guest_pipes },
#ifdef __GLIBC__
		{ "curl", guest_curl },
#endif
		{ "random", guest_random },
		{ "files", guest_files },
		{ "stuck", guest_stuck },
		{ "long-sleep", guest_long_sleep },
		{ "rounds", guest_rounds },
		{ "real", guest_real },
	};

	for (size_t i = 0; argc == 2 && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[1], modes[i].name) == 0) {
			modes[i].run();
			return 0;
		}
	(void) fprintf(stderr, "usage: %s MODE\n", argv[0]);
	return 2;
}
