/* An application that waits for a moment by looking at the clock again and again. */
#include <time.h>

#include <applibs/log.h>

int main(void)
{
	time_t begin = time(NULL);

	while (time(NULL) - begin < 60)
		;
	(void) Log_Debug("spin: a minute is over\n");
	for (;;)
		(void) time(NULL);
}
