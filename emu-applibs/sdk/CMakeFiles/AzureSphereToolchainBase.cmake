# Paths, flags and libraries of a build against azsim; the functions are in AzureSphereFunctions.cmake.
#
# CMake reads a toolchain file several times, also for its own small test programs: nothing here may depend on the project.

get_filename_component(AZURE_SPHERE_SDK_PATH "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
set(AZURE_SPHERE_CMAKE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(AZURE_SPHERE_MAKE_IMAGE_FILE "${AZURE_SPHERE_CMAKE_PATH}/AzureSphereMakeImage.cmake")
# One set of headers and libraries serves every API set. Its usr/ is the SDK folder itself.
set(AZURE_SPHERE_API_SET_DIR "${AZURE_SPHERE_SDK_PATH}/Sysroots/host")
set(AZSIM_TARGET_API_SET "${AZURE_SPHERE_TARGET_API_SET}")
set(AZSIM_LIBRARY_PATH "${AZURE_SPHERE_SDK_PATH}/lib/azsim")
set(AZSIM_EXECUTABLE "${AZSIM_LIBRARY_PATH}/azsim")

# The SDK's flags, but for those of its processor. It compiles with -D_POSIX_C_SOURCE for musl, whose headers then show what
# glibc shows with the two below. -nodefaultlibs is left out: sanitizers need their libraries. The SDK's GCC is
# older than 10 and has -fcommon by default: headers of some applications define variables.
string(JOIN " " CMAKE_C_FLAGS_INIT
	"-std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -fPIC -fcommon -ffunction-sections -fdata-sections -fno-strict-aliasing"
	"-fno-omit-frame-pointer -fno-exceptions -fstack-protector-strong"
	"-Wall -Wstrict-prototypes -Wno-pointer-sign -Wswitch -Wempty-body -Wconversion -Wreturn-type -Wparentheses -Wno-format"
	"-Wuninitialized -Wunreachable-code -Wunused-function -Wunused-value -Wunused-variable"
	"-Werror=implicit-function-declaration"
	# A long has 64 bits here and 32 there: what -Werror would say of that is not the application's fault.
	"-Wno-error=conversion -Wno-error=sign-conversion -Wno-error=pointer-to-int-cast -Wno-error=int-to-pointer-cast"
	# Debian's wolfSSL shows the functions that it was built with only with this; the SDK's needs nothing.
	"-DEXTERNAL_OPTS_OPENVPN")
string(JOIN " " CMAKE_CXX_FLAGS_INIT
	"-D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -fPIC -ffunction-sections -fdata-sections -fno-strict-aliasing"
	"-fno-omit-frame-pointer -fstack-protector-strong -DEXTERNAL_OPTS_OPENVPN")
foreach(language C CXX)
	set(CMAKE_${language}_FLAGS_DEBUG "-ggdb -O0" CACHE STRING "Flags of the debug build")
	set(CMAKE_${language}_FLAGS_RELEASE "-g1 -Os" CACHE STRING "Flags of the release build")
	set(CMAKE_${language}_FLAGS_MINSIZEREL "-g1 -Os" CACHE STRING "Flags of the smallest build")
	set(CMAKE_${language}_STANDARD_INCLUDE_DIRECTORIES "${AZURE_SPHERE_SDK_PATH}/include")
	# musl has these in its libc, so applications do not name them.
	set(CMAKE_${language}_STANDARD_LIBRARIES_INIT "-Wl,--as-needed -lm -lresolv -lpthread -lrt")
endforeach()
set(CMAKE_EXE_LINKER_FLAGS_INIT
	"-pie -Wl,--no-undefined -Wl,--gc-sections \"-L${AZSIM_LIBRARY_PATH}\" \"-Wl,-rpath-link,${AZSIM_LIBRARY_PATH}\"")

include("${CMAKE_CURRENT_LIST_DIR}/AzureSphereFunctions.cmake")
