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
E2E_TESTS :=
TEST_FILES :=

# $(call test_program,NAME,SOURCES,OTHER OBJECTS AND ARCHIVES,LIBRARIES): one cmocka program, build/tests/NAME.
define test_program
UNIT_TESTS += $(BUILD)/tests/$(1)
$(BUILD)/tests/$(1): $(call objs,$(2)) $(3)
	@mkdir -p $$(@D)
	$(call say,LINK,$$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $$@ $(call objs,$(2)) $(3) -lcmocka $(4)
endef

# $(call e2e_program,...): the same for a test that runs the programs of this build; not among those that are sanitized.
define e2e_program
$(subst UNIT_TESTS +=,E2E_TESTS +=,$(call test_program,$(1),$(2),$(3),$(4)))
endef

# $(call archive,NAME,SOURCES): build/lib/NAME.a
define archive
$(BUILD)/lib/$(1).a: $(call objs,$(2)) $(lastword $(MAKEFILE_LIST))
	@mkdir -p $$(@D)
	$(call say,AR,$$@)
	$(Q)rm -f $$@ && $(AR) qcs $$@ $$(filter %.o,$$^)
endef

.DEFAULT_GOAL := all

include $(wildcard emu-applibs/wire/build.mk certs/build.mk emu-applibs/device/build.mk emu-applibs/client/build.mk emu-applibs/curl/build.mk \
	emu-applibs/vtime/build.mk emu-applibs/oom/build.mk app/build.mk sim/mt3620/build.mk sim/net/build.mk sim/scenario/build.mk sim/build.mk tests/*/build.mk)

.PHONY: all
all: $(ALL)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_$(subst /,_,$(firstword $(subst /, ,$<)))) -c -o $@ $<

# ---- Doors ---------------------------------------------------------------------------------------------------------------
.PHONY: help
help:
	@echo 'make            build everything into build/'
	@echo 'make run        install what is missing, build, play every scenario on every network'
	@echo 'make catalogue  play the outages of scenarios/catalogue on every network'
	@echo 'make check      install what is missing, build (gcc, clang, sanitizers), run all tests and every scenario'
	@echo 'make check-radio  the radio network alone: its tests, every scenario, every outage of the catalogue'
	@echo 'make unit       build and run the unit tests'
	@echo 'make mt3620     build app/ (or APP=FOLDER) for the MT3620: with the SDK that AzureSphereDefaultSDKDir names, or without'
	@echo 'make contract   the contract of applibs: errnos and readings covered; make contract-certs, make conformance: see tests/contract/app'
	@echo 'make compare    the rotation app beside the page taken literally: how each scenario ends'
	@echo 'make bugs       the rotation app broken in seven ways: which oracle catches each, at which cut point or fault'
	@echo 'make torture    power cuts, faults, no memory, readings, outages, random worlds, within TORTURE_MINUTES=N (30), from TORTURE_SEED=N (1) on'
	@echo 'make fuzz       hostile bytes for what reads them: FUZZ_SECONDS=30 for each target, FUZZ="wire certs" for some'
	@echo 'make bench      measure speed and memory, as ratios'
	@echo 'make cuts       let the power go at every point of every core scenario, under every reading'
	@echo 'make install    an SDK-shaped folder with azsim in it at PREFIX (/opt/azsim); DESTDIR is heeded'
	@echo 'make clean      remove what was built; make distclean: what was fetched too'
	@echo 'Settings: CC=clang  V=1 (show commands)  NETS=model,wired,radio  ARGS="--seed=2 ..." (for make run)'

# Packages, and the daemons in build/daemons.
.PHONY: setup setup-check setup-radio
setup:
	@sim/setup/packages.sh build/daemons run
setup-check:
	@sim/setup/packages.sh build/daemons check
setup-radio:
	@sim/setup/packages.sh build/daemons radio

# NETS=model,wired,radio: what the radio network takes is fetched too.
NETS ?=
.PHONY: run
run: $(if $(findstring radio,$(NETS) $(ARGS)),setup-radio,setup)
	@$(MAKE) --no-print-directory all
	build/azsim run $(if $(NETS),--net=$(NETS)) $(ARGS) scenarios

# Outages that happened in the field; `make check` plays them too.
.PHONY: catalogue
catalogue: $(if $(findstring radio,$(NETS) $(ARGS)),setup-radio,setup)
	@$(MAKE) --no-print-directory all
	build/azsim run $(if $(NETS),--net=$(NETS)) $(ARGS) scenarios/catalogue

.PHONY: tests unit unit-programs list-tests list-unit-tests
tests: all $(UNIT_TESTS) $(E2E_TESTS) $(TEST_FILES)
unit-programs: $(UNIT_TESTS)
unit: unit-programs
	@tests/run-tests.sh $(BUILD)/check $(UNIT_TESTS)
list-tests:
	@echo $(UNIT_TESTS) $(E2E_TESTS)
list-unit-tests:
	@echo $(UNIT_TESTS)

.PHONY: check
check: setup-check
	@tests/check.sh

# Everything on the radio network: its tests, and every scenario beside the model.
.PHONY: check-radio
check-radio: setup-check
	@$(MAKE) --no-print-directory all $(RADIO_TESTS) $(TEST_FILES)
	@TEST_TIMEOUT=3600 tests/run-tests.sh $(BUILD)/check $(RADIO_TESTS)
	$(BUILD)/azsim run --net=model,radio --out=$(BUILD)/check/radio scenarios scenarios/catalogue

# What hostile bytes do: FUZZ_SECONDS for each of FUZZ (all targets). Finds stay below build/fuzz.
FUZZ_SECONDS ?= 30
FUZZ ?= $(FUZZ_TARGETS)
FUZZ_MAKE = $(MAKE) --no-print-directory BUILD=build/fuzz CC="$(FUZZ_CC)" OPTIMIZE="-O1 -g" \
	SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
FUZZ_CC ?= clang
.PHONY: fuzz setup-fuzz
setup-fuzz:
	@sim/setup/packages.sh build/daemons fuzz
fuzz: setup-fuzz
	+@$(FUZZ_MAKE) fuzz-programs
	@tests/fuzz/fuzz.sh build/fuzz $(FUZZ_SECONDS) $(FUZZ)

APP ?= app
.PHONY: mt3620
mt3620:
	@sim/mt3620/make.sh $(APP)

.PHONY: bench
bench: setup
	@$(MAKE) --no-print-directory bench-programs
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"; exit 130' INT TERM && AZSIM_DAEMONS="$(CURDIR)/build/daemons" AZSIM_RADIO="$(CURDIR)/build/radio" $(BUILD)/tests/bench "$(CURDIR)/$(BUILD)" "$$dir" && rm -rf "$$dir"

# Every point at which the power can go, in every core scenario, under every reading that can matter to it.
.PHONY: cuts
cuts: all
	@$(BUILD)/azsim run --net=model --cut=every --readings=all scenarios

.PHONY: torture
torture: setup
	@$(MAKE) --no-print-directory all
	@tests/torture/torture.sh $(BUILD)

.PHONY: compare bugs
compare bugs: setup
	@$(MAKE) --no-print-directory tests
	@tests/$(if $(filter bugs,$@),bugs/bugs,baseline/compare).sh $(BUILD)

# An SDK-shaped folder: what AzureSphereDefaultSDKDir may point to, with azsim in it. azsim finds its libraries, application and
# daemons in the folder that it lies in, so they stay together. Nothing in it knows where it is: it can be moved.
PREFIX ?= /opt/azsim
SDK_DIR := $(DESTDIR)$(PREFIX)
INSTALL_DIR := $(SDK_DIR)/lib/azsim
.PHONY: install install-files
install: all
	@$(MAKE) --no-print-directory install-files
install-files:
	install -d $(INSTALL_DIR)/app $(addprefix $(SDK_DIR)/,bin include lib/pkgconfig CMakeFiles HardwareDefinitions Sysroots/host \
		share/azsim/scenarios/catalogue)
	install -m 755 $(BUILD)/azsim $(BUILD)/azpki $(BUILD)/testnetd-guest $(INSTALL_DIR)
	cp -P $(BUILD)/lib*.so* $(INSTALL_DIR)
	cp -r $(BUILD)/http-shim $(INSTALL_DIR)
	cp -r $(BUILD)/app/approot $(INSTALL_DIR)/app
	if [ -e build/mt3620/root ]; then install -d $(INSTALL_DIR)/mt3620/root && cp -r build/mt3620/root/. $(INSTALL_DIR)/mt3620/root; fi
	if [ -e build/daemons/complete ]; then install -d $(INSTALL_DIR)/daemons && cp -r build/daemons/. $(INSTALL_DIR)/daemons; fi
	if [ -e build/radio/kernel/complete ]; then install -d $(INSTALL_DIR)/radio && cp -r build/radio/kernel $(INSTALL_DIR)/radio; fi
	install -m 644 scenarios/*.yaml scenarios/README.md $(SDK_DIR)/share/azsim/scenarios
	cp -r $(addprefix emu-applibs/include/,applibs soc tlsutils) $(SDK_DIR)/include
	install -m 644 scenarios/catalogue/*.yaml $(SDK_DIR)/share/azsim/scenarios/catalogue
	install -m 644 emu-applibs/sdk/CMakeFiles/*.cmake $(SDK_DIR)/CMakeFiles
	install -m 644 emu-applibs/sdk/HardwareDefinitions/*.json $(SDK_DIR)/HardwareDefinitions
	install -m 644 emu-applibs/sdk/pkgconfig/*.pc $(SDK_DIR)/lib/pkgconfig
	for f in $(SDK_DIR)/HardwareDefinitions/*.json; do \
		$(INSTALL_DIR)/azsim hardware header --out=$(SDK_DIR)/HardwareDefinitions/inc/hw $$f >/dev/null || exit 1; done
	ln -sfn ../.. $(SDK_DIR)/Sysroots/host/usr
	ln -sf ../lib/azsim/azsim ../lib/azsim/azpki $(SDK_DIR)/bin

.PHONY: clean distclean
clean:
	find build -mindepth 1 -maxdepth 1 ! -name daemons ! -name armhf ! -name radio -exec rm -rf {} + 2>/dev/null || true
distclean:
	rm -rf build

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
