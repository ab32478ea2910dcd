/* The constant identifiers of both flows. Certificate ids are system-wide on a device: no other program may use these. */
#ifndef ROTATION_NAMES_H
#define ROTATION_NAMES_H

#define ROT_ID_ROOT1 "RootCA1"     /* the root in service */
#define ROT_ID_ROOT2 "RootCA2"     /* the root announced, until it took over */
#define ROT_ID_CLIENT1 "ClientCert1" /* the client certificate in service */
#define ROT_ID_CLIENT2 "ClientCert2" /* the one just issued, until it took over */

#define ROT_NAME_NET1 "Network1"     /* the network of normal operation */
#define ROT_NAME_NET2 "Network2"     /* its duplicate with RootCA2, during a root roll-over */
#define ROT_NAME_TRIAL "NetworkTrial" /* its duplicate for the minutes of a client certificate's trial */

#endif
