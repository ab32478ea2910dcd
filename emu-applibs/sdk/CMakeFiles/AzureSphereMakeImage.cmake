# Applications from before tools 20.04 end with include("${AZURE_SPHERE_MAKE_IMAGE_FILE}") and name their hardware definition on
# the command line.
if(AZURE_SPHERE_TARGET_HARDWARE_DEFINITION)
	azsphere_target_hardware_definition(${PROJECT_NAME}
		TARGET_DIRECTORY "${AZURE_SPHERE_TARGET_HARDWARE_DEFINITION_DIRECTORY}"
		TARGET_DEFINITION "${AZURE_SPHERE_TARGET_HARDWARE_DEFINITION}")
endif()
azsphere_target_add_image_package(${PROJECT_NAME})
