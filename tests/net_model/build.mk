# The model network, without the daemons of the wired one.
MODEL_TEST_OBJECTS := $(call objs,tests/net_model/world.c $(NET_MODEL_SOURCES) sim/net/cause.c emu-applibs/device/auth.c) \
	$(BUILD)/lib/certs.a $(BUILD)/lib/util.a
$(eval $(call test_program,test_model_eap,tests/net_model/test_eap.c,$(call objs,sim/net/model/eap.c),))
$(eval $(call test_program,test_model_verdicts,tests/net_model/test_verdicts.c,$(MODEL_TEST_OBJECTS),-lssl -lcrypto))
$(eval $(call test_program,test_model_memory,tests/net_model/test_memory.c,$(MODEL_TEST_OBJECTS),-lssl -lcrypto))
