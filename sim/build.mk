# azsim: everything of sim/ but the networks and the scenario parser, which are archives of their own.
AZSIM_VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)

# One object of azsim and one of azpki know the version, and are made again when it changes.
VERSION_STAMP := $(BUILD)/obj/version-$(AZSIM_VERSION)
$(VERSION_STAMP):
	@mkdir -p $(@D)
	@rm -f $(BUILD)/obj/version-*
	@touch $@
VERSION_OBJECTS := $(call objs,sim/cli/main.c certs/azpki_main.c)
$(VERSION_OBJECTS): $(VERSION_STAMP)
$(VERSION_OBJECTS): CFLAGS_ALL += -DAZSIM_VERSION='"$(AZSIM_VERSION)"'

UTIL_SOURCES := sim/util/error.c sim/util/text.c sim/util/callname.c sim/util/tree.c
WORLD_SOURCES := sim/world/clock.c sim/world/queue.c
RUN_SOURCES := sim/app/channel.c sim/app/machine.c sim/app/package.c sim/app/process.c sim/issuer/issuer.c sim/web/forward.c \
	sim/web/http.c sim/web/server.c sim/web/web.c \
	sim/oracle/bounded.c sim/oracle/credentials.c sim/oracle/finish.c sim/oracle/secrets.c sim/oracle/stranded.c sim/report/outcome.c sim/report/reports.c \
	sim/report/timeline.c sim/run/ahead.c sim/run/apkeys.c sim/run/dispatch.c sim/run/events.c sim/run/expect.c sim/run/host.c sim/run/kills.c sim/run/netstate.c \
	sim/run/live.c sim/run/power.c sim/run/relay.c sim/run/route.c sim/run/run.c sim/run/setup.c sim/run/webhosts.c sim/torture/branch.c sim/torture/combinations.c sim/torture/cuts.c sim/torture/states.c \
	sim/torture/fault_errnos.c sim/torture/faults.c sim/torture/faults_play.c sim/torture/oom.c $(WORLD_SOURCES)
DEV_SOURCES := $(addprefix sim/dev/,client.c commands.c control.c dev.c device.c pace.c place.c proto.c ctl_server.c time.c view.c world.c)
FUZZ_SOURCES := sim/fuzz/draw.c sim/fuzz/faults.c sim/fuzz/shrink.c sim/fuzz/write.c
SDK_SOURCES := sim/sdk/files.c sim/sdk/hwdef.c sim/sdk/hwdef_header.c sim/sdk/app_manifest.c
CLI_SOURCES := sim/cli/main.c sim/cli/files.c sim/cli/readings.c sim/cli/run.c sim/cli/fuzz_world.c sim/cli/worlds.c sim/cli/jobs.c sim/cli/job.c \
	sim/cli/options.c sim/cli/workdir.c sim/cli/hardware.c \
	sim/cli/dev.c sim/cli/ctl.c sim/cli/device.c sim/cli/table.c

$(eval $(call archive,util,$(UTIL_SOURCES)))
$(eval $(call archive,run,$(RUN_SOURCES)))
$(eval $(call archive,dev,$(DEV_SOURCES)))
$(eval $(call archive,fuzz,$(FUZZ_SOURCES)))
$(eval $(call archive,sdk,$(SDK_SOURCES)))

# Archives in the order of need, and the libraries behind them; tests of sim/ link the same.
AZSIM_ARCHIVES := $(foreach a,fuzz dev sdk run scenario net device certs wire util,$(BUILD)/lib/$(a).a)
AZSIM_LIBS := -lcyaml -lyaml -ljansson -lhttp_parser -lwpa_client -lssl -lcrypto

ALL += $(BUILD)/azsim
$(BUILD)/azsim: $(call objs,$(CLI_SOURCES)) $(AZSIM_ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(call objs,$(CLI_SOURCES)) $(AZSIM_ARCHIVES) $(AZSIM_LIBS)
