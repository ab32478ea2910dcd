# The test networks: archive net.a. It needs certs-free OpenSSL only: -lssl -lcrypto, and sim/util/error.c.
NET_MODEL_SOURCES := sim/net/model.c sim/net/model_eap.c sim/net/model_tls.c sim/net/model_verdict.c
NET_WIRED_SOURCES :=

$(eval $(call archive,net,sim/net/net.c $(NET_MODEL_SOURCES) $(NET_WIRED_SOURCES)))
