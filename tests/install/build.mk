# An application of its own builds against an installed azsim by CMake, and runs.
$(eval $(call e2e_program,test_install,tests/install/test_install.c $(E2E_HARNESS),,))
