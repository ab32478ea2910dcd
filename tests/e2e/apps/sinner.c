/* Does the one bad thing that its argument names, an hour after each start; one for each thing that an oracle looks for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/storage.h>
#include <applibs/wificonfig.h>
#include <tlsutils/deviceauth.h>
#include <tlsutils/deviceauth_curl.h>

static char body[16384];
static size_t body_length;

static size_t keep(char *data, size_t size, size_t count, void *ctx)
{
	(void) ctx;
	if (size * count > sizeof(body) - 1 - body_length)
		return 0;
	memcpy(body + body_length, data, size * count);
	body_length += size * count;
	return size * count;
}

/* POST: a new client certificate and its key into body; else the root. */
static void fetch(bool post)
{
	char *ca = Storage_GetAbsolutePathInImagePackage("certs/issuer-ca.pem");
	CURL *curl = curl_easy_init();

	body_length = 0;
	(void) curl_easy_setopt(curl, CURLOPT_URL, post ? "https://ca.corp.example/v1/client-certificate" : "https://ca.corp.example/v1/root-ca");
	(void) curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
	(void) curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, DeviceAuth_CurlSslFunc);
	(void) curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	(void) curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	if (post)
		(void) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "device-0001");
	if (curl_easy_perform(curl) != CURLE_OK)
		(void) Log_Debug("sinner: no answer\n");
	body[body_length] = '\0';
	curl_easy_cleanup(curl);
	free(ca);
}

/* The n-th line of the base64 of the last PEM block of a text, without the line that says what it is. */
static const char *line_of_last_block(char *text, int n)
{
	char *begin = NULL;

	for (char *at = strstr(text, "-----BEGIN "); at; at = strstr(at + 1, "-----BEGIN "))
		begin = at;
	for (; begin && n > 0; n--)
		begin = strchr(begin, '\n') ? strchr(begin, '\n') + 1 : NULL;
	if (begin)
		begin[strcspn(begin, "\n")] = '\0';
	return begin ? begin : "";
}

static void log_device_key(void)
{
	FILE *f = fopen(DeviceAuth_GetCertificatePath(), "r");

	body_length = f ? fread(body, 1, sizeof(body) - 1, f) : 0;
	body[body_length] = '\0';
	if (f)
		(void) fclose(f);
	(void) printf("sinner: %s\n", line_of_last_block(body, 2));
	(void) fflush(stdout);
}

static void sin_by_name(const char *sin, int network)
{
	if (strcmp(sin, "delete-client") == 0)
		(void) CertStore_DeleteCertificate("ClientCert1");
	else if (strcmp(sin, "delete-root") == 0)
		(void) CertStore_DeleteCertificate("RootCA1");
	else if (strcmp(sin, "forget") == 0)
		(void) WifiConfig_ForgetAllNetworks();
	else if (strcmp(sin, "disable") == 0)
		(void) (WifiConfig_SetNetworkEnabled(network, false) == 0 && WifiConfig_PersistConfig());
	else if (strcmp(sin, "disable-unsaved") == 0)
		(void) WifiConfig_SetNetworkEnabled(network, false);
	else if (strcmp(sin, "leave-network") == 0)
		(void) (WifiConfig_AddDuplicateNetwork(network, "Spare") >= 0 && WifiConfig_PersistConfig());
	else if (strcmp(sin, "leave-certificate") == 0)
		fetch(false), (void) CertStore_InstallRootCACertificate("Spare", body, body_length);
	else if (strcmp(sin, "leave-unsaved") == 0)
		(void) WifiConfig_SetClientIdentity(network, "device-0002");
	else if (strcmp(sin, "write") == 0)
		for (int i = 0; i < 41; i++)
			(void) WifiConfig_PersistConfig();
	else if (strcmp(sin, "request") == 0)
		for (int i = 0; i < 101; i++)
			fetch(false);
	else if (strcmp(sin, "log-device-key") == 0)
		log_device_key();
	else if (strcmp(sin, "log-issued-key") == 0)
		fetch(true), (void) Log_Debug("sinner: %s\n", line_of_last_block(body, 2));
	else
		(void) Log_Debug("sinner: no such sin: %s\n", sin);
}

int main(int argc, char *argv[])
{
	(void) sleep(3600);
	sin_by_name(argc > 1 ? argv[1] : "", WifiConfig_GetNetworkIdByConfigName("Network1"));
	(void) Log_Debug("sinner: done\n");
	for (;;)
		(void) pause();
}
