# The guest runs under libvtime.so, the test program is its simulator.
VTIME_GUEST_SOURCES := $(addprefix tests/vtime/,guest.c guest_time.c guest_threads.c guest_signals.c guest_net.c)
# valgrind 3.19 gives up on what clang writes of DWARF 5.
$(call objs,$(VTIME_GUEST_SOURCES)): CFLAGS_ALL += -gdwarf-4
$(BUILD)/tests/vtime_guest: $(call objs,$(VTIME_GUEST_SOURCES))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lcurl -lpthread

$(eval $(call test_program,test_vtime,tests/vtime/test_vtime.c tests/vtime/fake_sim.c,,))
$(BUILD)/tests/test_vtime: | $(BUILD)/tests/vtime_guest $(BUILD)/libvtime.so
