/* Says every second how long it runs, and where its clocks stand. */
#include <time.h>
#include <unistd.h>

#include <applibs/log.h>
#include <applibs/wificonfig.h>

int main(void)
{
	struct timespec now, begin;

	(void) clock_gettime(CLOCK_MONOTONIC, &begin);
	(void) Log_Debug("ticker: begins\n");
	for (int tick = 1;; tick++) {
		(void) sleep(1);
		(void) clock_gettime(CLOCK_MONOTONIC, &now);
		(void) Log_Debug("ticker: tick %d after %lld ms, wall %lld, network %d\n", tick,
		                 (long long)(now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000, (long long)time(NULL),
		                 WifiConfig_GetConnectedNetworkId());
	}
}
