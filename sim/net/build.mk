# The test networks: archive net.a. It needs certs-free OpenSSL only: -lssl -lcrypto, and util.a.
NET_MODEL_SOURCES := sim/net/access_points.c $(addprefix sim/net/model/,model.c eap.c material.c tls.c verdict.c)
NET_WIRED_SOURCES := $(addprefix sim/net/wired/,wired.c find.c probe.c) $(addprefix sim/net/testnet/,netd.c testnet.c testnet_join.c stream.c) \
	$(addprefix sim/net/testnetd/,testnetd.c air.c ap.c attempt.c capture.c clocks.c conf.c ctl.c daemons.c join.c lan.c listen.c loss.c netlink.c networks.c ns.c \
	proc.c scan.c serve.c start.c status.c tcp.c templates.c verdict.c)
NET_RADIO_SOURCES := $(addprefix sim/net/radio/,radio.c accel.c find.c image.c qemu.c state.c)
# The assembler reads the templates; the compiler does not know.
$(BUILD)/obj/sim/net/testnetd/templates.o: $(wildcard radius-config/*.in)

$(eval $(call archive,net,sim/net/net.c sim/net/cause.c $(NET_MODEL_SOURCES) $(NET_WIRED_SOURCES) $(NET_RADIO_SOURCES)))

# The first process of the radio network's guest.
ALL += $(BUILD)/testnetd-guest
$(BUILD)/testnetd-guest: $(call objs,sim/net/radio/guest/init.c) $(BUILD)/lib/net.a $(BUILD)/lib/wire.a $(BUILD)/lib/util.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ -lwpa_client -lcrypto

# Preloaded into wpa_supplicant there; never instrumented itself.
ALL += $(BUILD)/libdevclock.so
$(BUILD)/libdevclock.so: sim/net/testnetd/devclock.c sim/net/testnetd/devclock.h
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(filter-out -MMD -MP -fsanitize% -fno-omit-frame-pointer,$(CFLAGS_ALL)) $(LDFLAGS) -shared -Wl,-soname,libdevclock.so -Wl,-z,defs -o $@ $< -ldl
