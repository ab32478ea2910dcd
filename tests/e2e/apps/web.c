/* Asks web hosts of the scenario, each hour the same, and logs what libcurl made of it. Runs with either libcurl. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include <applibs/log.h>
#include <applibs/storage.h>

static char *roots;
static char body[256];

static size_t keep(char *data, size_t size, size_t count, void *ctx)
{
	size_t n = size * count, have = strlen(body);

	(void) ctx;
	for (size_t i = 0; i < n && have < sizeof(body) - 1; i++)
		body[have++] = data[i];
	body[have] = '\0';
	return n;
}

static void ask(int round, const char *name, const char *url)
{
	CURL *curl = curl_easy_init();
	struct timespec begin, end;
	long status = 0;
	CURLcode code;

	(void) clock_gettime(CLOCK_MONOTONIC, &begin);
	body[0] = '\0';
	(void) curl_easy_setopt(curl, CURLOPT_URL, url);
	(void) curl_easy_setopt(curl, CURLOPT_CAINFO, roots);
	(void) curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	(void) curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void) curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	code = curl_easy_perform(curl);
	(void) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	(void) clock_gettime(CLOCK_MONOTONIC, &end);
	(void) Log_Debug("round %d: %s -> curl=%d status=%ld body=\"%s\" took=%lld s\n", round, name, (int)code, status, body,
	                 (long long)(end.tv_sec - begin.tv_sec));
	curl_easy_cleanup(curl);
}

int main(void)
{
	roots = Storage_GetAbsolutePathInImagePackage("certs/web.pem");
	(void) curl_global_init(CURL_GLOBAL_DEFAULT);
	(void) sleep(60);
	for (int round = 0;; round++) {
		ask(round, "page", "https://web.corp.example/page?user=1");
		ask(round, "plain", "http://web.corp.example/page");
		ask(round, "none", "https://web.corp.example/none");
		ask(round, "port", "https://web.corp.example:8443/page");
		ask(round, "number", "http://192.0.2.7:5000/");
		ask(round, "number, tls", "https://192.0.2.7/");
		ask(round, "device", "https://device.corp.example/");
		ask(round, "forbidden", "https://forbidden.example/");
		ask(round, "forbidden number", "http://192.0.2.9/");
		ask(round, "unknown", "https://unknown.corp.example/");
		ask(round, "unknown number", "http://192.0.2.8/");
		ask(round, "silent", "https://silent.corp.example/");
		(void) sleep(3600);
	}
}
