# The rotation's unit tests.
APP_TEST_SOURCES := tests/app/test_flows.c tests/app/test_parts.c tests/app/fake_device.c tests/app/fake_world.c
APP_TEST_OBJECTS := $(call objs,tests/app/fake_device.c tests/app/fake_world.c app/options.c $(APP_ROTATION_SOURCES))
$(call objs,$(APP_TEST_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include
$(eval $(call test_program,test_app_parts,tests/app/test_parts.c,$(APP_TEST_OBJECTS) $(BUILD)/lib/certs.a,-lcrypto))
$(eval $(call test_program,test_app_flows,tests/app/test_flows.c,$(APP_TEST_OBJECTS),))
