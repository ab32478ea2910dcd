# The baseline: applications that follow the page literally, to compare with and for tests of the oracles. One program in two
# image packages: `literal` saves nothing, since the page does not say so; `saving` is told to by its manifest.
LITERAL_SOURCES := tests/baseline/literal_app.c
LITERAL_OBJECTS := $(call objs,$(LITERAL_SOURCES) app/options.c app/source_https.c app/rotation/pem.c)
BASELINES := literal saving

$(call objs,$(LITERAL_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include

TEST_FILES += $(foreach b,$(BASELINES),$(BUILD)/tests/baseline/$(b)/bin/app $(BUILD)/tests/baseline/$(b)/app_manifest.json)

$(BUILD)/tests/baseline/literal/bin/app: $(LITERAL_OBJECTS) $(APP_LIBRARIES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $@ $(LITERAL_OBJECTS) -L$(BUILD) -Wl,-rpath-link,$(BUILD) \
		-l:libapplibs.so.0 -l:libtlsutils.so.0 -lcurl

$(BUILD)/tests/baseline/saving/bin/app: $(BUILD)/tests/baseline/literal/bin/app
	@mkdir -p $(@D)
	$(Q)ln -f $< $@

$(BUILD)/tests/baseline/literal/app_manifest.json: tests/baseline/app_manifest.json
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(BUILD)/tests/baseline/saving/app_manifest.json: tests/baseline/app_manifest.json
	@mkdir -p $(@D)
	$(Q)sed 's|\("CmdArgs": \[ \)|\1"--saving", |' $< >$@
