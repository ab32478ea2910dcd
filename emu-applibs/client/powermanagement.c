/* <applibs/powermanagement.h> on the wire. */
#include <applibs/powermanagement.h>

#include "emu-applibs/client/transport.h"

int z__PowerManagement_TransitionToSystemPowerState(z__PowerManagement_System_PowerState type,
						    void *power_state_transition_params_ptr)
{
	const struct z__PowerManagement_PowerDownStateTransitionParams *params = power_state_transition_params_ptr;
	bool timed = type == z__PowerManagement_System_PowerState_ForcePowerDown && params;
	struct call c;

	call_begin(&c, WIRE_POWER_TRANSITION);
	wire_put_u32(&c.out, type);
	wire_put_u8(&c.out, timed);
	wire_put_u32(&c.out, timed ? params->maximum_residency_in_seconds : 0);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}

int z__PowerManagement_SetSystemPowerProfile(PowerManagement_System_PowerProfile desired_profile)
{
	struct call c;

	call_begin(&c, WIRE_POWER_PROFILE);
	wire_put_u32(&c.out, desired_profile);
	return call_end(&c, call_send(&c)) < 0 ? -1 : 0;
}
