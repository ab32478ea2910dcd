# The simulated device: archive device.a. Programs that make a device link wire.a, -ljansson and -lcrypto as well; the readings
# alone need nothing.
DEVICE_CORE_SOURCES := $(addprefix emu-applibs/device/,applications.c auth.c cert_parse.c certstore.c certstore_operator.c device.c \
	device_auth.c flash.c gpio.c manifest.c network_ip.c network_proxy.c network_time.c networking.c power.c readings.c storage.c \
	sysevent.c)
DEVICE_WIFI_SOURCES := $(addprefix emu-applibs/device/,diagnostics.c pmksa.c supplicant.c supplicant_attempt.c supplicant_join.c supplicant_select.c wificonfig.c \
	wificonfig_attr.c wificonfig_operator.c wificonfig_request.c wificonfig_scan.c)

$(eval $(call archive,device,$(DEVICE_CORE_SOURCES) $(DEVICE_WIFI_SOURCES)))
