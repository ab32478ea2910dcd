# libcurl.so.4 and libtlsutils.so.0 without TLS, for `azsim run --http=shim`: in a folder of their own, before the real ones.
HTTP_SHIM_SOURCES := emu-applibs/curl/easy.c emu-applibs/curl/perform.c emu-applibs/curl/url.c
HTTP_SHIM_TLSUTILS := emu-applibs/curl/deviceauth.c

$(call objs,$(HTTP_SHIM_SOURCES) $(HTTP_SHIM_TLSUTILS)): CFLAGS_ALL += -Iemu-applibs/include

ALL += $(BUILD)/http-shim/libcurl.so.4 $(BUILD)/http-shim/libtlsutils.so.0
$(BUILD)/http-shim/libcurl.so.4: $(call objs,$(HTTP_SHIM_SOURCES) $(CLIENT_SHARED)) emu-applibs/curl/libcurl.map
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -shared -Wl,-soname,libcurl.so.4 -Wl,--version-script=emu-applibs/curl/libcurl.map \
		$(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs) -o $@ $(filter %.o,$^) -lpthread
$(BUILD)/http-shim/libtlsutils.so.0: $(call objs,$(HTTP_SHIM_TLSUTILS) $(CLIENT_SHARED)) emu-applibs/client/tlsutils.map
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -shared -Wl,-soname,libtlsutils.so.0 -Wl,--version-script=emu-applibs/client/tlsutils.map \
		$(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs) -o $@ $(filter %.o,$^) -lpthread
