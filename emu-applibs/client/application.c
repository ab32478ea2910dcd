/* <applibs/application.h> on the wire. */
#include <applibs/application.h>

#include <errno.h>

#include "emu-applibs/client/transport.h"

#define GUID_LENGTH 36

int Application_Connect(const char *componentId)
{
	struct call c;

	if (!componentId)
		return call_fail(EFAULT);
	call_begin(&c, WIRE_APPLICATION_CONNECT);
	call_put_text(&c, componentId, GUID_LENGTH);
	if (call_end(&c, call_send(&c)) >= 0)
		call_broken(&c, "there is nothing to connect to");
	return -1;
}

int Application_IsDeviceAuthReady(bool *outIsDeviceAuthReady)
{
	int r;

	if (!outIsDeviceAuthReady)
		return call_fail(EFAULT);
	r = call_ask(WIRE_DEVICE_AUTH_READY);
	if (r < 0)
		return -1;
	*outIsDeviceAuthReady = r != 0;
	return 0;
}
