/* <applibs/gpio.h> on the wire.
 *
 * An application closes a pin with close(), which nobody here sees. So its descriptor is the reading end of a pipe whose other end stays
 * here: while that end has a reader the pin is open; and the pipe's inode says which pin a descriptor is, whatever its number.
 *
 * Raw system calls, as in transport.c: none of this is a wait.
 */
#define _GNU_SOURCE
#include <applibs/gpio.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "emu-applibs/base/base.h"
#include "emu-applibs/client/transport.h"

#define PIN_MAX 80
#define KEEPER_FD_MIN 500 /* where an application that counts or closes descriptors does not meet it */

static struct pin {
	bool used; /* keeper is a descriptor */
	int keeper;
	dev_t device;
	ino_t inode;
} pins[PIN_MAX + 1];

/* All of this is done between call_begin and call_end, which lets one thread in. */

static struct pin *pin_of(GPIO_Id id)
{
	return id >= 0 && id <= PIN_MAX ? &pins[id] : NULL;
}

/* Has the application still got a descriptor of this pin? */
static bool is_open(struct pin *pin)
{
	struct timespec now = { 0, 0 };
	struct pollfd p;

	if (!pin || !pin->used)
		return false;
	p = (struct pollfd){ .fd = pin->keeper };
	if (syscall(SYS_ppoll, &p, 1, &now, NULL, 0) < 0 || !(p.revents & POLLERR))
		return true;
	(void) syscall(SYS_close, pin->keeper);
	pin->used = false;
	return false;
}

/* A descriptor for the application, or -1 and errno. */
static int give_descriptor(struct pin *pin)
{
	struct stat st;
	int ends[2];
	long keeper;

	if (syscall(SYS_pipe2, ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	keeper = syscall(SYS_fcntl, ends[1], F_DUPFD_CLOEXEC, KEEPER_FD_MIN);
	(void) syscall(SYS_close, ends[1]);
	if (keeper < 0 || fstat(ends[0], &st) < 0) {
		int error = errno;

		(void) syscall(SYS_close, ends[0]);
		if (keeper >= 0)
			(void) syscall(SYS_close, keeper);
		return call_fail(error);
	}
	*pin = (struct pin){ .used = true, .keeper = (int)keeper, .device = st.st_dev, .inode = st.st_ino };
	return ends[0];
}

/* The pin of a descriptor from here, or -1 and EBADF. */
static GPIO_Id pin_of_descriptor(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		for (GPIO_Id id = 0; id <= PIN_MAX; id++)
			if (pins[id].used && pins[id].inode == st.st_ino && pins[id].device == st.st_dev)
				return id;
	return call_fail(EBADF);
}

/* The device knows all that is wrong, but not what the process has open. */
static int open_pin(struct call *c, GPIO_Id id)
{
	int r = call_send(c), fd = -1;

	if (r >= 0) {
		if (!pin_of(id))
			call_broken(c, "it opened a pin that is none");
		fd = give_descriptor(pin_of(id));
	}
	return call_end(c, r) < 0 ? -1 : fd;
}

int GPIO_OpenAsInput(GPIO_Id gpioId)
{
	struct call c;

	call_begin(&c, WIRE_GPIO_OPEN_INPUT);
	wire_put_i32(&c.out, gpioId);
	wire_put_u8(&c.out, is_open(pin_of(gpioId)));
	return open_pin(&c, gpioId);
}

int GPIO_OpenAsOutput(GPIO_Id gpioId, GPIO_OutputMode_Type outputMode, GPIO_Value_Type initialValue)
{
	struct call c;

	call_begin(&c, WIRE_GPIO_OPEN_OUTPUT);
	wire_put_i32(&c.out, gpioId);
	wire_put_u8(&c.out, is_open(pin_of(gpioId)));
	wire_put_u8(&c.out, outputMode);
	wire_put_u8(&c.out, initialValue);
	return open_pin(&c, gpioId);
}

int GPIO_GetValue(int gpioFd, GPIO_Value_Type *outValue)
{
	struct call c;
	GPIO_Id id;
	int r;

	if (!outValue)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_GPIO_GET);
	id = pin_of_descriptor(gpioFd);
	wire_put_i32(&c.out, id);
	r = call_end(&c, id < 0 ? -1 : call_send(&c));
	if (r < 0)
		return -1;
	*outValue = r != 0 ? GPIO_Value_High : GPIO_Value_Low;
	return 0;
}

int GPIO_SetValue(int gpioFd, GPIO_Value_Type value)
{
	struct call c;
	GPIO_Id id;

	call_begin(&c, WIRE_GPIO_SET);
	id = pin_of_descriptor(gpioFd);
	wire_put_i32(&c.out, id);
	wire_put_u8(&c.out, value);
	return call_end(&c, id < 0 && value <= GPIO_Value_High ? -1 : call_send(&c)) < 0 ? -1 : 0;
}
