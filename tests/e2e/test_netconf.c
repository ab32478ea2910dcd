/* Network settings as an application meets them: addresses, names, time servers, Ethernet; and peripherals that are not there. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness.h"

#define CAPABILITIES "\"NetworkConfig\": true, \"TimeSyncConfig\": true, \"AllowedConnections\": [\"ca.corp.example\"]"
