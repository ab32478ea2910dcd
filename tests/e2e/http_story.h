/* What happens while the test application http (apps/http.c) asks the issuer, and what it must be allowed to do.
 *
 * It asks at +2s (offline), +1h, +1d1h, +1d3h, +2d4h, +2d7h (its answer is due while no access point is there), +2d11h20m (from an address
 * of its own choice) and +3d3h20m. The last time its clock is beyond the issuer's own certificate, on a connection from before.
 */
#ifndef TESTS_E2E_HTTP_STORY_H
#define TESTS_E2E_HTTP_STORY_H

#define HTTP_STORY_CAPABILITIES \
	"\"AllowedConnections\": [\"ca.corp.example\", \"other.corp.example\"], \"MutableStorage\": {\"SizeKB\": 8}, \"NetworkConfig\": true, " \
	"\"DeviceAuthentication\": \"00000000-0000-0000-0000-000000000000\""

#define HTTP_STORY_EVENTS \
	"  - {at: +0s, ap: {up: no}}\n" \
	"  - {at: +30m, ap: {up: yes}}\n" \
	"  - {at: +1d, issuer: {state: slow, delay: 45s}}\n" \
	"  - {at: +1d2h, issuer: {state: slow, delay: 2h}}\n" \
	"  - {at: +1d4h, issuer: {state: down}}\n" \
	"  - {at: +2d, issuer: {state: wrong, wrong: huge}}\n" \
	"  - {at: +2d6h, issuer: {state: slow, delay: 1h}}\n" \
	"  - {at: +2d7h30m, ap: {up: no}}\n" \
	"  - {at: +2d8h20m, ap: {up: yes}}\n" \
	"  - {at: +2d10h, issuer: {state: up}}\n" \
	"  - {at: +3d3h, device: {ntp: no, clock_set: 2190-01-01}}\n"
#define HTTP_STORY_EXPECT "  - {by: +4d, that: {log: \"http: clock\"}}\n"

#endif
