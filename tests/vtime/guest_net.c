/* The guest on the network that the simulator lets it see. See guest.h. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#ifdef __GLIBC__
#include <curl/curl.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "tests/vtime/fake_sim.h"
#include "tests/vtime/guest.h"

#define BULK (1u << 20)

static struct sockaddr_in address_of(uint16_t port)
{
	return (struct sockaddr_in) { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(SIM_ADDRESS) };
}

static int connect_to(uint16_t port, int flags)
{
	struct sockaddr_in address = address_of(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	CHECK(fd >= 0);
	if (connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0)
		return fd;
	(void) close(fd);
	return -1;
}

void guest_interfaces(void)
{
	struct ifaddrs *list, *row;
	const struct sockaddr_ll *link;

	CHECK(getifaddrs(&list) == 0);
	row = list;
	CHECK(strcmp(row->ifa_name, "lo") == 0 && row->ifa_addr->sa_family == AF_PACKET && row->ifa_flags & IFF_LOOPBACK);
	row = row->ifa_next;
	link = (const struct sockaddr_ll *) row->ifa_addr;
	CHECK(strcmp(row->ifa_name, "wlan0") == 0 && link->sll_family == AF_PACKET && link->sll_halen == 6);
	CHECK(memcmp(link->sll_addr, "\2\0\0\0\0\20", 6) == 0 && link->sll_ifindex == 2 && !row->ifa_netmask);
	CHECK(row->ifa_flags == (IFF_UP | IFF_RUNNING | IFF_BROADCAST | IFF_MULTICAST));
	row = row->ifa_next;
	CHECK(strcmp(row->ifa_name, "eth0") == 0 && row->ifa_addr->sa_family == AF_PACKET && !(row->ifa_flags & IFF_UP));
	row = row->ifa_next;
	CHECK(strcmp(row->ifa_name, "lo") == 0 && row->ifa_addr->sa_family == AF_INET && !row->ifa_broadaddr);
	row = row->ifa_next;
	CHECK(strcmp(row->ifa_name, "wlan0") == 0 && row->ifa_addr->sa_family == AF_INET && !row->ifa_next);
	CHECK(((struct sockaddr_in *) row->ifa_addr)->sin_addr.s_addr == inet_addr("198.18.255.254"));
	CHECK(((struct sockaddr_in *) row->ifa_netmask)->sin_addr.s_addr == inet_addr("255.254.0.0"));
	CHECK(((struct sockaddr_in *) row->ifa_broadaddr)->sin_addr.s_addr == inet_addr("198.19.255.255"));
	freeifaddrs(list);
}

/* A TCP socket with that name; -1 and errno. */
static int bound(uint32_t address, uint16_t port)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address), .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	CHECK(fd >= 0);
	if (bind(fd, (struct sockaddr *) &name, sizeof(name)) == 0)
		return fd;
	error = errno;
	(void) close(fd);
	errno = error;
	return -1;
}

void guest_binding(void)
{
	struct sockaddr_in name, local;
	struct sockaddr_in6 all6 = { .sin6_family = AF_INET6 };
	socklen_t length = sizeof(name);
	int fd = bound(VT_LOCAL_ADDRESS, 47000), other, client, six;
	char byte;

	CHECK(fd >= 0 && listen(fd, 1) == 0);
	CHECK(getsockname(fd, (struct sockaddr *) &name, &length) == 0 && length == sizeof(name));
	CHECK(ntohl(name.sin_addr.s_addr) == VT_LOCAL_ADDRESS && ntohs(name.sin_port) == 47000);
	/* Nothing of it is to be seen from outside of this machine. */
	CHECK(syscall(SYS_getsockname, fd, &local, &length) == 0 && ntohl(local.sin_addr.s_addr) == INADDR_LOOPBACK);
	/* A port is had once, a name once closed is free again. */
	CHECK(bound(INADDR_ANY, 47000) == -1 && errno == EADDRINUSE);
	CHECK(bound(INADDR_ANY, 81) == -1 && errno == EACCES);
	CHECK(bound(0xc0000201u, 47000) == -1 && errno == EADDRNOTAVAIL);
	other = bound(INADDR_ANY, 0);
	CHECK(other >= 0 && getsockname(other, (struct sockaddr *) &name, &length) == 0);
	CHECK(name.sin_addr.s_addr == htonl(INADDR_ANY) && name.sin_port != 0);
	CHECK(close(other) == 0);
	/* The application itself finds it by loopback. */
	client = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(client >= 0 && connect(client, (struct sockaddr *) &local, sizeof(local)) == 0);
	other = accept(fd, NULL, NULL);
	CHECK(other >= 0 && write(client, "x", 1) == 1 && read(other, &byte, 1) == 1 && byte == 'x');
	CHECK(close(other) == 0 && close(client) == 0 && close(fd) == 0);
	length = sizeof(all6);
	six = socket(AF_INET6, SOCK_STREAM, 0);
	if (six >= 0 && bind(six, (struct sockaddr *) &all6, sizeof(all6)) == 0) {
		CHECK(syscall(SYS_getsockname, six, &all6, &length) == 0 && IN6_IS_ADDR_LOOPBACK(&all6.sin6_addr));
		CHECK(close(six) == 0);
	}
}

