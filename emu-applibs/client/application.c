/* <applibs/application.h> on the wire. */
#include <applibs/application.h>

#include <errno.h>

#include "emu-applibs/client/transport.h"

int Application_IsDeviceAuthReady(bool *outIsDeviceAuthReady)
{
	struct call c;
	int r;

	if (!outIsDeviceAuthReady)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_DEVICE_AUTH_READY);
	r = call_end(&c, call_send(&c));
	if (r < 0)
		return -1;
	*outIsDeviceAuthReady = r != 0;
	return 0;
}
