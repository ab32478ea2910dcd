/* The switches of mac80211_hwsim's radios: see testnetd/air.h.
 *
 * The module has them in debugfs (drivers/net/wireless/virtual/mac80211_hwsim.c). `group`: a set of bits; two radios hear each other
 * when they have one in common. `rx_rssi`: the level, -100 to -1 dBm, at which what this radio sends is heard, to which the power it sends
 * with is added: 20 dBm, unless somebody sets it lower.
 */
#include "sim/net/testnetd/air.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>

#include "emu-applibs/base/base.h"

#define DEBUGFS "/sys/kernel/debug"
#define TX_POWER_DBM 20
#define GROUP_OF_ALL 1
#define GROUP_OF_NOBODY 2

static int write_text(unsigned radio, const char *name, const char *text)
{
	char path[96];
	cleanup_fd int fd = -1;

	(void) snprintf(path, sizeof(path), DEBUGFS "/ieee80211/phy%u/hwsim/%s", radio, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) == (ssize_t) strlen(text) ? 0 : -errno;
}

/* Linux 6.1 takes no sign, but the same bits as a number without one. */
static int write_switch(unsigned radio, const char *name, int value)
{
	char text[32];
	int r;

	(void) snprintf(text, sizeof(text), "%d", value);
	r = write_text(radio, name, text);
	if (r != -EINVAL || value >= 0)
		return r;
	(void) snprintf(text, sizeof(text), "%llu", (unsigned long long) value);
	return write_text(radio, name, text);
}

int air_open(void)
{
	if (mount("debugfs", DEBUGFS, "debugfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") < 0 && errno != EBUSY)
		return -errno;
	return 0;
}

int air_set(unsigned radio, const struct net_air *air)
{
	int r = write_switch(radio, "group", air->in_range ? GROUP_OF_ALL : GROUP_OF_NOBODY);

	return r == 0 ? write_switch(radio, "rx_rssi", air->signal_dbm - TX_POWER_DBM) : r;
}
