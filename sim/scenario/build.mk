# Scenarios: from YAML to struct scenario. Needs the archives device (readings), certs (dates), wire and util.
SCENARIO_SOURCES := sim/scenario/load.c sim/scenario/schema.c sim/scenario/sourcemap.c sim/scenario/explain.c \
	sim/scenario/names.c sim/scenario/memory.c sim/scenario/build.c sim/scenario/build_pki.c \
	sim/scenario/build_network.c sim/scenario/build_web.c sim/web/template.c sim/scenario/build_device.c sim/scenario/build_events.c \
	sim/scenario/build_expect.c sim/scenario/describe.c sim/scenario/parse.c \
	sim/scenario/readings_file.c

$(eval $(call archive,scenario,$(SCENARIO_SOURCES)))
