/* Says its greeting as often as the manifest's arguments ask for, an hour apart, once the network is there. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include <applibs/eventloop.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/storage.h>
#include <hw/doorbell.h>
#include <sys/timerfd.h>
#include <tlsutils/deviceauth_curl.h>

#ifndef _POSIX_C_SOURCE
#error "the SDK defines _POSIX_C_SOURCE"
#endif
_Static_assert(__STDC_VERSION__ == 201112L, "the SDK compiles C11");
_Static_assert(DOORBELL_LAMP == 8 && DOORBELL_BUTTON == 12, "pins of the reference development board");
_Static_assert(DOORBELL_LINE == MT3620_ISU0_UART, "headers of imports are there too");

static volatile sig_atomic_t ended;
static long rings = 1, rung;
static char greeting[64];

static void on_term(int number)
{
    (void)number;
    ended = 1;
}

static int read_greeting(void)
{
    int fd = Storage_OpenFileInImagePackage("text/greeting.txt");
    ssize_t n = fd < 0 ? -1 : read(fd, greeting, sizeof(greeting) - 1);

    if (n < 0) {
        Log_Debug("no greeting: %s\n", strerror(errno));
        return -1;
    }
    greeting[strcspn(greeting, "\n")] = '\0';
    (void)close(fd);
    return 0;
}

static void on_timer(EventLoop *loop, int fd, EventLoop_IoEvents events, void *context)
{
    uint64_t times;
    bool ready = false;

    (void)events;
    (void)context;
    if (read(fd, &times, sizeof(times)) < 0 || Networking_IsNetworkingReady(&ready) < 0)
        Log_Debug("timer or network: %s\n", strerror(errno));
    if (!ready)
        return;
    Log_Debug("ring %ld of %ld: %s, from pin %d\n", ++rung, rings, greeting, DOORBELL_BUTTON);
    if (rung == rings)
        (void)EventLoop_Stop(loop);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"rings", required_argument, NULL, 'r'}, {0}};
    const struct itimerspec hourly = {.it_value = {.tv_sec = 3600}, .it_interval = {.tv_sec = 3600}};
    struct sigaction action = {.sa_handler = on_term};
    EventLoop *loop = EventLoop_Create();
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), c;

    (void)sigaction(SIGTERM, &action, NULL);
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (c == 'r')
            rings = strtol(optarg, NULL, 10);
    if (!loop || timer < 0 || timerfd_settime(timer, 0, &hourly, NULL) < 0 || read_greeting() < 0 ||
        !EventLoop_RegisterIo(loop, timer, EventLoop_Input, on_timer, NULL))
        return 1;
    Log_Debug("up: %s, %d\n", strncmp(curl_version(), "libcurl/", 8) == 0 ? "curl" : "?", (int)DeviceAuthSslResult_Success);
    while (!ended && rung < rings)
        if (EventLoop_Run(loop, -1, true) == EventLoop_Run_Failed && errno != EINTR)
            return 1;
    EventLoop_Close(loop);
    (void)pause();
    return 0;
}