void guest_names(void)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME }, *list;
	struct sockaddr_in address;
	struct utsname system_name;
	struct hostent *host;
	char text[64];

	CHECK(getaddrinfo("issuer.example", "443", &hints, &list) == 0);
	CHECK(list->ai_family == AF_INET && !list->ai_next && list->ai_addrlen == sizeof(address));
	memcpy(&address, list->ai_addr, sizeof(address));
	CHECK(ntohl(address.sin_addr.s_addr) == SIM_ADDRESS && ntohs(address.sin_port) == 443);
	CHECK(strcmp(list->ai_canonname, "issuer.example") == 0);
	freeaddrinfo(list);
	CHECK(getaddrinfo("later.example", "443", &hints, &list) == EAI_AGAIN);
	CHECK(getaddrinfo("unknown.example", "443", &hints, &list) == EAI_NONAME);
	CHECK(getaddrinfo("192.0.2.1", "443", &hints, &list) == 0);
	freeaddrinfo(list);
	CHECK(getaddrinfo("localhost", "80", &hints, &list) == 0);
	CHECK(((struct sockaddr_in *) list->ai_addr)->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
	freeaddrinfo(list);
	/* The device does not know what the machine under it is called. */
	CHECK(gethostname(text, sizeof(text)) == 0 && strcmp(text, "localhost") == 0);
	CHECK(gethostname(text, strlen("localhost")) < 0 && errno == ENAMETOOLONG);
	CHECK(uname(&system_name) == 0 && strcmp(system_name.nodename, "localhost") == 0 && system_name.release[0]);
	hints.ai_family = AF_INET6;
	CHECK(getaddrinfo("issuer.example", "443", &hints, &list) == EAI_NONAME);
	host = gethostbyname("issuer.example");
	CHECK(host && host->h_length == 4);
	CHECK(ntohl(((struct in_addr *) host->h_addr_list[0])->s_addr) == SIM_ADDRESS);
	CHECK(!gethostbyname("later.example") && h_errno == TRY_AGAIN);
	CHECK(getnameinfo((struct sockaddr *) &address, sizeof(address), text, sizeof(text), NULL, 0, 0) == 0);
	CHECK(strcmp(text, "198.18.0.1") == 0);
}

/* ---- Sockets ---- */

static void refusals(void)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(7) };
	struct sockaddr_in elsewhere = address_of(7);
	int fd;

	CHECK(connect_to(443, 0) == -1 && errno == ECONNREFUSED);
	elsewhere.sin_addr.s_addr = htonl(0xc0000201);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(connect(fd, (struct sockaddr *) &elsewhere, sizeof(elsewhere)) == -1 && errno == EHOSTUNREACH);
	CHECK(close(fd) == 0);
	CHECK(inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr) == 1);
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	if (fd >= 0) {
		CHECK(connect(fd, (struct sockaddr *) &six, sizeof(six)) == -1 && errno == ENETUNREACH);
		CHECK(close(fd) == 0);
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK(sendto(fd, "x", 1, 0, (struct sockaddr *) &elsewhere, sizeof(elsewhere)) == -1 && errno == ENETUNREACH);
	CHECK(close(fd) == 0);
}

