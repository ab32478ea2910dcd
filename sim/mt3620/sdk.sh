#!/bin/sh
# The image package by the Azure Sphere SDK: configure and build APP with its preset ARM-Release, say where the package is.
# usage: sdk.sh APP     AzureSphereDefaultSDKDir names the SDK's folder
#
# exit status: 0, or 1 with what is wrong, or 3 when a tool is missing
set -eu

app=$(realpath "$1")
sdk=$AzureSphereDefaultSDKDir
preset=${MT3620_PRESET:-ARM-Release}
limit=1048576

stop() {
	printf 'make mt3620: %s\n' "$1" >&2
	exit "${2:-1}"
}

toolchain=$sdk/CMakeFiles/AzureSphereToolchain.cmake
[ -f "$toolchain" ] || stop "AzureSphereDefaultSDKDir is $sdk, but there is no CMakeFiles/AzureSphereToolchain.cmake in it;
    name the folder of the SDK, or unset it to build without the SDK" 3
command -v cmake >/dev/null 2>&1 || stop "cmake is missing: apt-get install cmake ninja-build" 3
command -v ninja >/dev/null 2>&1 || stop "ninja is missing: apt-get install ninja-build" 3
[ -f "$app/CMakePresets.json" ] || stop "$app/CMakePresets.json: no such file; its preset $preset says how to build for the MT3620"

printf 'with the SDK in %s, preset %s\n' "$sdk" "$preset"
export AzureSphereDefaultSDKDir
(cd "$app" && cmake --preset "$preset" && cmake --build --preset "$preset") || stop "the SDK's build failed (above)"

out=$app/out/$preset
package=$(find "$out" -name '*.imagepackage' | sort | head -n 1)
[ -n "$package" ] || stop "the SDK built no image package below $out"
size=$(stat -c %s "$package")
printf '\nimage package: %s\n  %s bytes, %s %% of the %s that a device has for all its packages\n' "$package" "$size" \
	"$(awk "BEGIN { printf \"%.1f\", $size * 100 / $limit }")" "$limit"
[ "$size" -le $limit ] || stop "the image package is too large"
if [ -f "$out/approot/bin/app" ]; then
	printf 'in the simulator: build/azsim run --app=%s scenarios\n' "$out/approot"
fi
