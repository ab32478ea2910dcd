/* <applibs/rtc.h> on the wire. */
#include <applibs/rtc.h>

#include "emu-applibs/client/transport.h"

int clock_systohc(void)
{
	return call_ask(WIRE_RTC_WRITE) < 0 ? -1 : 0;
}
