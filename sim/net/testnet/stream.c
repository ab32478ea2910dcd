/* The messages of testnet.h over a byte stream: the virtual serial port between azsim and the guest of the radio network.
 *
 * The header says how long a message is. A peer that stands still is known by the clock, in both directions.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "emu-applibs/base/base.h"
#include "sim/net/testnet/testnet.h"

#define SEND_LIMIT_MS 10000
#define CLOSED_PAUSE_MS 5

static int64_t now_ms(void)
{
	struct timespec ts;

	(void) clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* deadline_ms: of now_ms(); INT64_MAX: none. 0, -ETIMEDOUT, -EINTR, or another negative errno. */
static int await(int fd, short events, int64_t deadline_ms)
{
	struct pollfd pfd = {.fd = fd, .events = events};
	int64_t left = deadline_ms == INT64_MAX ? -1 : deadline_ms - now_ms();
	int r;

	if (deadline_ms != INT64_MAX && left < 0)
		left = 0;
	r = poll(&pfd, 1, left > 3600 * 1000 ? 3600 * 1000 : (int) left);
	if (r < 0)
		return -errno;
	if (r > 0)
		return 0;
	return left > 3600 * 1000 ? 0 : -ETIMEDOUT;
}

/* A socket's end must not end us by SIGPIPE; the guest's side is a device, which knows no flags. */
static ssize_t put(int fd, const uint8_t *bytes, size_t length)
{
	ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);

	return n < 0 && errno == ENOTSOCK ? write(fd, bytes, length) : n;
}

int testnet_stream_send(int fd, struct testnet_message *message, size_t length)
{
	const uint8_t *bytes = (const uint8_t *) message;
	size_t left = sizeof(message->header) + length;
	int64_t deadline = now_ms() + SEND_LIMIT_MS;

	if (length > TESTNET_MAX_PAYLOAD)
		return -EMSGSIZE;
	message->header.magic = TESTNET_MAGIC;
	message->header.length = (uint32_t) length;
	while (left > 0) {
		ssize_t n = put(fd, bytes, left);
		int r;

		if (n > 0) {
			bytes += n;
			left -= (size_t) n;
			continue;
		}
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return errno == ECONNRESET ? -EPIPE : -errno;
		r = await(fd, POLLOUT, deadline);
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

/* device: the guest's end, which reads as ended until the host has opened its own. */
static int take(int fd, uint8_t *bytes, size_t length, int64_t deadline_ms, bool device)
{
	while (length > 0) {
		int r = await(fd, POLLIN, deadline_ms);
		ssize_t n;

		if (r == -EINTR && device)
			continue;
		if (r < 0)
			return r;
		n = read(fd, bytes, length);
		if (n > 0) {
			bytes += n;
			length -= (size_t) n;
		} else if (n == 0 && !device) {
			return -EPIPE;
		} else if (n == 0) {
			(void) poll(NULL, 0, CLOSED_PAUSE_MS);
		} else if (errno != EINTR && errno != EAGAIN) {
			return errno == ECONNRESET ? -EPIPE : -errno;
		}
	}
	return 0;
}

static int receive(int fd, struct testnet_message *message, int timeout_ms, bool device)
{
	int64_t deadline = timeout_ms < 0 ? INT64_MAX : now_ms() + timeout_ms;
	int r = take(fd, (uint8_t *) &message->header, sizeof(message->header), deadline, device);

	if (r < 0)
		return r;
	if (message->header.magic != TESTNET_MAGIC || message->header.length > TESTNET_MAX_PAYLOAD)
		return -EBADMSG;
	return take(fd, message->payload, message->header.length, deadline, device);
}

int testnet_stream_receive(int fd, struct testnet_message *message, int timeout_ms)
{
	return receive(fd, message, timeout_ms, false);
}

int testnet_device_receive(int fd, struct testnet_message *message, int timeout_ms)
{
	return receive(fd, message, timeout_ms, true);
}
