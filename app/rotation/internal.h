/* Between the files of this folder: what rotation.c, derive.c, clock.c and the two flows share. */
#ifndef ROTATION_INTERNAL_H
#define ROTATION_INTERNAL_H

#include "app/rotation/names.h"
#include "app/rotation/pem.h"
#include "app/rotation/rotation.h"
#include "app/rotation/schedule.h"
#include "app/rotation/x509.h"

#define ROT_SOON_S ((int64_t)10)     /* something is under way */
#define ROT_CONFIRM_S ((int64_t)20)  /* a connection that lasted this long counts: a late refusal ends it sooner */
/* A device may keep the key of its last authentication and come back by it, for twelve hours, though nobody looks at a certificate then
 * (PMKSA cache). Whoever is connected for longer than that since something was changed has authenticated with it. */
#define ROT_PROOF_S (13 * HOUR_S)

#define ROT_CERT_ERROR_ROOT 101 /* certError of WifiConfig diagnostics: the server's certificate is refused */

/* The only writer of a state: logs "part: old -> new: reason" when it changes. */
__attribute__((format(printf, 4, 5))) void rot_enter(struct rotation *r, enum rot_part part, enum rot_state state,
                                                     const char *reason, ...);
__attribute__((format(printf, 2, 3))) void rot_log(struct rotation *r, const char *format, ...);
/* "what" failed with -e: logged; returns the wait before another try, the longer the more steps in a row have failed. */
int64_t rot_failed(struct rotation *r, const char *what, int e);
/* Write the journal if it changed. */
void rot_journal_flush(struct rotation *r);
/* Mark something as begun, or as done; flushed at once. */
void rot_under_way(struct rotation *r, uint32_t flag, bool on);
/* applibs' -1 and errno into a negative errno. */
int rot_result(int result);
int rot_persist(struct rotation *r);
/* Reload: the next look at the connection starts afresh. */
int rot_reload(struct rotation *r);
/* Has the device been on this network for ROT_CONFIRM_S, by at least two looks and since the last reload? */
bool rot_confirmed(const struct rotation *r, enum rot_net_slot slot);
/* Can the source be asked at all? */
bool rot_online(const struct rotation *r);
/* Seconds without connection. */
int64_t rot_offline_s(const struct rotation *r);
/* How often to look for a connection that shall come of what was done so many seconds ago. */
int64_t rot_look_s(int64_t waited_s);
/* How often to look while offline. */
int64_t rot_offline_poll_s(const struct rotation *r);
const char *rot_net_name(enum rot_net_slot slot);

/* derive.c */
/* Fill r->facts and what follows from them. 0; negative errno: the device does not answer (yet). */
int rot_derive(struct rotation *r);
int64_t rot_tm_to_s(const struct tm *tm);
/* Do RootCA1 and RootCA2 hold the same certificate, as far as the store tells? 1, 0 or negative errno. */
int rot_same_roots(struct rotation *r);
/* Does the store hold another certificate than this one there, as its dates tell? False also when that cannot be told. */
bool rot_is_another(struct rotation *r, enum rot_cert_slot slot, const struct pem_span *pem);
/* Is this PEM certificate RootCA1, as far as the store tells? False also when that cannot be told. */
bool rot_is_root1(struct rotation *r, const struct pem_span *pem);

/* clock.c: 0 when the clock may be used; otherwise the wait before the next step. */
int64_t rot_clock(struct rotation *r);

/* proof.c: seconds from the beginning of a trial until a connection proves ClientCert2; when ClientCert1 ends soon there is less to be
 * lost, and it is an eighth of that. */
int64_t rot_proof_s(const struct rotation *r);
/* The device is on this network, with ClientCert2. 0: that proves it; else the wait until the next look. */
int64_t rot_until_proven(struct rotation *r, enum rot_net_slot with);

/* in_place.c: trials on Network1 itself. */
/* Is one under way? Then rot_in_place_step() and nothing else is to be called. */
bool rot_in_place(const struct rotation *r);
int64_t rot_in_place_step(struct rotation *r);
/* Begin one of ClientCert2, or of the root that Network1 does not have. Returns the wait. */
int64_t rot_in_place_begin(struct rotation *r, bool client);
/* Begin one of a root if the device is offline for want of it. 0: no; else the wait. */
int64_t rot_in_place_root(struct rotation *r);
/* client_flow.c: ClientCert2 is proven and becomes ClientCert1; 0 or negative errno. Then Network1 has that, saved; the wait. */
int rot_client_take(struct rotation *r);
int64_t rot_client_settle(struct rotation *r);

/* The flows. Each returns the wait that it wants. */
int64_t rot_root_step(struct rotation *r);
int64_t rot_client_step(struct rotation *r);
/* Are networks changed by a trial? The root flow leaves them alone then. */
bool rot_client_on_networks(const struct rotation *r);

#endif
