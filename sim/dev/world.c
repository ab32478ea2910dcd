/* The world of `azsim dev` when no scenario gives one: a root and its RADIUS certificate, a client certificate on the device, one
 * network, an issuer; and a second root with a RADIUS certificate of its own, to move to. */
#define _GNU_SOURCE
#include <stdio.h>

#include "certs/dates.h"
#include "sim/dev/dev.h"

static const char world[] =
	"scenario: dev\n"
	"about: A device in its network, for a developer.\n"
	"start: %s\n"
	"length: 100y\n"
	"pki:\n"
	"  - {name: ca1, use: root, valid: [-1y, +10y]}\n"
	"  - {name: radius1, use: server, issuer: ca1, valid: [-30d, +2y]}\n"
	"  - {name: dev1, use: client, issuer: ca1, cn: device-0001, valid: [-30d, +1y]}\n"
	"  - {name: ca2, use: root, valid: [-30d, +20y]}\n"
	"  - {name: radius2, use: server, issuer: ca2, valid: [-30d, +2y]}\n"
	"network: {ssid: CorpNet, reauth: 24h, server: radius1, client_roots: [ca1]}\n"
	"issuer: {root: ca1, client_ca: ca1, client_life: 1y}\n"
	"device:\n"
	"  certificates:\n"
	"    - {id: RootCA1, cert: ca1}\n"
	"    - {id: ClientCert1, cert: dev1}\n"
	"  networks:\n"
	"    - {name: Network1, root: RootCA1, client: ClientCert1, identity: device-0001}\n";

char *dev_world(int64_t start_s)
{
	char start[DATES_TEXT_MAX], *text = NULL;

	dates_format(start_s, start);
	if (asprintf(&text, world, start) < 0)
		abort();
	return text;
}
