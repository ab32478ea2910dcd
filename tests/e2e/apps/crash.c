/* An application that dies by a signal a day after each start. */
#include <stdlib.h>
#include <unistd.h>

#include <applibs/log.h>

int main(void)
{
	(void) Log_Debug("crash: started\n");
	(void) sleep(86400);
	(void) Log_Debug("crash: now\n");
	abort();
}