static void as_tcp(int fd)
{
	struct sockaddr_in name = { 0 };
	socklen_t length = sizeof(name);
	int value = 1;

	CHECK(getpeername(fd, (struct sockaddr *) &name, &length) == 0 && length == sizeof(name));
	CHECK(name.sin_family == AF_INET && ntohs(name.sin_port) == 7 && ntohl(name.sin_addr.s_addr) == SIM_ADDRESS);
	CHECK(getsockname(fd, (struct sockaddr *) &name, &length) == 0 && name.sin_family == AF_INET && name.sin_port);
	CHECK(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof(value)) == 0);
	length = sizeof(value);
	CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length) == 0 && value == 0);
	name = address_of(7);
	CHECK(connect(fd, (struct sockaddr *) &name, sizeof(name)) == -1 && errno == EISCONN);
}

static void *bulk_reader(void *arg)
{
	static char buffer[BULK];
	int fd = *(int *) arg;

	CHECK(recv(fd, buffer, sizeof(buffer), MSG_WAITALL) == (ssize_t) sizeof(buffer));
	for (size_t i = 0; i < sizeof(buffer); i++)
		CHECK(buffer[i] == (char) (i % 251));
	return NULL;
}

/* More than a socket holds, both ways at once: neither side may wait for ever, and no time passes. */
static void bulk(int fd)
{
	static char buffer[BULK];
	struct iovec parts[2] = { { buffer, 1000 }, { buffer + 1000, BULK - 1000 } };
	pthread_t thread;

	for (size_t i = 0; i < sizeof(buffer); i++)
		buffer[i] = (char) (i % 251);
	CHECK(pthread_create(&thread, NULL, bulk_reader, &fd) == 0);
	CHECK(writev(fd, parts, 2) == (ssize_t) sizeof(buffer));
	CHECK(pthread_join(thread, NULL) == 0);
}

static void registered_before_connect(void)
{
	struct sockaddr_in address = address_of(7);
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 9 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), epoll = epoll_create1(0), copy;
	char byte;

	CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
	CHECK(connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0);
	CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
	CHECK(recv(fd, &byte, 1, 0) == -1 && errno == EAGAIN);
	copy = dup(fd);
	as_tcp(copy);
	CHECK(write(copy, "e", 1) == 1);
	CHECK(epoll_wait(epoll, &event, 1, -1) == 1 && event.data.u64 == 9);
	CHECK(read(fd, &byte, 1) == 1 && byte == 'e');
	CHECK(close(copy) == 0 && close(fd) == 0 && close(epoll) == 0);
}

/* Closed behind the back of close(): the number's next socket is not the old connection. */
static void closed_by_stdio(void)
{
	struct sockaddr_in name;
	socklen_t length = sizeof(name);
	int fd = connect_to(7, 0), next;
	FILE *file = fdopen(fd, "r+");

	CHECK(file && fclose(file) == 0);
	next = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(next == fd);
	CHECK(getpeername(next, (struct sockaddr *) &name, &length) == -1 && errno == ENOTCONN);
	CHECK(close(next) == 0);
	next = connect_to(7, 0);
	CHECK(next == fd && close(next) == 0);
}

