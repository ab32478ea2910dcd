# Random worlds: that what is drawn is a scenario, and one in which a device can converge; azsim fuzz-world as a user calls it.
$(eval $(call test_program,test_worlds,tests/fuzz_world/test_worlds.c,$(foreach a,fuzz scenario device certs wire util,$(BUILD)/lib/$(a).a),-lcyaml -lyaml -lcrypto))
$(eval $(call e2e_program,test_fuzz_world,tests/fuzz_world/test_fuzz_world.c tests/e2e/harness.c,,))
$(call objs,tests/fuzz_world/test_fuzz_world.c): CFLAGS_ALL += -Itests/e2e
