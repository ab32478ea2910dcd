# The test networks: archive net.a. It needs certs-free OpenSSL only: -lssl -lcrypto, and util.a.
NET_MODEL_SOURCES := $(addprefix sim/net/,access_points.c model.c model_eap.c model_material.c model_tls.c model_verdict.c)
NET_WIRED_SOURCES := $(addprefix sim/net/,netd.c wired.c wired_find.c wired_probe.c testnet.c testnet_stream.c testnetd.c testnetd_attempt.c testnetd_capture.c \
	testnetd_clocks.c testnetd_conf.c testnetd_ctl.c testnetd_daemons.c testnetd_ns.c testnetd_proc.c testnetd_serve.c testnetd_status.c testnetd_templates.c \
	testnetd_verdict.c)
NET_RADIO_SOURCES := $(addprefix sim/net/,radio.c radio_find.c radio_image.c radio_qemu.c radio_state.c)
# The assembler reads the templates; the compiler does not know.
$(BUILD)/obj/sim/net/testnetd_templates.o: $(wildcard radius-config/*.in)

$(eval $(call archive,net,sim/net/net.c sim/net/cause.c $(NET_MODEL_SOURCES) $(NET_WIRED_SOURCES) $(NET_RADIO_SOURCES)))

# The first process of the radio network's guest.
ALL += $(BUILD)/testnetd-guest
$(BUILD)/testnetd-guest: $(call objs,sim/net/guest/init.c) $(BUILD)/lib/net.a $(BUILD)/lib/wire.a $(BUILD)/lib/util.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lwpa_client -lcrypto
