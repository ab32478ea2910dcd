# The PKI maker: library certs.a, command azpki.
CERTS_SOURCES := certs/dates.c

$(eval $(call archive,certs,$(CERTS_SOURCES)))
