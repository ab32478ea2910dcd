/* One question, two networks: what real daemons answer is what we expect, and what the model answers.
 */
#ifndef TESTS_NET_WIRED_QUESTIONS_H
#define TESTS_NET_WIRED_QUESTIONS_H

#include "tests/net_wired/support.h"

/* A test program of its own: `ops` beside the model. absent: true, and said loudly, where it cannot be had. Returns the exit status. */
int questions_run(const struct net_ops *ops, bool (*absent)(void));

#endif
