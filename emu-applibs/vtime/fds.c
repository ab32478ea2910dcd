/* Descriptors: closing and copying them, libvtime's own among them, and which epoll sets hold which.
 *
 * The registrations are remembered because connect() to the simulator puts another file under the socket's number, and
 * epoll forgets the old one with it. Leaves to others: what a socket or timer is (sockets.c, timerfd.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <errno.h>
#include <fcntl.h>

struct vt_registration {
	struct vt_registration *next;
	int epfd;
	int fd;
	struct epoll_event event;
};

static struct vt_registration *fds_registered;

/* ---- epoll registrations ---- */

static struct vt_registration **fds_find(int epfd, int fd)
{
	struct vt_registration **p = &fds_registered;

	while (*p && ((*p)->epfd != epfd || (*p)->fd != fd))
		p = &(*p)->next;
	return p;
}

static void fds_forget(int epfd, int fd)
{
	struct vt_registration **p = fds_find(epfd, fd), *r = *p;

	if (r) {
		*p = r->next;
		free(r);
	}
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	struct vt_registration *r;
	int status;

	if (!vt_on())
		return vt_real.epoll_ctl(epfd, op, fd, event);
	status = vt_real.epoll_ctl(epfd, op, fd, event);
	if (status < 0)
		return status;
	if (op == EPOLL_CTL_DEL) {
		fds_forget(epfd, fd);
		return 0;
	}
	r = *fds_find(epfd, fd);
	if (!r) {
		r = calloc(1, sizeof(*r));
		if (!r)
			return 0; /* only a later connect() would miss it */
		r->epfd = epfd;
		r->fd = fd;
		r->next = fds_registered;
		fds_registered = r;
	}
	r->event = *event;
	return 0;
}

struct vt_registration *vt_epoll_take(int fd)
{
	struct vt_registration **p = &fds_registered, *taken = NULL;

	while (*p) {
		struct vt_registration *r = *p;

		if (r->fd != fd) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		r->next = taken;
		taken = r;
	}
	return taken;
}

void vt_epoll_restore(int fd, struct vt_registration *list)
{
	while (list) {
		struct vt_registration *r = list;

		list = r->next;
		/* A copy of the old socket may still hold its registration; then only the new one is added. */
		(void) vt_real.epoll_ctl(r->epfd, EPOLL_CTL_ADD, fd, &r->event);
		r->next = fds_registered;
		fds_registered = r;
	}
}

void vt_epoll_fd_closed(int fd)
{
	struct vt_registration **p = &fds_registered;

	while (*p) {
		struct vt_registration *r = *p;

		if (r->fd != fd && r->epfd != fd) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		free(r);
	}
}

/* ---- Closing and copying ---- */

void vt_fd_closed(int fd)
{
	vt_timerfd_closed(fd);
	vt_socket_closed(fd);
	vt_binding_closed(fd);
	vt_epoll_fd_closed(fd);
}

int close(int fd)
{
	if (!vt_on())
		return vt_own_fd(fd) ? 0 : vt_real.close(fd);
	if (vt_own_fd(fd)) {
		errno = EBADF; /* as far as the application knows */
		return -1;
	}
	vt_fd_closed(fd);
	return vt_real.close(fd);
}

int close_range(unsigned first, unsigned last, int flags)
{
	unsigned own;

	if (!vt_on())
		return vt_real.close_range(first, last, flags);
	if (first > last || (flags & ~(int) (CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))) {
		errno = EINVAL;
		return -1;
	}
	if (!(flags & (int) CLOSE_RANGE_CLOEXEC)) {
		long open_max = sysconf(_SC_OPEN_MAX);

		for (unsigned fd = first; fd <= last && (long) fd < open_max; fd++)
			vt_fd_closed((int) fd);
	}
	own = vt_own_fd_number();
	if (own < first || own > last)
		return vt_real.close_range(first, last, flags);
	if (own > first && vt_real.close_range(first, own - 1, flags) < 0)
		return -1;
	return own < last ? vt_real.close_range(own + 1, last, flags) : 0;
}

void closefrom(int first)
{
	if (!vt_on())
		vt_real.closefrom(first);
	else
		(void) close_range(first < 0 ? 0 : (unsigned) first, ~0u, 0);
}

int dup(int fd)
{
	int r;

	if (!vt_on())
		return vt_real.dup(fd);
	r = vt_real.dup(fd);
	if (r >= 0)
		vt_socket_copied(fd, r);
	return r;
}

int dup3(int from, int to, int flags)
{
	int r;

	if (!vt_on())
		return vt_real.dup3(from, to, flags);
	if (vt_own_fd(to))
		vt_move_own_fd();
	r = vt_real.dup3(from, to, flags);
	if (r >= 0) {
		vt_fd_closed(to);
		vt_socket_copied(from, to);
	}
	return r;
}

int dup2(int from, int to)
{
	if (!vt_on())
		return vt_real.dup2(from, to);
	if (from == to)
		return vt_real.dup2(from, to);
	return dup3(from, to, 0);
}
