# Wi-Fi of the device OS: configuration, supplicant policy, readings.
WIFI_TEST_ARCHIVES := $(foreach a,device wire certs,$(BUILD)/lib/$(a).a)
WIFI_TEST_FIXTURE := $(call objs,tests/wifi/fixture.c)

$(foreach t,config refusals supplicant readings choices keys,$(eval $(call test_program,test_wifi_$(t),tests/wifi/test_wifi_$(t).c,$(WIFI_TEST_FIXTURE) $(WIFI_TEST_ARCHIVES),-ljansson -lcrypto)))
