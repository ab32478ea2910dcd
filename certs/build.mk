# The PKI maker: library certs.a, command azpki.
CERTS_SOURCES := certs/dates.c certs/pki_crl.c certs/pki_key.c certs/pki_load.c certs/pki_make.c certs/pki_names.c certs/pki_seed.c \
	certs/pki_verify.c

$(eval $(call archive,certs,$(CERTS_SOURCES)))
