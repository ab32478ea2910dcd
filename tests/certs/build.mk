$(eval $(call test_program,test_dates,tests/certs/test_dates.c,$(BUILD)/lib/certs.a,))
$(eval $(call test_program,test_pki,tests/certs/test_pki.c,$(BUILD)/lib/certs.a,-lcrypto))
