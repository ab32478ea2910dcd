/* Cases of <applibs/networking_curl.h>: nothing else here needs libcurl. */
#include <errno.h>

#include <applibs/networking_curl.h>

#include "cases.h"
#include "support.h"

CASE(Networking_Curl_SetDefaultProxy, EFAULT, handle_null)
{
	GIVES(Networking_Curl_SetDefaultProxy(NULL));
}

static CURL *curl;

static int set_proxy(void)
{
	return Networking_Curl_SetDefaultProxy(curl);
}

/* A call with a handle that is good. */
static void with_handle(struct test *t, void (*judge)(struct test *t))
{
	curl = curl_easy_init();
	if (!curl)
		test_not_ok(t, "libcurl gives no handle");
	else
		judge(t);
	curl_easy_cleanup(curl);
}

static void judge_capability(struct test *t)
{
	GIVES_EACCES(set_proxy());
}

static void judge_memory(struct test *t)
{
	without_memory(t, set_proxy);
}

CASE(Networking_Curl_SetDefaultProxy, EACCES, no_capability)
{
	with_handle(t, judge_capability);
}

CASE(Networking_Curl_SetDefaultProxy, ENOMEM, no_memory)
{
	with_handle(t, judge_memory);
}
