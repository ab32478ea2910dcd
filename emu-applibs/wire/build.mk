# The message cursors, for the simulator and (as objects) for the application's library.
$(eval $(call archive,wire,emu-applibs/wire/wire.c))
