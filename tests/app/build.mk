# The rotation's unit tests, and the app that follows the page literally (for tests of the simulator's oracles).
LITERAL_SOURCES := tests/app/literal/literal_app.c
LITERAL_OBJECTS := $(call objs,$(LITERAL_SOURCES) app/options.c app/source_https.c app/rotation/pem.c)

$(call objs,$(LITERAL_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include

ALL += $(BUILD)/tests/literal/approot/bin/app $(BUILD)/tests/literal/approot/app_manifest.json

$(BUILD)/tests/literal/approot/bin/app: $(LITERAL_OBJECTS) $(APP_LIBRARIES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $@ $(LITERAL_OBJECTS) -L$(BUILD) -Wl,-rpath-link,$(BUILD) \
		-l:libapplibs.so.0 -l:libtlsutils.so.0 -lcurl

$(BUILD)/tests/literal/approot/app_manifest.json: tests/app/literal/app_manifest.json
	@mkdir -p $(@D)
	$(Q)cp $< $@

APP_TEST_SOURCES := tests/app/test_flows.c tests/app/test_parts.c tests/app/fake_device.c tests/app/fake_world.c
APP_TEST_OBJECTS := $(call objs,tests/app/fake_device.c tests/app/fake_world.c app/options.c $(APP_ROTATION_SOURCES))
$(call objs,$(APP_TEST_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include
$(eval $(call test_program,test_app_parts,tests/app/test_parts.c,$(APP_TEST_OBJECTS) $(BUILD)/lib/certs.a,-lcrypto))
$(eval $(call test_program,test_app_flows,tests/app/test_flows.c,$(APP_TEST_OBJECTS),))
