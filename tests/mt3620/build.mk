# What needs the ARM compiler and emulator: tests of `make mt3620` and of ARM applications in azsim. Run by `make check`, from build/ only.
MT3620_TESTS :=
MT3620_TEST_FILES :=
define mt3620_program
$(subst UNIT_TESTS +=,MT3620_TESTS +=,$(call test_program,$(1),$(2),$(3),$(4)))
endef

$(eval $(call mt3620_program,mt3620_build,tests/mt3620/test_build.c,,))
$(BUILD)/obj/tests/mt3620/test_build.o: CFLAGS_ALL += -DTOP='"$(CURDIR)"'

# libvtime's own tests, with a guest for the MT3620; what musl lacks of glibc's functions it has from libvtime.
ARM_GUEST_SOURCES := $(addprefix tests/vtime/,guest.c guest_time.c guest_threads.c guest_signals.c guest_net.c)
$(MT3620)/vtime_guest: $(call arm_objs,$(ARM_GUEST_SOURCES)) $(ARM_LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(ARM_LINK_PROGRAM) -o $@ $(filter %.o,$^) -l:libvtime.so $(ARM_LIBS)
$(BUILD)/obj/tests/mt3620/vtime_%.o: tests/vtime/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) -DVTIME_ARM -c -o $@ $<
$(eval $(call mt3620_program,mt3620_vtime,,$(addprefix $(BUILD)/obj/tests/mt3620/,vtime_test_vtime.o vtime_fake_sim.o),))
$(BUILD)/tests/mt3620_vtime: | $(MT3620)/vtime_guest

# The applications of the tests end to end, for the MT3620.
# $(call arm_app,NAME,SOURCE)
define arm_app
MT3620_TEST_FILES += $(MT3620)/apps/$(1)/bin/app
$(MT3620)/apps/$(1)/bin/app: $(call arm_objs,$(2)) $(ARM_LIBRARIES)
	@mkdir -p $$(@D)
	$(call say,LINK,$$@)
	$(Q)$(ARM_LINK_PROGRAM) -o $$@ $(call arm_objs,$(2)) -l:libapplibs.so.0 -l:libtlsutils.so.0 -l:libcurl.so.4 $(ARM_LIBS)
endef
$(foreach a,crash hang spin probe waits http,$(eval $(call arm_app,$(a),tests/e2e/apps/$(a).c)))
$(eval $(call arm_app,memory,tests/mt3620/apps/memory.c))
$(eval $(call mt3620_program,mt3620_arm,tests/mt3620/test_arm.c tests/e2e/harness.c,,))

.PHONY: mt3620-tests list-mt3620-tests
mt3620-tests: all mt3620-libraries $(MT3620_TESTS) $(MT3620_TEST_FILES)
list-mt3620-tests:
	@echo $(MT3620_TESTS)
