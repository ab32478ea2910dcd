# The radio network. A short set is part of `make check`; test_radio_questions, which takes minutes, of `make check-radio`.
RADIO_TEST_SOURCES := tests/radio/support.c tests/net_wired/support.c

$(eval $(call e2e_program,test_radio,tests/radio/test_radio.c $(RADIO_TEST_SOURCES),$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))
$(eval $(call e2e_program,test_join,tests/radio/test_join.c $(RADIO_TEST_SOURCES),$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))
$(eval $(call e2e_program,test_radio_air,tests/radio/test_radio_air.c $(RADIO_TEST_SOURCES),$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))
$(eval $(call e2e_program,test_loss,tests/radio/test_loss.c $(RADIO_TEST_SOURCES),$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))
$(eval $(call e2e_program,test_radio_run,tests/radio/test_radio_run.c $(E2E_HARNESS),,))
$(eval $(call e2e_program,test_capture,tests/radio/test_capture.c $(E2E_HARNESS),,))

RADIO_TESTS := $(addprefix $(BUILD)/tests/,test_radio test_radio_air test_loss test_join test_radio_run test_capture test_radio_questions)
SHORT_TESTS := $(E2E_TESTS)
$(eval $(call e2e_program,test_radio_questions,tests/radio/test_radio_questions.c tests/net_wired/questions.c $(RADIO_TEST_SOURCES),$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))
E2E_TESTS := $(SHORT_TESTS)
# What they run, which make does not see.
$(RADIO_TESTS): | $(BUILD)/azsim $(BUILD)/testnetd-guest $(BUILD)/libdevclock.so
