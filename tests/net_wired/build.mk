# The wired network, compared with the model; both skip, loudly, where namespaces or daemons are not to be had.
NET_WIRED_TEST_LINK := $(call objs,emu-applibs/device/auth.c) $(BUILD)/lib/net.a $(BUILD)/lib/certs.a $(BUILD)/lib/wire.a \
	$(BUILD)/lib/util.a
NET_WIRED_TEST_LIBS := -ljansson -lwpa_client -lssl -lcrypto

$(eval $(call test_program,test_testnet,tests/net_wired/test_testnet.c,$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))

$(eval $(call test_program,test_wired,tests/net_wired/test_wired.c tests/net_wired/questions.c tests/net_wired/support.c,$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))
$(eval $(call test_program,test_wired_life,tests/net_wired/test_wired_life.c tests/net_wired/support.c,$(NET_WIRED_TEST_LINK),$(NET_WIRED_TEST_LIBS)))
