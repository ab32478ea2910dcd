/* What a larger program that takes this app's main.c over may call from its own event handlers. */
#ifndef APP_APP_H
#define APP_APP_H

/* The cloud says that the RADIUS server will soon need another root (step 2 of the page's root CA flow): ask the source now
 * instead of at the next poll. For the callback of an Azure IoT Hub or IoT Central client that runs on this program's
 * event loop; not from another thread. May block as long as the source may. */
void app_notify_new_root(void);

#endif
