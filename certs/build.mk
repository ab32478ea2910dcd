# The PKI maker: library certs.a, command azpki.
CERTS_SOURCES := certs/dates.c certs/pki_crl.c certs/pki_key.c certs/pki_load.c certs/pki_make.c certs/pki_names.c certs/pki_seed.c \
	certs/pki_verify.c
AZPKI_SOURCES := certs/azpki_main.c certs/azpki_files.c certs/azpki_make.c certs/azpki_options.c certs/azpki_show.c \
	certs/azpki_verify.c

$(eval $(call archive,certs,$(CERTS_SOURCES)))

ALL += $(BUILD)/azpki
$(BUILD)/azpki: $(call objs,$(AZPKI_SOURCES)) $(BUILD)/lib/certs.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(call objs,$(AZPKI_SOURCES)) $(BUILD)/lib/certs.a -lcrypto
