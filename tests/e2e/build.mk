# End to end: azsim as a user calls it.
E2E_HARNESS := tests/e2e/harness.c

# $(call e2e_app,NAME,LIBRARIES)
define e2e_app
TEST_FILES += $(BUILD)/tests/apps/$(1)/bin/app
$(BUILD)/tests/apps/$(1)/bin/app: $(call objs,tests/e2e/apps/$(1).c) $(BUILD)/libapplibs.so.0
	@mkdir -p $$(@D)
	$(call say,LINK,$$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $$@ $(call objs,tests/e2e/apps/$(1).c) -L$(BUILD) -l:libapplibs.so.0 $(2)
endef
$(foreach a,crash hang spin probe waits chatter caller window saver greedy system netconf asker liar threads early,$(eval $(call e2e_app,$(a),)))
$(foreach a,http sinner,$(eval $(call e2e_app,$(a),-Wl$(comma)-rpath-link$(comma)$(BUILD) -l:libtlsutils.so.0 -lcurl)))
$(eval $(call e2e_app,web,-lcurl))
$(patsubst %,$(BUILD)/obj/tests/e2e/apps/%.o,crash hang spin probe waits chatter caller window saver greedy system netconf asker liar threads early http sinner web): CFLAGS_ALL += -Iemu-applibs/include

$(foreach t,usage keys faults runs readings hostile http memory oracles cuts fail oom terminal webs system netconf,$(eval $(call e2e_program,test_$(t),tests/e2e/test_$(t).c $(E2E_HARNESS),,)))
