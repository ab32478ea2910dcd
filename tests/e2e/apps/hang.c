/* An application that stops returning to its loop: it computes without end and asks for nothing. */
#include <unistd.h>

#include <applibs/log.h>

int main(void)
{
	volatile unsigned long n = 0;

	(void) sleep(3600);
	(void) Log_Debug("hang: from here on nothing comes\n");
	for (;;)
		n++;
}
