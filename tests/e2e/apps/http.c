/* Asks the issuer in every way that goes right or wrong, and logs what libcurl made of it. Runs with either libcurl. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <curl/curl.h>

#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/storage.h>
#include <tlsutils/deviceauth_curl.h>

#define ISSUER "https://ca.corp.example"

struct request {
	const char *name, *url;
	const char *ca;   /* NULL: the image package's */
	const char *post; /* NULL: GET */
	long post_size;   /* 0: a C string */
	long timeout_s, file_max;
	int no_auth, no_verify, fail_on_error, refuse_body, refuse_tls;
};

static char ca_path[256], wrong_ca_path[64];
static char first_answer[8192];
static size_t first_length;

static size_t keep(char *data, size_t size, size_t count, void *ctx)
{
	const struct request *r = ctx;
	size_t n = size * count;

	if (r->refuse_body)
		return 0;
	if (first_length + n < sizeof(first_answer) && !strcmp(r->name, "root")) {
		memcpy(first_answer + first_length, data, n);
		first_length += n;
	}
	return n;
}

static CURLcode refuse_tls(CURL *curl, void *context, void *data)
{
	(void) curl;
	(void) context;
	(void) data;
	return CURLE_ABORTED_BY_CALLBACK;
}

static void ask(const struct request *r)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/plain");
	curl_off_t length = -2, received = -2;
	struct timespec begin, end;
	char *type = NULL;
	long status = -1;
	CURLcode code;

	(void) clock_gettime(CLOCK_MONOTONIC, &begin);
	(void) curl_easy_setopt(curl, CURLOPT_URL, r->url);
	(void) curl_easy_setopt(curl, CURLOPT_CAINFO, r->ca ? r->ca : ca_path);
	if (r->no_verify)
		(void) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
	if (r->refuse_tls)
		(void) curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, refuse_tls);
	else if (!r->no_auth)
		(void) curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, DeviceAuth_CurlSslFunc);
	(void) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void) curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	(void) curl_easy_setopt(curl, CURLOPT_WRITEDATA, (void *)r);
	(void) curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void) curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	if (r->timeout_s)
		(void) curl_easy_setopt(curl, CURLOPT_TIMEOUT, r->timeout_s);
	if (r->file_max)
		(void) curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, r->file_max);
	if (r->fail_on_error)
		(void) curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	if (r->post) {
		(void) curl_easy_setopt(curl, CURLOPT_POST, 1L);
		(void) curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, r->post_size ? r->post_size : (long)strlen(r->post));
		(void) curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, r->post);
	}
	code = curl_easy_perform(curl);
	(void) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	(void) curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	if (code == CURLE_OK) {
		(void) curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		(void) curl_easy_getinfo(curl, CURLINFO_SIZE_DOWNLOAD_T, &received);
	}
	(void) clock_gettime(CLOCK_MONOTONIC, &end);
	(void) Log_Debug("http: %s -> curl=%d (%s) status=%ld type=%s length=%lld received=%lld took=%lld s\n", r->name, (int)code,
	                 curl_easy_strerror(code), status, type ? type : "-", (long long)length, (long long)received,
	                 (long long)(end.tv_sec - begin.tv_sec));
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
}

/* The root of the RADIUS server is no root of the issuer: kept in the mutable file, since there is no other to write. */
static void keep_wrong_ca(void)
{
	int fd = Storage_OpenMutableFile();

	if (fd < 0 || write(fd, first_answer, first_length) != (ssize_t)first_length)
		(void) Log_Debug("http: mutable file errno=%d\n", errno);
	(void) snprintf(wrong_ca_path, sizeof(wrong_ca_path), "/proc/self/fd/%d", fd);
}

static void take_static_address(void)
{
	Networking_InterfaceConnectionStatus before = 0, after = 0;
	struct in_addr own, mask, gateway;
	Networking_IpConfig config;
	int r;

	(void) inet_aton("10.0.0.17", &own);
	(void) inet_aton("255.255.255.0", &mask);
	(void) inet_aton("10.0.0.1", &gateway);
	(void) Networking_GetInterfaceConnectionStatus("wlan0", &before);
	Networking_IpConfig_Init(&config);
	Networking_IpConfig_EnableStaticIp(&config, own, mask, gateway);
	(void) Networking_IpConfig_EnableCustomDns(&config, &gateway, 1);
	r = Networking_IpConfig_Apply("wlan0", &config);
	Networking_IpConfig_Destroy(&config);
	(void) Networking_GetInterfaceConnectionStatus("wlan0", &after);
	(void) Log_Debug("http: own address -> %d, status %#x, then %#x\n", r, before, after);
}

