DEVICE_TEST_ARCHIVES := $(foreach a,device certs wire,$(BUILD)/lib/$(a).a)
DEVICE_TEST_LIBS := -ljansson -lcrypto

$(eval $(call test_program,test_certstore,tests/device/test_certstore.c tests/device/fixture.c,$(DEVICE_TEST_ARCHIVES),$(DEVICE_TEST_LIBS)))
$(eval $(call test_program,test_flash,tests/device/test_flash.c tests/device/fixture.c,$(DEVICE_TEST_ARCHIVES),$(DEVICE_TEST_LIBS)))
$(eval $(call test_program,test_manifest,tests/device/test_manifest.c tests/device/fixture.c,$(DEVICE_TEST_ARCHIVES),$(DEVICE_TEST_LIBS)))
$(eval $(call test_program,test_requests,tests/device/test_requests.c tests/device/fixture.c,$(DEVICE_TEST_ARCHIVES),$(DEVICE_TEST_LIBS)))
$(eval $(call test_program,test_device_readings,tests/device/test_device_readings.c tests/device/fixture.c,$(DEVICE_TEST_ARCHIVES),$(DEVICE_TEST_LIBS)))
$(eval $(call test_program,test_device_networking,tests/device/test_networking.c tests/device/fixture.c,$(DEVICE_TEST_ARCHIVES),$(DEVICE_TEST_LIBS)))
$(eval $(call test_program,test_device_system,tests/device/test_system.c tests/device/fixture.c,$(DEVICE_TEST_ARCHIVES),$(DEVICE_TEST_LIBS)))
