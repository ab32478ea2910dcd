# What needs the ARM compiler and emulator: tests of `make mt3620` and of ARM applications in azsim. Run by `make check`, from build/ only.
MT3620_TESTS :=
define mt3620_program
$(subst UNIT_TESTS +=,MT3620_TESTS +=,$(call test_program,$(1),$(2),$(3),$(4)))
endef

$(eval $(call mt3620_program,mt3620_build,tests/mt3620/test_build.c,,))
$(BUILD)/obj/tests/mt3620/test_build.o: CFLAGS_ALL += -DTOP='"$(CURDIR)"'

.PHONY: mt3620-tests list-mt3620-tests
mt3620-tests: all mt3620-libraries $(MT3620_TESTS)
list-mt3620-tests:
	@echo $(MT3620_TESTS)