int main(void)
{
	char *path = Storage_GetAbsolutePathInImagePackage("certs/issuer-ca.pem");
	static char large[10000];

	(void) snprintf(ca_path, sizeof(ca_path), "%s", path);
	free(path);
	memset(large, 'x', sizeof(large) - 1);
	(void) curl_global_init(CURL_GLOBAL_DEFAULT);
	ask(&(struct request){.name = "offline", .url = ISSUER "/v1/root-ca"});
	(void) sleep(3600);
	ask(&(struct request){.name = "root", .url = ISSUER "/v1/root-ca"});
	keep_wrong_ca();
	ask(&(struct request){.name = "port", .url = ISSUER ":8443/v1/root-ca"});
	ask(&(struct request){.name = "http", .url = "http://ca.corp.example/v1/root-ca"});
	ask(&(struct request){.name = "number", .url = "https://203.0.113.9/v1/root-ca"});
	ask(&(struct request){.name = "unknown host", .url = "https://other.corp.example/"});
	ask(&(struct request){.name = "forbidden host", .url = "https://forbidden.example/"});
	ask(&(struct request){.name = "scheme", .url = "none://ca.corp.example/"});
	ask(&(struct request){.name = "no auth", .url = ISSUER "/v1/root-ca", .no_auth = 1});
	ask(&(struct request){.name = "refused tls", .url = ISSUER "/v1/root-ca", .refuse_tls = 1});
	ask(&(struct request){.name = "wrong ca", .url = ISSUER "/v1/root-ca", .ca = wrong_ca_path});
	ask(&(struct request){.name = "no ca", .url = ISSUER "/v1/root-ca", .ca = "/nowhere"});
	ask(&(struct request){.name = "wrong ca, not verified", .url = ISSUER "/v1/root-ca", .ca = wrong_ca_path, .no_verify = 1});
	ask(&(struct request){.name = "other name", .url = "https://198.18.0.1/v1/root-ca"});
	ask(&(struct request){.name = "path", .url = ISSUER "/v1/nothing"});
	ask(&(struct request){.name = "path, fail on error", .url = ISSUER "/v1/nothing", .fail_on_error = 1});
	ask(&(struct request){.name = "no path", .url = ISSUER});
	ask(&(struct request){.name = "post", .url = ISSUER "/v1/client-certificate", .post = "device-0001"});
	ask(&(struct request){.name = "post, other identity", .url = ISSUER "/v1/client-certificate", .post = "device-0002"});
	ask(&(struct request){.name = "post, large", .url = ISSUER "/v1/client-certificate", .post = large, .post_size = 5000});
	ask(&(struct request){.name = "post, larger", .url = ISSUER "/v1/client-certificate", .post = large, .post_size = 9999});
	ask(&(struct request){.name = "body refused", .url = ISSUER "/v1/root-ca", .refuse_body = 1});
	ask(&(struct request){.name = "body too long", .url = ISSUER "/v1/root-ca", .file_max = 100});
	(void) sleep(86400);
	ask(&(struct request){.name = "slow", .url = ISSUER "/v1/root-ca", .timeout_s = 60});
	ask(&(struct request){.name = "slow, 10 s", .url = ISSUER "/v1/root-ca", .timeout_s = 10});
	(void) sleep(2 * 3600);
	ask(&(struct request){.name = "slow, then down", .url = ISSUER "/v1/root-ca", .timeout_s = 7200});
	ask(&(struct request){.name = "down", .url = ISSUER "/v1/root-ca"});
	(void) sleep(86400);
	ask(&(struct request){.name = "huge", .url = ISSUER "/v1/root-ca"});
	(void) sleep(3 * 3600);
	ask(&(struct request){.name = "slow, away meanwhile", .url = ISSUER "/v1/root-ca", .timeout_s = 7200});
	(void) sleep(3 * 3600);
	take_static_address();
	ask(&(struct request){.name = "static address", .url = ISSUER "/v1/root-ca"});
	(void) sleep(16 * 3600);
	ask(&(struct request){.name = "clock", .url = ISSUER "/v1/root-ca"});
	for (;;)
		(void) pause();
}
