/* Host names: asked of the simulator, answered in the shapes of libc.
 *
 * Numeric hosts, AI_PASSIVE and localhost are answered here. The real getaddrinfo builds every answer from a numeric
 * address, so that freeaddrinfo fits. Leaves to others: connecting (sockets.c).
 */
#define _GNU_SOURCE
#include "emu-applibs/vtime/vtime.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

int vt_resolve(const char *name, uint32_t *ret_address)
{
	struct vt_message m = { .type = VT_RESOLVE };
	size_t n = strlen(name);

	if (n == 0 || n >= sizeof(m.text))
		return EAI_NONAME;
	memcpy(m.text, name, n);
	vt_call(&m, NULL);
	if (m.type != VT_RESOLVED)
		vt_fatal("the simulator's answer does not fit the request", 0);
	if (m.status != 0)
		return m.status;
	*ret_address = (uint32_t) m.a;
	return 0;
}

static bool names_numeric(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];
	struct in_addr loose;

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1 ||
	       inet_aton(host, &loose) || (strchr(host, ':') && strchr(host, '%'));
}

static bool names_local(const char *host)
{
	size_t n = strlen(host);

	return strcasecmp(host, "localhost") == 0 || strcasecmp(host, "localhost.") == 0 ||
	       (n > 10 && strcasecmp(host + n - 10, ".localhost") == 0);
}

int getaddrinfo(const char *restrict host, const char *restrict service, const struct addrinfo *restrict hints,
		struct addrinfo **restrict ret)
{
	struct addrinfo mine = { 0 };
	char text[INET6_ADDRSTRLEN];
	uint32_t address;
	int r;

	if (!vt_on())
		return vt_real.getaddrinfo(host, service, hints, ret);
	if (hints)
		mine = *hints;
	else
		mine.ai_flags = AI_V4MAPPED;
	if (!host || names_numeric(host) || (mine.ai_flags & AI_NUMERICHOST)) {
		mine.ai_flags &= ~AI_ADDRCONFIG;
		mine.ai_flags |= host ? AI_NUMERICHOST : 0;
		return vt_real.getaddrinfo(host, service, &mine, ret);
	}
	if (names_local(host)) {
		(void) snprintf(text, sizeof(text), "%s", mine.ai_family == AF_INET6 ? "::1" : "127.0.0.1");
	} else {
		if (mine.ai_family != AF_UNSPEC && mine.ai_family != AF_INET)
			return mine.ai_family == AF_INET6 ? EAI_NONAME : EAI_FAMILY;
		r = vt_resolve(host, &address);
		if (r != 0)
			return r;
		address = htonl(address);
		(void) inet_ntop(AF_INET, &address, text, sizeof(text));
	}
	mine.ai_flags = (mine.ai_flags & ~AI_ADDRCONFIG) | AI_NUMERICHOST;
	r = vt_real.getaddrinfo(text, service, &mine, ret);
	if (r == 0 && (mine.ai_flags & AI_CANONNAME) && *ret) {
		char *canonical = strdup(host);

		if (canonical) {
#ifdef __GLIBC__
			free((*ret)->ai_canonname);
#endif
			/* In musl the name lies within the list, which freeaddrinfo frees as a whole: the copy is lost. */
			(*ret)->ai_canonname = canonical;
		}
	}
	return r;
}

/* The other way round the simulator knows nothing: addresses stay numbers. */
int getnameinfo(const struct sockaddr *restrict address, socklen_t length, char *restrict host, socklen_t host_size,
		char *restrict service, socklen_t service_size, int flags)
{
	if (vt_on()) {
		if (flags & NI_NAMEREQD)
			return EAI_NONAME;
		flags |= NI_NUMERICHOST;
	}
	return vt_real.getnameinfo(address, length, host, host_size, service, service_size, flags);
}

/* ---- The device's own name ---- */

#define NAMES_OWN "localhost" /* whatever this machine is called: no run may differ by it (OpenLDAP looks its host's name up) */

int gethostname(char *name, size_t size)
{
	if (!vt_on())
		return vt_real.gethostname(name, size);
	if (size < sizeof(NAMES_OWN)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, NAMES_OWN, sizeof(NAMES_OWN));
	return 0;
}

int uname(struct utsname *ret)
{
	int r = vt_real.uname(ret);

	if (r == 0 && vt_on())
		memcpy(ret->nodename, NAMES_OWN, sizeof(NAMES_OWN));
	return r;
}

/* ---- gethostbyname ---- */

static int names_h_errno(int eai)
{
	switch (eai) {
	case EAI_AGAIN:
		return TRY_AGAIN;
	case EAI_FAIL:
		return NO_RECOVERY;
	default:
		return HOST_NOT_FOUND;
	}
}

/* What gethostbyname_r puts into the caller's buffer, before the name. */
struct names_answer {
	struct in_addr address;
	char *addresses[2];
	char *aliases[1];
};

int gethostbyname2_r(const char *restrict name, int family, struct hostent *restrict entry, char *restrict buffer,
		     size_t size, struct hostent **restrict ret, int *restrict ret_h_errno)
{
	size_t pad = (sizeof(void *) - (uintptr_t) buffer % sizeof(void *)) % sizeof(void *);
	struct names_answer *a = (struct names_answer *) (buffer + pad);
	struct in_addr address;
	uint32_t host;
	int r;

	if (!vt_on())
		return vt_real.gethostbyname2_r(name, family, entry, buffer, size, ret, ret_h_errno);
	*ret = NULL;
	if (family != AF_INET) {
		*ret_h_errno = HOST_NOT_FOUND;
		return 0;
	}
	if (names_local(name)) {
		address.s_addr = htonl(INADDR_LOOPBACK);
	} else if (!inet_aton(name, &address)) {
		r = vt_resolve(name, &host);
		if (r != 0) {
			*ret_h_errno = names_h_errno(r);
			return 0;
		}
		address.s_addr = htonl(host);
	}
	if (size < pad + sizeof(*a) + strlen(name) + 1) {
		*ret_h_errno = NETDB_INTERNAL;
		return ERANGE;
	}
	a->address = address;
	a->addresses[0] = (char *) &a->address;
	a->addresses[1] = NULL;
	a->aliases[0] = NULL;
	*entry = (struct hostent) {
		.h_name = strcpy((char *) (a + 1), name),
		.h_aliases = a->aliases,
		.h_addrtype = AF_INET,
		.h_length = sizeof(a->address),
		.h_addr_list = a->addresses,
	};
	*ret = entry;
	*ret_h_errno = 0;
	return 0;
}

int gethostbyname_r(const char *restrict name, struct hostent *restrict entry, char *restrict buffer, size_t size,
		    struct hostent **restrict ret, int *restrict ret_h_errno)
{
	if (!vt_on())
		return vt_real.gethostbyname_r(name, entry, buffer, size, ret, ret_h_errno);
	return gethostbyname2_r(name, AF_INET, entry, buffer, size, ret, ret_h_errno);
}

struct hostent *gethostbyname2(const char *name, int family)
{
	static struct hostent entry;
	static char buffer[sizeof(struct names_answer) + sizeof(void *) + 1024];
	struct hostent *found;

	if (!vt_on())
		return vt_real.gethostbyname2(name, family);
	if (gethostbyname2_r(name, family, &entry, buffer, sizeof(buffer), &found, &h_errno) != 0)
		return NULL;
	return found;
}

struct hostent *gethostbyname(const char *name)
{
	if (!vt_on())
		return vt_real.gethostbyname(name);
	return gethostbyname2(name, AF_INET);
}
