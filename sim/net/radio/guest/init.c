/* The first process of the radio network's guest: mounts, modules, radios; then it is testnetd.
 *
 * radio/image.c packs it, with all that it starts, into the guest's initial file system. It says hello when the radios are there;
 * at that point azsim saves the guest. A guest that goes on, or one that was restored, is told to BEGIN: it gets random bytes of
 * its own, and the folder for logs, which is one of the host's. What goes wrong before that goes to the console.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "emu-applibs/base/base.h"
#include "sim/net/radio/guest/guest.h"
#include "sim/net/testnetd/air.h"
#include "sim/net/testnetd/lan.h"
#include "sim/net/testnetd/loss.h"
#include "sim/net/testnetd/serve.h"

_Static_assert(NET_RADIOS == 8, "GUEST_RADIOS");

#define WORK "/run/azsim"
#define LOGS "/logs"
#define DEVICES_LIMIT_MS 10000u /* of real time, until the kernel has found what it emulates */
#define ENTROPY_MAX 256u

static const struct testnetd_paths paths = {
        .freeradius = GUEST_FREERADIUS,
        .radius_lib = GUEST_RADIUS_LIB,
        .radius_dictionaries = GUEST_RADIUS_SHARE,
        .hostapd = GUEST_HOSTAPD,
        .wpa_supplicant = GUEST_WPA_SUPPLICANT,
        .faketime = GUEST_FAKETIME,
        .busybox = GUEST_BUSYBOX,
        .devclock = GUEST_DEVCLOCK,
};

static void give_up(const char *what, int r) __attribute__((noreturn));
static void give_up(const char *what, int r)
{
	(void) fprintf(stderr, "azsim guest: %s: %s\n", what, strerror(-r));
	(void) fflush(stderr);
	sync();
	(void) reboot(RB_POWER_OFF);
	for (;;)
		(void) pause();
}

/* ---- File systems and modules ------------------------------------------------------------------------------------------------- */

static void mount_all(void)
{
	static const struct {
		const char *type, *place, *options;
	} mounts[] = {
	        {"proc", "/proc", NULL},
	        {"sysfs", "/sys", NULL},
	        {"devtmpfs", "/dev", "mode=0755"},
	        {"tmpfs", "/dev/shm", "mode=0700"},
	        {"tmpfs", "/run", "mode=0755"},
	};

	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		(void) mkdir(mounts[i].place, 0755);
		if (mount(mounts[i].type, mounts[i].place, mounts[i].type, MS_NOSUID, mounts[i].options) < 0)
			give_up(mounts[i].place, -errno);
	}
	if (mkdir(WORK, 0700) < 0 || mkdir(LOGS, 0700) < 0)
		give_up(WORK, -errno);
}

