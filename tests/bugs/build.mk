# The rotation app broken in seven named ways. $(call bug,NAME,WRAPPED FUNCTIONS): build/tests/bugs/NAME, an image package.
define bug
TEST_FILES += $(BUILD)/tests/bugs/$(1)/bin/app $(BUILD)/tests/bugs/$(1)/app_manifest.json
$(BUILD)/tests/bugs/$(1)/bin/app: $(call objs,tests/bugs/$(subst -,_,$(1)).c $(APP_SOURCES)) $(APP_LIBRARIES)
	@mkdir -p $$(@D)
	$(call say,LINK,$$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie $(foreach f,$(2),-Wl$(comma)--wrap=$(f)) -o $$@ $$(filter %.o,$$^) -L$(BUILD) -Wl,-rpath-link,$(BUILD) \
		-l:libapplibs.so.0 -l:libtlsutils.so.0 -lcurl
$(BUILD)/tests/bugs/$(1)/app_manifest.json: app/app_manifest.json
	@mkdir -p $$(@D)
	$(Q)cp $$< $$@
$(call objs,tests/bugs/$(subst -,_,$(1)).c): CFLAGS_ALL += -Iemu-applibs/include
endef
$(eval $(call bug,swap-before-proof,rot_confirmed rot_until_proven))
$(eval $(call bug,trust-in-keys,rot_until_proven))
$(eval $(call bug,journal-before-action,rot_init rot_root_step))
$(eval $(call bug,missing-reload,rot_reload))
$(eval $(call bug,leftover-network,rot_init))
$(eval $(call bug,busy-retry,schedule_backoff_s))
$(eval $(call bug,no-retry,rot_failed))
