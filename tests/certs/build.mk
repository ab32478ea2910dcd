$(eval $(call test_program,test_dates,tests/certs/test_dates.c,$(BUILD)/lib/certs.a,))
