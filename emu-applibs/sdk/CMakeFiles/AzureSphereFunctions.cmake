# The functions that a CMakeLists.txt of an Azure Sphere application calls.

# azsphere_configure_tools(TOOLS_REVISION "21.07") and azsphere_configure_api(TARGET_API_SET "10"): from tools 20.04 to 21.10. Any
# value will do, since there is one set of headers and libraries.
function(azsphere_configure_tools)
	cmake_parse_arguments(PARSE_ARGV 0 args "" "TOOLS_REVISION" "")
	if(NOT args_TOOLS_REVISION OR args_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "azsphere_configure_tools takes TOOLS_REVISION and nothing else")
	endif()
endfunction()

function(azsphere_configure_api)
	cmake_parse_arguments(PARSE_ARGV 0 args "" "TARGET_API_SET" "")
	if(NOT args_TARGET_API_SET OR args_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "azsphere_configure_api takes TARGET_API_SET and nothing else")
	endif()
endfunction()

# Calls azsim, with its message as the error of this build. Fills `ret` with the lines that it printed.
function(_azsim_call ret)
	execute_process(COMMAND "${AZSIM_EXECUTABLE}" ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE error)
	if(NOT status STREQUAL "0")
		string(STRIP "${error}" error)
		message(FATAL_ERROR "${error} (status ${status})")
	endif()
	string(STRIP "${out}" out)
	string(REPLACE "\n" ";" out "${out}")
	set(${ret} "${out}" PARENT_SCOPE)
endfunction()

# azsphere_target_hardware_definition(TARGET [TARGET_DIRECTORY DIR...] TARGET_DEFINITION FILE.json)
# The definition is looked for in each DIR (from the current source folder), then among the SDK's. Its headers are found as
# <hw/NAME.h>: those that lie in DIR/inc first, and such as are not there are made from the JSON files.
function(azsphere_target_hardware_definition target)
	cmake_parse_arguments(PARSE_ARGV 1 args "" "TARGET_DEFINITION" "TARGET_DIRECTORY")
	if(NOT args_TARGET_DEFINITION OR args_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "azsphere_target_hardware_definition takes TARGET_DEFINITION, perhaps TARGET_DIRECTORY, and nothing else")
	endif()
	set(shipped "${AZURE_SPHERE_SDK_PATH}/HardwareDefinitions")
	set(definition)
	foreach(dir ${args_TARGET_DIRECTORY} "${shipped}")
		get_filename_component(dir "${dir}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
		if(NOT definition AND EXISTS "${dir}/${args_TARGET_DEFINITION}")
			set(definition "${dir}/${args_TARGET_DEFINITION}")
		endif()
		list(APPEND dirs "${dir}")
	endforeach()
	if(NOT definition)
		string(REPLACE ";" ", " dirs "${dirs}")
		message(FATAL_ERROR "azsphere_target_hardware_definition: no ${args_TARGET_DEFINITION} in ${dirs}")
	endif()
	set(made "${CMAKE_CURRENT_BINARY_DIR}/azsphere-${target}/inc")
	set(searches)
	foreach(dir ${dirs})
		list(APPEND searches "--search=${dir}")
		if(IS_DIRECTORY "${dir}/inc" AND NOT dir STREQUAL shipped)
			target_include_directories(${target} SYSTEM PUBLIC "${dir}/inc")
		endif()
	endforeach()
	_azsim_call(read hardware header ${searches} "--out=${made}/hw" "${definition}")
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${read})
	# Headers include their imports by bare names, wherever those lie.
	target_include_directories(${target} SYSTEM PUBLIC "${made}" "${made}/hw")
	set_target_properties(${target} PROPERTIES
		AZSIM_DEFINITION "${definition}" AZSIM_SEARCHES "${searches}" AZSIM_DEFINITION_FILES "${read}")
endfunction()

# A library that an application names and this machine has not is told at once, with what to do.
function(_azsim_check_libraries target)
	get_target_property(libraries ${target} LINK_LIBRARIES)
	foreach(library curl wolfssl azureiot)
		if(NOT library IN_LIST libraries OR TARGET ${library})
			continue()
		endif()
		find_library(found NAMES ${library} NO_CACHE)
		if(found)
			unset(found)
		elseif(library STREQUAL "azureiot")
			message(FATAL_ERROR "${target} links azureiot, the Azure IoT device SDK that comes with the Azure Sphere SDK; "
				"azsim does not have it. Put a libazureiot of your own into CMAKE_LIBRARY_PATH to go on.")
		elseif(library STREQUAL "curl")
			message(FATAL_ERROR "${target} links curl: apt-get install libcurl4-openssl-dev")
		else()
			message(FATAL_ERROR "${target} links wolfssl: apt-get install libwolfssl-dev")
		endif()
	endforeach()
