# The toolchain file that presets of Azure Sphere applications name: here it builds for this machine, against azsim.
# Flags, functions and variables are those of the Azure Sphere SDK as far as an application sees them.
include("${CMAKE_CURRENT_LIST_DIR}/AzureSphereToolchainBase.cmake")
