# libvtime.so: virtual time, preloaded into the application.
VTIME_SOURCES := emu-applibs/vtime/real.c emu-applibs/vtime/core.c emu-applibs/vtime/sched.c \
	emu-applibs/vtime/clocks.c emu-applibs/vtime/sleeps.c emu-applibs/vtime/readiness.c emu-applibs/vtime/timers.c \
	emu-applibs/vtime/timerfd.c emu-applibs/vtime/threads.c emu-applibs/vtime/locks.c emu-applibs/vtime/conds.c \
	emu-applibs/vtime/c11.c emu-applibs/vtime/fds.c emu-applibs/vtime/io.c emu-applibs/vtime/sockets.c \
	emu-applibs/vtime/names.c emu-applibs/vtime/interfaces.c emu-applibs/vtime/binding.c emu-applibs/vtime/signals.c emu-applibs/vtime/syscall.c emu-applibs/vtime/random.c \
	emu-applibs/vtime/refused.c emu-applibs/vtime/time32.c emu-applibs/vtime/memory.c
VTIME_OBJECTS := $(call objs,$(VTIME_SOURCES))

# Never instrumented itself: it stands below the sanitizers' runtimes in the application.
$(VTIME_OBJECTS): SANITIZE :=
# DWARF 4, since valgrind 3.19 gives up on what clang writes of DWARF 5.
$(VTIME_OBJECTS): CFLAGS_ALL := $(filter-out -fsanitize%,$(CFLAGS_ALL)) -gdwarf-4

ALL += $(BUILD)/libvtime.so
$(BUILD)/libvtime.so: $(VTIME_OBJECTS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -shared -Wl,-soname,libvtime.so -Wl,-z,now -Wl,-z,defs -o $@ $^ -ldl -lpthread