void guest_sockets(void)
{
	struct timeval tv = { .tv_sec = 60 };
	int64_t t = guest_mono();
	struct pollfd p;
	char text[16];
	int fd, silent;

	refusals();
	fd = connect_to(7, 0);
	CHECK(fd >= 0);
	as_tcp(fd);
	CHECK(send(fd, "hello", 5, 0) == 5);
	CHECK(recv(fd, text, sizeof(text), 0) == 5 && memcmp(text, "hello", 5) == 0);
	CHECK(write(fd, "again", 5) == 5);
	p = (struct pollfd) { .fd = fd, .events = POLLIN };
	CHECK(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
	CHECK(read(fd, text, sizeof(text)) == 5 && memcmp(text, "again", 5) == 0);
	bulk(fd);
	CHECK(shutdown(fd, SHUT_WR) == 0);
	CHECK(recv(fd, text, sizeof(text), 0) == 0);
	CHECK(close(fd) == 0);
	registered_before_connect();
	closed_by_stdio();
	guest_passed("everything on sockets", t, 0);
	silent = connect_to(81, 0);
	CHECK(setsockopt(silent, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	CHECK(recv(silent, text, 1, 0) == -1 && errno == EAGAIN);
	guest_passed("a silent server", t, 60);
	CHECK(close(silent) == 0);
}

static void *pipe_writer(void *arg)
{
	static char buffer[3 * 65536];

	memset(buffer, 'p', sizeof(buffer));
	CHECK(write(*(int *) arg, buffer, sizeof(buffer)) == (ssize_t) sizeof(buffer));
	CHECK(sleep(HOURS_27) == 0);
	CHECK(write(*(int *) arg, "!", 1) == 1);
	CHECK(close(*(int *) arg) == 0);
	return NULL;
}

/* Both ends in the guest: neither thread may block with the baton. */
void guest_pipes(void)
{
	int64_t t = guest_mono();
	char buffer[1000];
	size_t total = 0;
	pthread_t thread;
	int ends[2];
	ssize_t n;

	CHECK(pipe(ends) == 0);
	CHECK(pthread_create(&thread, NULL, pipe_writer, &ends[1]) == 0);
	while (total < 3 * 65536) {
		n = read(ends[0], buffer, sizeof(buffer));
		CHECK(n > 0);
		total += (size_t) n;
	}
	guest_passed("a pipe", t, 0);
	CHECK(read(ends[0], buffer, sizeof(buffer)) == 1 && buffer[0] == '!');
	guest_passed("a pipe that waits", t, HOURS_27);
	CHECK(read(ends[0], buffer, sizeof(buffer)) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
}

/* ---- libcurl: with sockets and TLS, which the MT3620's kind does not have here ---- */

#ifdef __GLIBC__

static size_t collect(char *data, size_t size, size_t n, void *arg)
{
	char *text = arg;

	CHECK(strlen(text) + size * n < 64);
	(void) strncat(text, data, size * n);
	return size * n;
}

static CURL *request(const char *url, char *text)
{
	CURL *easy = curl_easy_init();

	CHECK(easy);
	text[0] = '\0';
	CHECK(curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK);
	CHECK(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect) == CURLE_OK);
	CHECK(curl_easy_setopt(easy, CURLOPT_WRITEDATA, text) == CURLE_OK);
	CHECK(curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L) == CURLE_OK);
	CHECK(curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK);
	return easy;
}

static CURLcode fetch(const char *url, char *text)
{
	CURL *easy = request(url, text);
	CURLcode r = curl_easy_perform(easy);

	curl_easy_cleanup(easy);
	return r;
}

static void multi(void)
{
	CURLM *multi = curl_multi_init();
	char texts[2][64];
	CURL *easy[2] = { request("http://issuer.example/slow", texts[0]), request("http://issuer.example/", texts[1]) };
	int running = 1, done = 0, left;
	CURLMsg *message;

	CHECK(multi);
	for (int i = 0; i < 2; i++)
		CHECK(curl_multi_add_handle(multi, easy[i]) == CURLM_OK);
	while (running) {
		CHECK(curl_multi_perform(multi, &running) == CURLM_OK);
		if (running)
			CHECK(curl_multi_poll(multi, NULL, 0, 10000, NULL) == CURLM_OK);
	}
	while ((message = curl_multi_info_read(multi, &left))) {
		CHECK(message->msg == CURLMSG_DONE && message->data.result == CURLE_OK);
		done++;
	}
	CHECK(done == 2 && strcmp(texts[0], "hello\n") == 0 && strcmp(texts[1], "hello\n") == 0);
	for (int i = 0; i < 2; i++) {
		CHECK(curl_multi_remove_handle(multi, easy[i]) == CURLM_OK);
		curl_easy_cleanup(easy[i]);
	}
	CHECK(curl_multi_cleanup(multi) == CURLM_OK);
}

void guest_curl(void)
{
	int64_t t = guest_mono();
	char text[64];

	CHECK(curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK);
	CHECK(fetch("http://issuer.example/", text) == CURLE_OK && strcmp(text, "hello\n") == 0);
	guest_passed("an exchange", t, 0);
	CHECK(fetch("http://issuer.example/slow", text) == CURLE_OK && strcmp(text, "hello\n") == 0);
	guest_passed("a slow exchange", t, 30);
	t = guest_mono();
	CHECK(fetch("http://issuer.example:81/", text) == CURLE_OPERATION_TIMEDOUT);
	guest_passed("a server that does not answer", t, 60);
	CHECK(fetch("http://issuer.example:443/", text) == CURLE_COULDNT_CONNECT);
	CHECK(fetch("http://later.example/", text) == CURLE_COULDNT_RESOLVE_HOST);
	t = guest_mono();
	multi();
	guest_passed("two exchanges at once", t, 30);
	curl_global_cleanup();
}

#endif
