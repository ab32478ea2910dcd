# liboom.so: lets an allocation fail, preloaded into the application for `azsim run --oom`.
OOM_SOURCES := emu-applibs/oom/oom.c

# It stands in the allocator's place, as sanitizers do: never instrumented itself.
$(call objs,$(OOM_SOURCES)): SANITIZE :=
$(call objs,$(OOM_SOURCES)): CFLAGS_ALL := $(filter-out -fsanitize%,$(CFLAGS_ALL)) -fno-builtin

ALL += $(BUILD)/liboom.so
$(BUILD)/liboom.so: $(call objs,$(OOM_SOURCES))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -shared -Wl,-soname,liboom.so -Wl,-z,now -Wl,-z,defs -o $@ $^
