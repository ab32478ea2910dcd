# The contract of applibs as an application for devices (app/), and the test that runs it here under every choice of every reading.
CONTRACT_APP_SOURCES := $(addprefix tests/contract/app/,main.c judge.c tap.c support.c memory.c network.c certstore.c wificonfig.c \
	settings.c networking.c net_settings.c net_time.c proxy.c curl.c eventloop.c storage.c system.c peripherals.c probe_store.c probe_wifi.c probe_network.c)
CONTRACT_MANIFESTS := full none partial enterprise spelling pins
CONTRACT := $(BUILD)/tests/contract

# As the SDK compiles: C11 without extensions, and warnings of conversions.
$(call objs,$(CONTRACT_APP_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include -std=c11 -D_POSIX_C_SOURCE=200809L -Wconversion \
	-Wno-missing-field-initializers

$(CONTRACT)/contract-app: $(call objs,$(CONTRACT_APP_SOURCES)) $(BUILD)/libapplibs.so.0
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -pie -o $@ $(call objs,$(CONTRACT_APP_SOURCES)) -L$(BUILD) -l:libapplibs.so.0 -lcurl

# $(call contract_package,MANIFEST,ITS FILE): an image package of the same program.
define contract_package
TEST_FILES += $(CONTRACT)/$(1)/bin/app $(CONTRACT)/$(1)/app_manifest.json
$(CONTRACT)/$(1)/bin/app: $(CONTRACT)/contract-app
	@mkdir -p $$(@D)
	$(Q)ln -f $$< $$@
$(CONTRACT)/$(1)/app_manifest.json: $(2)
	@mkdir -p $$(@D)
	$(Q)cp $$< $$@
endef
$(eval $(call contract_package,full,tests/contract/app/app_manifest.json))
$(foreach m,$(filter-out full,$(CONTRACT_MANIFESTS)),$(eval $(call contract_package,$(m),tests/contract/app/$(m)/app_manifest.json)))

TEST_FILES += $(CONTRACT)/full/certs/root1.pem
$(CONTRACT)/full/certs/root1.pem: tests/contract/make-certs.sh | $(BUILD)/azpki
	$(Q)tests/contract/make-certs.sh $(BUILD)/azpki $(@D)

$(BUILD)/obj/tests/contract/test_contract.o: CFLAGS_ALL += -DSOURCES='"$(CURDIR)"'
$(eval $(call e2e_program,test_contract,tests/contract/test_contract.c tests/e2e/harness.c,$(BUILD)/lib/device.a,))

CONFORMANCE := $(BUILD)/tests/contract/conformance
TEST_FILES += $(CONFORMANCE)
$(CONFORMANCE): $(call objs,tests/contract/conformance.c) $(BUILD)/lib/device.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(call objs,tests/contract/conformance.c) $(BUILD)/lib/device.a

.PHONY: conformance contract contract-certs
# The table of documented errnos and readings, from those of the tests.
conformance: $(CONFORMANCE)
	$(Q)$(CONFORMANCE) >emu-applibs/CONFORMANCE.md

# The contract application under azsim: errnos and readings, and how many of them are covered.
contract: tests
	@tests/run-tests.sh $(BUILD)/check $(BUILD)/tests/test_contract

# What the contract application's image for a device needs beside its sources; never committed.
contract-certs: $(BUILD)/azpki
	$(Q)tests/contract/make-certs.sh $(BUILD)/azpki tests/contract/app/certs
