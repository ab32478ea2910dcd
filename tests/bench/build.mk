# Speed and memory: `make bench`. Not among the tests: nothing fails by being slow.
BENCH := $(BUILD)/tests/bench
$(BENCH): $(call objs,tests/bench/bench.c) $(AZSIM_ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(call objs,tests/bench/bench.c) $(AZSIM_ARCHIVES) $(AZSIM_LIBS)

$(BUILD)/obj/tests/bench/calls.o: CFLAGS_ALL += -Iemu-applibs/include
$(BUILD)/tests/apps/calls/bin/app: $(call objs,tests/bench/calls.c) $(BUILD)/libapplibs.so.0
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $@ $(call objs,tests/bench/calls.c) -L$(BUILD) -l:libapplibs.so.0
$(BUILD)/tests/apps/calls/app_manifest.json: tests/bench/calls_manifest.json
	@mkdir -p $(@D)
	$(Q)cp $< $@

.PHONY: bench-programs
bench-programs: all $(BENCH) $(BUILD)/tests/apps/calls/bin/app $(BUILD)/tests/apps/calls/app_manifest.json
