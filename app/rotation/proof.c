/* When a connection proves ClientCert2.
 *
 * A device may come back by the key of an earlier authentication, whatever certificate its network has by now, and no call tells
 * that: README.md, Cached keys. So it is time that proves, and what is seen meanwhile that disproves.
 */
#include "app/rotation/internal.h"

#define LOOK_S (30 * MINUTE_S)

int64_t rot_proof_s(const struct rotation *r)
{
	const int64_t eighth_s = (r->facts.cert[ROT_CLIENT1].end_s - r->facts.now_s) / 8;

	return eighth_s < ROT_CONFIRM_S ? ROT_CONFIRM_S : eighth_s < ROT_PROOF_S ? eighth_s : ROT_PROOF_S;
}

/* Has it been refused since the trial began? Then it came back by another one's key, and what counts begins after that. */
static void heed_refusal(struct rotation *r, enum rot_net_slot with)
{
	WifiConfig_NetworkDiagnostics d;

	if (r->ops->diagnostics(r->facts.net[with].id, &d) == 0 && d.error != 0 && (int64_t)d.timestamp > r->journal.trial_at_s &&
	    (int64_t)d.timestamp <= r->facts.now_s)
		r->journal.trial_at_s = (int64_t)d.timestamp;
}

int64_t rot_until_proven(struct rotation *r, enum rot_net_slot with)
{
	struct rot_journal *j = &r->journal;
	int64_t left_s;

	if (j->trial_at_s == 0 || j->trial_at_s > r->facts.now_s)
		j->trial_at_s = r->facts.now_s; /* the record was lost, or the clock went back */
	heed_refusal(r, with);
	left_s = j->trial_at_s + rot_proof_s(r) - r->facts.now_s;
	return left_s <= 0 ? 0 : left_s < LOOK_S ? left_s : LOOK_S;
}
