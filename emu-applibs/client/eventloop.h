/* What the library's other files need of <applibs/eventloop.h>. Not exported. */
#ifndef CLIENT_EVENTLOOP_H
#define CLIENT_EVENTLOOP_H

#include <applibs/eventloop.h>

/* Called when the loop is closed while this registration stands, just before it is freed. */
void eventloop_on_close(EventRegistration *reg, void (*orphaned)(void));

#endif
