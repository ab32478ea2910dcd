# The application's libraries against a simulator of the tests' own; the message cursors; the ABI.
CLIENT_LIBRARIES := $(BUILD)/libapplibs.so.0 $(BUILD)/lib/wire.a
CLIENT_RPATH := -Wl,-rpath,'$$$$ORIGIN/..'
CLIENT_SERVER := $(call objs,tests/client/fake_server.c)
CLIENT_TEST_SOURCES := $(addprefix tests/client/,fake_server.c calls.c test_calls.c test_values.c test_process.c test_eventloop.c test_abi.c \
	test_deviceauth.c test_networking.c test_system.c)

$(call objs,$(CLIENT_TEST_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include
$(BUILD)/obj/tests/client/test_abi.o: CFLAGS_ALL += -DLIBRARIES='"$(abspath $(BUILD))"'

$(eval $(call test_program,client_calls,tests/client/test_calls.c tests/client/calls.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_values,tests/client/test_values.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_networking,tests/client/test_networking.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH) -lcurl))
$(eval $(call test_program,client_system,tests/client/test_system.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_process,tests/client/test_process.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_eventloop,tests/client/test_eventloop.c,$(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_abi,tests/client/test_abi.c,$(CLIENT_LIBRARIES) $(BUILD)/libtlsutils.so.0,$(CLIENT_RPATH)))
$(eval $(call test_program,client_deviceauth,tests/client/test_deviceauth.c,$(CLIENT_SERVER) $(BUILD)/libtlsutils.so.0 $(BUILD)/lib/wire.a,$(CLIENT_RPATH) -lssl -lcrypto))
$(eval $(call test_program,wire,tests/client/test_wire.c,$(BUILD)/lib/wire.a,))

# Every header that programs include compiles alone, as the SDK's flags have it, with NETWORKING_STRUCTS_VERSION and the like unset.
CLIENT_HEADERS := $(filter-out %_internal.h %_structs.h %_structs_v1.h %_config_v1.h,$(wildcard emu-applibs/include/*.h emu-applibs/include/*/*.h))
TEST_FILES += $(patsubst emu-applibs/include/%.h,$(BUILD)/tests/headers/%.ok,$(CLIENT_HEADERS))
$(BUILD)/tests/headers/%.ok: emu-applibs/include/%.h $(wildcard emu-applibs/include/*/*.h)
	@mkdir -p $(@D)
	$(call say,CHECK,$<)
	$(Q)printf '#include <%s.h>\nint nothing;\n' $* | $(CC) -std=c11 -D_POSIX_C_SOURCE -pedantic -Wall -Wextra -Werror -Wstrict-prototypes -Wno-pointer-sign \
		-DAZURE_SPHERE_PUBLIC_SDK -Iemu-applibs/include -x c -fsyntax-only - && touch $@
