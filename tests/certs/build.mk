PKI_TEST_OBJECTS := $(call objs,tests/certs/support.c) $(BUILD)/lib/certs.a
$(eval $(call test_program,test_dates,tests/certs/test_dates.c,$(BUILD)/lib/certs.a,))
$(eval $(call test_program,test_pki,tests/certs/test_pki.c,$(PKI_TEST_OBJECTS),-lcrypto))
$(eval $(call test_program,test_pki_use,tests/certs/test_pki_use.c,$(PKI_TEST_OBJECTS),-lcrypto))
# Runs the azpki of this build.
$(eval $(call test_program,test_azpki,tests/certs/test_azpki.c,$(BUILD)/lib/certs.a,-lcrypto))
$(BUILD)/tests/test_azpki: | $(BUILD)/azpki
