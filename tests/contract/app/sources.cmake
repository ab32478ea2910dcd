# The sources, the same under every manifest. Only libc, applibs and libcurl are linked.
add_executable(${PROJECT_NAME}
    ${CMAKE_CURRENT_LIST_DIR}/main.c
    ${CMAKE_CURRENT_LIST_DIR}/judge.c
    ${CMAKE_CURRENT_LIST_DIR}/tap.c
    ${CMAKE_CURRENT_LIST_DIR}/support.c
    ${CMAKE_CURRENT_LIST_DIR}/memory.c
    ${CMAKE_CURRENT_LIST_DIR}/network.c
    ${CMAKE_CURRENT_LIST_DIR}/certstore.c
    ${CMAKE_CURRENT_LIST_DIR}/wificonfig.c
    ${CMAKE_CURRENT_LIST_DIR}/settings.c
    ${CMAKE_CURRENT_LIST_DIR}/networking.c
    ${CMAKE_CURRENT_LIST_DIR}/net_settings.c
    ${CMAKE_CURRENT_LIST_DIR}/net_time.c
    ${CMAKE_CURRENT_LIST_DIR}/proxy.c
    ${CMAKE_CURRENT_LIST_DIR}/curl.c
    ${CMAKE_CURRENT_LIST_DIR}/eventloop.c
    ${CMAKE_CURRENT_LIST_DIR}/storage.c
    ${CMAKE_CURRENT_LIST_DIR}/system.c
    ${CMAKE_CURRENT_LIST_DIR}/peripherals.c
    ${CMAKE_CURRENT_LIST_DIR}/probe_store.c
    ${CMAKE_CURRENT_LIST_DIR}/probe_wifi.c
    ${CMAKE_CURRENT_LIST_DIR}/probe_network.c)
# The table of errnos is the emulator's, too: "emu-applibs/errnos.h".
target_include_directories(${PROJECT_NAME} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../../..)
target_compile_options(${PROJECT_NAME} PRIVATE -Wall -Wextra -Wno-missing-field-initializers)
target_link_libraries(${PROJECT_NAME} applibs curl gcc_s c)
