# Fuzz targets. `make fuzz` builds them with libFuzzer and sanitizers below build/fuzz; the tests replay their corpora without it.
# What was found and mended becomes a file of the corpus: text as it is, written anew by hand; messages by `fuzz_seeds show` as .msgs.
FUZZ_TARGETS := certs wire channel manifest scenario readings control
FUZZ_HELPERS := $(call objs,tests/fuzz/messages.c tests/device/fixture.c)
FUZZ_SEEDS := $(BUILD)/fuzz-seeds/made

FUZZ_SEEDS_TOOL := $(BUILD)/tests/fuzz_seeds
$(FUZZ_SEEDS_TOOL): $(call objs,tests/fuzz/seeds.c tests/fuzz/messages.c) $(BUILD)/lib/wire.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^

# Certificates and keys are made, never kept in the tree; messages are compiled from the corpus's text.
TEST_FILES += $(FUZZ_SEEDS)
$(FUZZ_SEEDS): tests/fuzz/seeds.sh $(wildcard tests/fuzz/corpus/*/*.msgs scenarios/*.yaml scenarios/catalogue/*.yaml) $(FUZZ_SEEDS_TOOL) $(BUILD)/azpki
	$(Q)tests/fuzz/seeds.sh $(BUILD)/azpki $(FUZZ_SEEDS_TOOL) $(@D)
	$(Q)touch $@

# $(call fuzz_target,NAME): its replay among the unit tests, and the program of libFuzzer.
define fuzz_target
$(call test_program,test_fuzz_$(1),tests/fuzz/$(1).c tests/fuzz/replay.c,$(FUZZ_HELPERS) $(AZSIM_ARCHIVES),$(AZSIM_LIBS))
$(BUILD)/tests/test_fuzz_$(1): | $(FUZZ_SEEDS)
FUZZ_PROGRAMS += $(BUILD)/tests/fuzz_$(1)
$(BUILD)/tests/fuzz_$(1): $(call objs,tests/fuzz/$(1).c) $(FUZZ_HELPERS) $(AZSIM_ARCHIVES)
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(LDFLAGS_ALL) -fsanitize=fuzzer -o $$@ $$(call objs,tests/fuzz/$(1).c) $(FUZZ_HELPERS) $(AZSIM_ARCHIVES) $(AZSIM_LIBS) -lcmocka
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_target,$(t))))

.PHONY: fuzz-programs list-fuzz-targets
fuzz-programs: $(FUZZ_PROGRAMS) $(FUZZ_SEEDS)
list-fuzz-targets:
	@echo $(FUZZ_TARGETS)
