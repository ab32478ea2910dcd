# The device application, built for the host against our libapplibs, and its image package folder.
# The MT3620 build is CMakeLists.txt in this folder; both list the same sources and nearly the same flags.
APP_ROTATION_SOURCES := app/rotation/rotation.c app/rotation/derive.c app/rotation/clock.c app/rotation/root_flow.c \
	app/rotation/client_flow.c app/rotation/in_place.c app/rotation/proof.c app/rotation/schedule.c app/rotation/journal.c app/rotation/pem.c app/rotation/x509.c
APP_SOURCES := app/main.c app/options.c app/device_ops.c app/source_https.c $(APP_ROTATION_SOURCES)
APP_LIBRARIES := $(BUILD)/libapplibs.so.0 $(BUILD)/libtlsutils.so.0

# The SDK compiles C11 without extensions and warns of conversions.
CFLAGS_app := -Iemu-applibs/include -std=c11 -D_POSIX_C_SOURCE=200809L -Wconversion

ALL += $(BUILD)/app/rotation-app $(BUILD)/app/approot/bin/app $(BUILD)/app/approot/app_manifest.json

$(BUILD)/app/rotation-app: $(call objs,$(APP_SOURCES)) $(APP_LIBRARIES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $@ $(call objs,$(APP_SOURCES)) -L$(BUILD) -Wl,-rpath-link,$(BUILD) \
		-l:libapplibs.so.0 -l:libtlsutils.so.0 -lcurl

# certs/ is where the owner of a fleet puts issuer-ca.pem.
$(BUILD)/app/approot/bin/app: $(BUILD)/app/rotation-app
	@mkdir -p $(@D) $(BUILD)/app/approot/certs
	$(Q)ln -f $< $@

$(BUILD)/app/approot/app_manifest.json: app/app_manifest.json
	@mkdir -p $(@D)
	$(Q)cp $< $@
