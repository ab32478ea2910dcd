/* The application's one mutable file [storage.h]. The bytes are the host's; here is who may have it, and that it is flash. */
#include <errno.h>

#include "emu-applibs/device/internal.h"

static int open_file(struct device *dev, int *ret_fd)
{
	const struct device_host *host = &dev->host;
	int fd = host->mutable_file(host->ctx, dev->manifest.mutable_kb, false);
	int r;

	if (fd == -ENOENT) {
		r = device_flash_commit(dev, "storage");
		if (r < 0)
			return r;
		fd = host->mutable_file(host->ctx, dev->manifest.mutable_kb, true);
	}
	if (fd < 0)
		return -EIO;
	*ret_fd = fd;
	return 0;
}

static int delete_file(struct device *dev)
{
	const struct device_host *host = &dev->host;
	cleanup_fd int fd = host->mutable_file(host->ctx, dev->manifest.mutable_kb, false);
	int r;

	if (fd < 0)
		return fd == -ENOENT ? -ENOENT : -EIO;
	r = device_flash_commit(dev, "storage");
	if (r < 0)
		return r;
	return host->mutable_file_delete(host->ctx) < 0 ? -EIO : 0;
}

int storage_request(struct device *dev, uint16_t op, struct wire_reader *in, int *ret_fd)
{
	if (!wire_reader_done(in))
		return -EBADMSG;
	/* No capability: EACCES. A size of 0: EACCES too, or a file that holds nothing. */
	if (dev->manifest.mutable_kb == 0 &&
	    (!dev->manifest.mutable_listed || device_reading(dev, READING_MUTABLE_SIZE_0) == MUTABLE_SIZE_0_EACCES)) {
		(void) device_has_capability(dev, "MutableStorage"); /* which it has not, and that is noted */
		return -EACCES;
	}
	if (dev->flash == DEVICE_FLASH_BROKEN)
		return -EIO;
	return op == WIRE_STORAGE_OPEN ? open_file(dev, ret_fd) : delete_file(dev);
}
