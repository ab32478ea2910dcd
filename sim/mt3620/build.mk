# The libraries of the MT3620's kind (ARM, musl): what an ARM application loads under qemu-arm. Their sources are those of this machine's
# libraries; libcurl and libtlsutils are those without TLS. sim/setup/armhf.sh fetches compiler and C library.
MT3620 := build/mt3620
ARMHF := build/armhf
ARM_CC := $(if $(findstring ccache,$(CC)),ccache )arm-linux-gnueabihf-gcc
ARM_CPU := -march=armv7ve -mcpu=cortex-a7 -mthumb -mfpu=neon -mfloat-abi=hard
ARM_CFLAGS := -specs=$(ARMHF)/musl.specs $(ARM_CPU) -std=gnu11 -O2 -g -fPIC -fstack-protector-strong -fno-strict-aliasing $(WARNINGS) \
	-I. -Iemu-applibs/include -I$(ARMHF)/include -MMD -MP
ARM_LINK := $(ARM_CC) -specs=$(ARMHF)/musl.specs $(ARM_CPU) -shared -nodefaultlibs -Wl,-z,now -Wl,-z,defs -Wl,--allow-shlib-undefined
ARM_LINK_PROGRAM = $(ARM_CC) -specs=$(ARMHF)/musl.specs $(ARM_CPU) -pie -nodefaultlibs -Wl,--no-undefined -Wl,--allow-shlib-undefined \
	-L$(MT3620)/root/lib -Wl,-rpath-link,$(MT3620)/root/lib
ARM_LIBS := -L$(ARMHF)/run/lib -l:libgcc_s.so.1 -lc -lgcc
arm_objs = $(patsubst %.c,$(MT3620)/obj/%.o,$(1))

ARM_LIBRARIES := $(addprefix $(MT3620)/root/lib/,libapplibs.so.0 libtlsutils.so.0 libcurl.so.4 libvtime.so)
ARM_ROOT := $(MT3620)/root/lib/ld-musl-armhf.so.1

$(MT3620)/obj/%.o: %.c $(ARMHF)/complete
	@mkdir -p $(@D)
	$(call say,ARM,$<)
	$(Q)$(ARM_CC) $(ARM_CFLAGS) -c -o $@ $<

# The C library and libgcc where the application finds them, which for qemu-arm is below root/.
$(ARM_ROOT): $(ARMHF)/complete
	@mkdir -p $(MT3620)/root
	$(Q)cp -r $(ARMHF)/run/. $(MT3620)/root && touch $@

# $(call arm_library,FILE,SOURCES,MORE)
define arm_library
$(MT3620)/root/lib/$(1): $(call arm_objs,$(2)) $(ARM_ROOT)
	$(call say,LINK,$$@)
	$(Q)$(ARM_LINK) -Wl,-soname,$(1) $(3) -o $$@ $(call arm_objs,$(2)) $(ARM_LIBS)
endef
$(eval $(call arm_library,libapplibs.so.0,$(CLIENT_SOURCES) $(CLIENT_SHARED),-Wl$(comma)--version-script=emu-applibs/client/applibs.map))
$(eval $(call arm_library,libtlsutils.so.0,$(HTTP_SHIM_TLSUTILS) $(CLIENT_SHARED),-Wl$(comma)--version-script=emu-applibs/client/tlsutils.map))
$(eval $(call arm_library,libcurl.so.4,$(HTTP_SHIM_SOURCES) $(CLIENT_SHARED),-Wl$(comma)--version-script=emu-applibs/curl/libcurl.map))
$(eval $(call arm_library,libvtime.so,$(VTIME_SOURCES),))

.PHONY: mt3620-libraries
mt3620-libraries: $(ARM_LIBRARIES)

-include $(shell find $(MT3620)/obj -name '*.d' 2>/dev/null)
