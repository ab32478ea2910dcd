/* Certificates, identities, revocation lists, faults and clocks: the wired network answers as the model does.
 */
#include "tests/net_wired/questions.h"

int main(void)
{
	return questions_run(&net_wired_ops, wired_absent);
}
