SDK_TEST_ARCHIVES := $(foreach a,sdk device certs wire util,$(BUILD)/lib/$(a).a)

$(eval $(call test_program,test_hwdef,tests/sdk/test_hwdef.c,$(SDK_TEST_ARCHIVES),-ljansson -lcrypto))
