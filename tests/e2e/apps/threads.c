/* Many threads that call the API at once, which the API does not promise to bear: each call must get its own answer, or an errno. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <applibs/certstore.h>
#include <applibs/log.h>
#include <applibs/networking.h>
#include <applibs/wificonfig.h>

#define THREADS 8
#define ROUNDS 300

static unsigned wrong[THREADS];

static void *run(void *number)
{
	const unsigned self = (unsigned)(size_t)number;
	char name[WIFICONFIG_CONFIG_NAME_MAX_LENGTH + 1];

	(void) snprintf(name, sizeof(name), "Thread%u", self);
	for (int i = 0; i < ROUNDS; i++) {
		struct CertStore_Identifier id = {0};
		bool ready = false;
		int network = WifiConfig_AddNetwork();

		/* Every other one lets the others in between. */
		if (i & 1)
			(void) usleep(1000 * (self + 1));
		wrong[self] += network < 0 || WifiConfig_SetConfigName(network, name) != 0 || WifiConfig_GetNetworkIdByConfigName(name) != network;
		wrong[self] += CertStore_GetCertificateIdentifierAt(0, &id) != 0 || strcmp(id.identifier, "RootCA1") != 0;
		wrong[self] += Networking_IsNetworkingReady(&ready) != 0;
		wrong[self] += CertStore_GetCertificateIdentifierAt(77, &id) != -1 || errno != ERANGE;
		wrong[self] += WifiConfig_ForgetNetworkById(network) != 0;
		(void) Log_Debug("%s\n", name);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	unsigned all = 0;

	(void) sleep(60);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)i) != 0)
			return 1;
	for (size_t i = 0; i < THREADS; i++) {
		(void) pthread_join(threads[i], NULL);
		all += wrong[i];
	}
	(void) Log_Debug("threads: %u wrong answers\n", all);
	for (;;)
		(void) pause();
}
