SCENARIO_TEST_ARCHIVES := $(foreach a,scenario device certs wire util,$(BUILD)/lib/$(a).a)
SCENARIO_TEST_LIBS := -lcyaml -lyaml -lcrypto

$(eval $(call test_program,test_scenario_good,tests/scenario/test_good.c tests/scenario/files.c,$(SCENARIO_TEST_ARCHIVES),$(SCENARIO_TEST_LIBS)))
$(eval $(call test_program,test_scenario_bad,tests/scenario/test_bad.c tests/scenario/files.c,$(SCENARIO_TEST_ARCHIVES),$(SCENARIO_TEST_LIBS)))
$(eval $(call test_program,test_scenario_parse,tests/scenario/test_parse.c tests/scenario/files.c,$(SCENARIO_TEST_ARCHIVES),$(SCENARIO_TEST_LIBS)))
$(eval $(call test_program,test_readings_file,tests/scenario/test_readings_file.c tests/scenario/files.c,$(SCENARIO_TEST_ARCHIVES),$(SCENARIO_TEST_LIBS)))
$(eval $(call test_program,test_scenario_webs,tests/scenario/test_webs.c tests/scenario/files.c,$(SCENARIO_TEST_ARCHIVES),$(SCENARIO_TEST_LIBS)))
