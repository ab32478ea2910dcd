/* Certificates, identities, revocation lists, faults and clocks: the radio network answers as the model does.
 */
#include "tests/net_wired/questions.h"
#include "tests/radio/support.h"

int main(void)
{
	return questions_run(&net_radio_ops, radio_absent);
}
