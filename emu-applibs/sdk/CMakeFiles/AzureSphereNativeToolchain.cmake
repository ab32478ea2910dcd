# For presets that ask for a build for the host, as Microsoft's native applibs had: the same as AzureSphereToolchain.cmake.
include("${CMAKE_CURRENT_LIST_DIR}/AzureSphereToolchainBase.cmake")
