# For presets of real-time capable applications, which run on the M4 cores: azsim has none.
message(FATAL_ERROR "azsim runs high-level applications; this is a real-time capable one (AzureSphereRTCoreToolchain.cmake), "
	"for the SDK alone.")