static void load_module(const char *name)
{
	char path[300];
	const char *options = strstr(name, "mac80211_hwsim") != NULL ? GUEST_RADIOS : "";
	cleanup_fd int fd = -1;

	(void) snprintf(path, sizeof(path), GUEST_MODULES "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (syscall(SYS_finit_module, fd, options, 0) < 0 && errno != EEXIST))
		give_up(path, -errno);
}

/* Their names begin with numbers: the order in which they need each other. */
static void load_modules(void)
{
	struct dirent **entries;
	int n = scandir(GUEST_MODULES, &entries, NULL, alphasort);

	if (n < 0)
		give_up(GUEST_MODULES, -errno);
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.')
			load_module(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static void bring_up(const char *interface)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_flags = 0};

	(void) snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		give_up(interface, -errno);
	request.ifr_flags = (short) (request.ifr_flags | IFF_UP);
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		give_up(interface, -errno);
}

/* ---- azsim ------------------------------------------------------------------------------------------------------------------- */

/* /dev/vportNpM whose name the emulator's command line gives. */
static int open_port_named(void)
{
	DIR *ports = opendir("/sys/class/virtio-ports");
	int fd = -ENODEV;

	for (struct dirent *e = ports != NULL ? readdir(ports) : NULL; e != NULL && fd < 0; e = readdir(ports)) {
		char path[300], name[64] = "";
		FILE *f;

		(void) snprintf(path, sizeof(path), "/sys/class/virtio-ports/%.200s/name", e->d_name);
		f = e->d_name[0] != '.' ? fopen(path, "re") : NULL;
		if (f == NULL)
			continue;
		if (fgets(name, sizeof(name), f) != NULL && strcmp(name, GUEST_PORT "\n") == 0) {
			(void) snprintf(path, sizeof(path), "/dev/%.200s", e->d_name);
			fd = open(path, O_RDWR | O_CLOEXEC);
			if (fd < 0)
				fd = -errno;
		}
		(void) fclose(f);
	}
	if (ports != NULL)
		(void) closedir(ports);
	return fd;
}

static int open_port(void)
{
	int fd = open_port_named();

	for (unsigned waited = 0; fd < 0 && waited < DEVICES_LIMIT_MS; waited += 10) {
		(void) usleep(10 * 1000);
		fd = open_port_named();
	}
	if (fd < 0)
		give_up("the port to azsim", fd);
	return fd;
}

/* Restored guests begin alike; from here on they differ. */
static int add_entropy(const uint8_t *bytes, size_t length)
{
	struct {
		int entropy_count, buf_size; /* as struct rand_pool_info; bits, bytes */
		uint8_t buf[ENTROPY_MAX];
	} pool = {.entropy_count = (int) length * 8, .buf_size = (int) length};
	cleanup_fd int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	int r = 0;

	memcpy(pool.buf, bytes, length);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0)
		r = -errno;
	explicit_bzero(&pool, sizeof(pool));
	return r;
}

static int begin(struct serve *h, struct az_error *error)
{
	struct wire_reader reader;
	const uint8_t *bytes;
	size_t length;
	int r, dir_fd;

	wire_reader_init(&reader, h->message.payload, h->message.header.length);
	bytes = wire_get_bytes(&reader, &length);
	if (h->message.header.op != TESTNET_BEGIN || !wire_reader_done(&reader) || length < 16 || length > ENTROPY_MAX) {
		az_error_set(error, AZ_ENVIRONMENT, "the guest of the radio network was not told to begin");
		return -EBADMSG;
	}
	r = add_entropy(bytes, length);
	if (r < 0) {
		az_error_set(error, AZ_ENVIRONMENT, "the guest of the radio network takes no random bytes: %s", strerror(-r));
		return r;
	}
	if (mount(GUEST_LOGS_TAG, LOGS, "9p", MS_NOSUID | MS_NODEV | MS_NOEXEC, "trans=virtio,version=9p2000.L,msize=131072,cache=none") < 0) {
		r = -errno;
		az_error_set(error, AZ_ENVIRONMENT, "the guest of the radio network cannot reach the folder for logs: %s", strerror(-r));
		return r;
	}
	dir_fd = open(LOGS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0) {
		r = -errno;
		az_error_set(error, AZ_ENVIRONMENT, "the guest of the radio network cannot open the folder for logs: %s", strerror(-r));
		return r;
	}
	return daemons_init(&h->daemons, &medium_air, WORK, dir_fd, &paths, error);
}

int main(int argc, char **argv)
{
	static struct serve helper;
	struct az_error error;
	int r;

	if (getpid() != 1)
		return argc == 3 && strcmp(argv[1], LOSS_PROGRAM) == 0 ? loss_program(argv[2]) : lan_lease_script(argc, argv);
	(void) signal(SIGPIPE, SIG_IGN);
	(void) umask(077);
	mount_all();
	load_modules();
	r = air_open();
	if (r < 0)
		give_up("debugfs", r);
	r = lan_open();
	if (r < 0)
		give_up("the device's network namespace", r);
	bring_up("lo");
	bring_up("hwsim0");
	helper.device = true;
	helper.fd = open_port();
	serve_hello(&helper, 0, &error);
	r = testnet_device_receive(helper.fd, &helper.message, -1);
	if (r < 0)
		give_up("the first message of azsim", r);
	r = begin(&helper, &error);
	explicit_bzero(helper.message.payload, ENTROPY_MAX);
	if (serve_reply(&helper, r, &error) == 0 && r == 0)
		serve_requests(&helper);
	sync();
	(void) reboot(RB_POWER_OFF);
	return 0;
}