endfunction()

# azsphere_target_add_image_package(TARGET [RESOURCE_FILES FILE...] [DEBUG_LIB NAME])
# Lays out what the image package holds, in approot below the current binary folder (approot-TARGET for a second one): the
# manifest with the names of the hardware definition resolved, bin/app, and the resources under the paths that they have in the
# source folder. `azsim run --app=` takes that folder, or the build folder. DEBUG_LIB has no meaning here.
function(azsphere_target_add_image_package target)
	cmake_parse_arguments(PARSE_ARGV 1 args "" "DEBUG_LIB" "RESOURCE_FILES")
	if(args_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "azsphere_target_add_image_package does not know ${args_UNPARSED_ARGUMENTS}")
	endif()
	_azsim_check_libraries(${target})

	set(approot "${CMAKE_CURRENT_BINARY_DIR}/approot")
	get_property(used GLOBAL PROPERTY AZSIM_APPROOTS)
	if(approot IN_LIST used)
		set(approot "${approot}-${target}")
	endif()
	set_property(GLOBAL APPEND PROPERTY AZSIM_APPROOTS "${approot}")
	# What an earlier list of resources put there goes; the build makes the rest anew.
	file(REMOVE_RECURSE "${approot}")

	get_target_property(suffix ${target} SUFFIX)
	if(NOT suffix)
		set_target_properties(${target} PROPERTIES SUFFIX ".out")
	endif()
	add_custom_command(OUTPUT "${approot}/bin/app"
		COMMAND "${CMAKE_COMMAND}" -E make_directory "${approot}/bin"
		COMMAND "${CMAKE_COMMAND}" -E copy "$<TARGET_FILE:${target}>" "${approot}/bin/app"
		DEPENDS ${target} VERBATIM)

	set(manifest "${CMAKE_CURRENT_SOURCE_DIR}/app_manifest.json")
	if(NOT EXISTS "${manifest}")
		set(manifest "${CMAKE_SOURCE_DIR}/app_manifest.json")
	endif()
	if(NOT EXISTS "${manifest}")
		message(FATAL_ERROR "azsphere_target_add_image_package: no app_manifest.json in ${CMAKE_CURRENT_SOURCE_DIR}")
	endif()
	get_target_property(definition ${target} AZSIM_DEFINITION)
	set(resolve --out=${approot}/app_manifest.json)
	set(definition_files)
	if(definition)
		get_target_property(searches ${target} AZSIM_SEARCHES)
		get_target_property(definition_files ${target} AZSIM_DEFINITION_FILES)
		list(APPEND resolve ${searches} "--definition=${definition}")
	endif()
	add_custom_command(OUTPUT "${approot}/app_manifest.json"
		COMMAND "${CMAKE_COMMAND}" -E make_directory "${approot}"
		COMMAND "${AZSIM_EXECUTABLE}" hardware manifest ${resolve} "${manifest}"
		COMMAND "${CMAKE_COMMAND}" -E touch "${approot}/app_manifest.json"
		DEPENDS "${manifest}" ${definition_files} VERBATIM)

	set(outputs "${approot}/bin/app" "${approot}/app_manifest.json")
	foreach(resource ${args_RESOURCE_FILES})
		_azsim_resource("${approot}" "${resource}" output)
		list(APPEND outputs "${output}")
	endforeach()
	add_custom_target(${target}-image-package ALL DEPENDS ${outputs})
endfunction()

function(_azsim_resource approot resource ret)
	if(IS_ABSOLUTE "${resource}")
		file(RELATIVE_PATH resource "${CMAKE_CURRENT_SOURCE_DIR}" "${resource}")
	endif()
	if(resource MATCHES "(^|/)\\.\\.(/|$)")
		message(FATAL_ERROR "azsphere_target_add_image_package: resource ${resource} is not below ${CMAKE_CURRENT_SOURCE_DIR}")
	endif()
	set(from "${CMAKE_CURRENT_SOURCE_DIR}/${resource}")
	get_source_file_property(generated "${from}" GENERATED)
	if(NOT EXISTS "${from}" AND NOT generated)
		message(FATAL_ERROR "azsphere_target_add_image_package: no resource ${resource} in ${CMAKE_CURRENT_SOURCE_DIR}")
	endif()
	set(to "${approot}/${resource}")
	get_filename_component(folder "${to}" DIRECTORY)
	add_custom_command(OUTPUT "${to}"
		COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}"
		COMMAND "${CMAKE_COMMAND}" -E copy "${from}" "${to}"
		DEPENDS "${from}" VERBATIM)
	set(${ret} "${to}" PARENT_SCOPE)
endfunction()
