# azsim dev, ctl and device as a developer uses them; and the parts of sim/dev that a clock or a socket would only hide.
define dev_app
TEST_FILES += $(BUILD)/tests/apps/$(1)/bin/app
$(BUILD)/tests/apps/$(1)/bin/app: $(call objs,tests/dev/apps/$(1).c) $(BUILD)/libapplibs.so.0
	@mkdir -p $$(@D)
	$(call say,LINK,$$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $$@ $(call objs,tests/dev/apps/$(1).c) -L$(BUILD) -l:libapplibs.so.0
endef
$(foreach a,ticker crasher,$(eval $(call dev_app,$(a))))
$(patsubst %,$(BUILD)/obj/tests/dev/apps/%.o,ticker crasher): CFLAGS_ALL += -Iemu-applibs/include

$(eval $(call test_program,test_pace,tests/dev/test_pace.c,$(BUILD)/lib/dev.a,))
$(foreach t,time world board device control,$(eval $(call e2e_program,test_dev_$(t),tests/dev/test_dev_$(t).c tests/dev/support.c tests/e2e/harness.c,,-ljansson)))
