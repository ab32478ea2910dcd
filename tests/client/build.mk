# The application's libraries against a simulator of the tests' own; the message cursors; the ABI.
CLIENT_LIBRARIES := $(BUILD)/libapplibs.so.0 $(BUILD)/lib/wire.a
CLIENT_RPATH := -Wl,-rpath,'$$$$ORIGIN/..'
CLIENT_TEST_SOURCES := $(addprefix tests/client/,fake_server.c calls.c test_calls.c)

$(call objs,$(CLIENT_TEST_SOURCES)): CFLAGS_ALL += -Iemu-applibs/include

$(eval $(call test_program,client_calls,tests/client/test_calls.c tests/client/calls.c tests/client/fake_server.c,$(CLIENT_LIBRARIES),$(CLIENT_RPATH)))
