# A stand-in for the SDK's toolchain file, for tests: it notes what it was asked for, and packs with a tool of its own.
# STUB_SDK_LOG names a file for the notes; STUB_SDK_INCLUDE and STUB_SDK_BUILD where headers and libraries are. The compiler is this
# machine's: what counts is who calls what.
set(CMAKE_C_COMPILER gcc)
if(NOT CMAKE_PARENT_LIST_FILE MATCHES "TryCompile")
  file(APPEND "$ENV{STUB_SDK_LOG}" "toolchain api-set=${AZURE_SPHERE_TARGET_API_SET} type=${CMAKE_BUILD_TYPE}\n")
endif()
include_directories("$ENV{STUB_SDK_INCLUDE}")
# gcc finds libapplibs.so and libtlsutils.so there, and libgcc_s, which the SDK names, beside its own.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-L$ENV{STUB_SDK_BUILD} -Wl,-rpath-link,$ENV{STUB_SDK_BUILD}")

function(azsphere_target_add_image_package target)
  cmake_parse_arguments(PARSE_ARGV 1 image "" "" "RESOURCE_FILES")
  add_custom_command(
    OUTPUT "${CMAKE_BINARY_DIR}/${target}.imagepackage"
    COMMAND "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../pack" "${CMAKE_SOURCE_DIR}/app_manifest.json" "$<TARGET_FILE:${target}>"
      "${CMAKE_BINARY_DIR}/${target}.imagepackage" ${image_RESOURCE_FILES}
    DEPENDS ${target} "${CMAKE_SOURCE_DIR}/app_manifest.json"
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  add_custom_target(${target}-package ALL DEPENDS "${CMAKE_BINARY_DIR}/${target}.imagepackage")
endfunction()
