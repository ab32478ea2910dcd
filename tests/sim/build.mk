$(eval $(call test_program,test_world,tests/sim/test_world.c,$(BUILD)/lib/run.a,))
$(eval $(call test_program,test_report,tests/sim/test_report.c,$(AZSIM_ARCHIVES),$(AZSIM_LIBS)))
$(eval $(call test_program,test_channel,tests/sim/test_channel.c,$(BUILD)/lib/run.a $(BUILD)/lib/wire.a $(BUILD)/lib/util.a,))
$(eval $(call test_program,test_issuer,tests/sim/test_issuer.c,$(foreach a,run certs util,$(BUILD)/lib/$(a).a),-lhttp_parser -lssl -lcrypto))
