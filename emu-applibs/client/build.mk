# libapplibs.so.0 and libtlsutils.so.0: what an application links and loads. The links without ".0" are for -lapplibs, -ltlsutils.
CLIENT_SOURCES := $(addprefix emu-applibs/client/,certstore.c wificonfig.c wificonfig_attributes.c networking.c networking_ip.c \
	networking_time.c networking_proxy.c storage.c eventloop.c log.c application.c applications.c powermanagement.c rtc.c sysevent.c \
	gpio.c peripherals.c)
CLIENT_SHARED := emu-applibs/client/transport.c emu-applibs/wire/wire.c
TLSUTILS_SOURCES := emu-applibs/client/deviceauth.c

$(call objs,$(CLIENT_SOURCES) $(TLSUTILS_SOURCES) emu-applibs/client/transport.c): CFLAGS_ALL += -Iemu-applibs/include

# $(call client_library,NAME,SOURCES,LIBRARIES)
define client_library
ALL += $(BUILD)/lib$(1).so.0 $(BUILD)/lib$(1).so
$(BUILD)/lib$(1).so.0: $(call objs,$(2) $(CLIENT_SHARED)) emu-applibs/client/$(1).map
	@mkdir -p $$(@D)
	$(call say,LINK,$$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -shared -Wl,-soname,lib$(1).so.0 -Wl,--version-script=emu-applibs/client/$(1).map \
		$(if $(SANITIZE),,-Wl$$(comma)-z$$(comma)defs) -o $$@ $(call objs,$(2) $(CLIENT_SHARED)) $(3) -lpthread
$(BUILD)/lib$(1).so: $(BUILD)/lib$(1).so.0
	$(Q)ln -sf lib$(1).so.0 $$@
endef
comma := ,

$(eval $(call client_library,applibs,$(CLIENT_SOURCES),))
$(eval $(call client_library,tlsutils,$(TLSUTILS_SOURCES),-lssl -lcrypto))
