/* Ends by a signal five seconds after each start. */
#include <stdlib.h>
#include <unistd.h>

#include <applibs/log.h>

int main(void)
{
	(void) Log_Debug("crasher: started\n");
	(void) sleep(5);
	(void) Log_Debug("crasher: now\n");
	abort();
}
