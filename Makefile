# azsim: every door of the project. `make help` lists them.
# Settings, to be given on the command line or in the environment:
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build
V ?= 0
SANITIZE ?=
OPTIMIZE ?= -O2 -g

# ---- Flags ---------------------------------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
CFLAGS_ALL := -std=gnu11 $(OPTIMIZE) -fPIC -fstack-protector-strong -fno-strict-aliasing $(WARNINGS) -I. \
	-MMD -MP $(SANITIZE) $(CFLAGS)
LDFLAGS_ALL := $(SANITIZE) $(LDFLAGS)
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' '$(1)' '$(2)')

# Objects of a list of sources.
objs = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# Files that `make` leaves, test programs, and clean-up lists grow in the rooms' own files.
ALL :=
UNIT_TESTS :=

# $(call test_program,NAME,SOURCES,OTHER OBJECTS AND ARCHIVES,LIBRARIES): one cmocka program, build/tests/NAME.
define test_program
UNIT_TESTS += $(BUILD)/tests/$(1)
$(BUILD)/tests/$(1): $(call objs,$(2)) $(3)
	@mkdir -p $$(@D)
	$(call say,LINK,$$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $$@ $(call objs,$(2)) $(3) -lcmocka $(4)
endef

# $(call archive,NAME,SOURCES): build/lib/NAME.a
define archive
$(BUILD)/lib/$(1).a: $(call objs,$(2))
	@mkdir -p $$(@D)
	$(call say,AR,$$@)
	$(Q)rm -f $$@ && $(AR) rcs $$@ $$^
endef

.DEFAULT_GOAL := all

include $(wildcard emu-applibs/wire/build.mk certs/build.mk emu-applibs/device/build.mk emu-applibs/client/build.mk \
	emu-applibs/vtime/build.mk app/build.mk sim/net/build.mk sim/scenario/build.mk sim/build.mk tests/*/build.mk)

.PHONY: all
all: $(ALL)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_$(subst /,_,$(firstword $(subst /, ,$<)))) -c -o $@ $<

.PHONY: unit
unit: all $(UNIT_TESTS)
	@fail=0; for t in $(UNIT_TESTS); do echo "== $$t"; $$t || fail=1; done; exit $$fail

.PHONY: clean
clean:
	rm -rf build

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
