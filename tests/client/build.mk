# The application's libraries against a simulator of the tests' own; the message cursors; the ABI.
CLIENT_LIBRARIES := $(BUILD)/libapplibs.so.0 $(BUILD)/lib/wire.a
CLIENT_RPATH := -Wl,-rpath,'$$$$ORIGIN/..'
CLIENT_SERVER := $(call objs,tests/client/fake_server.c)
CLIENT_TEST_SOURCES := $(addprefix tests/client/,fake_server.c calls.c test_calls.c test_values.c test_process.c test_eventloop.c test_abi.c \
	test_deviceauth.c)

$(call objs,$(CLIENT_TEST_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include
$(BUILD)/obj/tests/client/test_abi.o: CFLAGS_ALL += -DLIBRARIES='"$(abspath $(BUILD))"'

$(eval $(call test_program,client_calls,tests/client/test_calls.c tests/client/calls.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_values,tests/client/test_values.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_process,tests/client/test_process.c,$(CLIENT_SERVER) $(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_eventloop,tests/client/test_eventloop.c,$(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
$(eval $(call test_program,client_abi,tests/client/test_abi.c,$(CLIENT_LIBRARIES) $(BUILD)/libtlsutils.so.0,$(CLIENT_RPATH)))
$(eval $(call test_program,client_deviceauth,tests/client/test_deviceauth.c,$(CLIENT_SERVER) $(BUILD)/libtlsutils.so.0 $(BUILD)/lib/wire.a,$(CLIENT_RPATH) -lssl -lcrypto))
$(eval $(call test_program,wire,tests/client/test_wire.c,$(BUILD)/lib/wire.a,))
