#!/bin/sh
# The image package folder of an Azure Sphere application, without the SDK: compiled for the MT3620 by Debian's ARM compiler with the
# SDK's flags, linked as the SDK links, checked, and weighed.
# usage: build.sh APP BUILD     APP: folder with CMakeLists.txt and app_manifest.json; BUILD: build/mt3620, where root/lib has the libraries
#
# What to compile is what APP/CMakeLists.txt lists, so both builds are of the same files. Leaves BUILD/approot.
# exit status: 0, or 1 with what is wrong and where, or 3 when a tool is missing
set -eu

here=$(dirname "$0")
top=$(realpath "$here/../..")
app=$(realpath "$1")
build=$(realpath "$2")
armhf=$(realpath "${MT3620_ARMHF:-$top/build/armhf}")
cc=${MT3620_CC:-arm-linux-gnueabihf-gcc}
objects=$build/app

stop() {
	printf 'make mt3620: %s\n' "$*" >&2
	exit 1
}

[ -f "$app/CMakeLists.txt" ] || stop "$app/CMakeLists.txt: no such file; an Azure Sphere application has one"
[ -f "$app/app_manifest.json" ] || stop "$app/app_manifest.json: no such file; an Azure Sphere application has one"

# The words between `COMMAND(` and `)` of the CMake file, without comments and the first word.
words_of() {
	sed 's/#.*//' "$app/CMakeLists.txt" | tr '\n\t' '  ' | sed -n "s/.*$1 *(\([^)]*\)).*/\1/p" | tr -s ' "' '\n\n' | grep -v '^$' | tail -n +2
}
sources=$(words_of add_executable)
resources=$(words_of azsphere_target_add_image_package | grep -v '^RESOURCE_FILES$' || true)
[ -n "$sources" ] || stop "$app/CMakeLists.txt: no add_executable() with sources in it"

# ---- Compile and link -------------------------------------------------------------------------------------------------------
# The SDK's own flags, as its toolchain file has them.
cpu="-march=armv7ve -mcpu=cortex-a7 -mthumb -mfpu=neon -mfloat-abi=hard"
code="-std=c11 -fPIC -ffunction-sections -fdata-sections -fno-strict-aliasing -fno-omit-frame-pointer -fno-exceptions
-fstack-protector-strong"
warn="-Wall -Wextra -Wstrict-prototypes -Wno-pointer-sign -Wswitch -Wempty-body -Wconversion -Wreturn-type -Wparentheses -Wno-format
-Wuninitialized -Wunreachable-code -Wunused-function -Wunused-value -Wunused-variable -Werror=implicit-function-declaration"
link="-nodefaultlibs -pie -Wl,--no-undefined -Wl,--gc-sections -Wl,--allow-shlib-undefined"
include="-I$app/.. -I$app -I$top/emu-applibs/include -I$armhf/include"

rm -rf "$objects" "$build/approot"
mkdir -p "$objects" "$build/approot/bin"
set --
for source in $sources; do
	case $source in
	*.c) ;;
	*) stop "$app/CMakeLists.txt: $source: only C sources are built here" ;;
	esac
	[ -f "$app/$source" ] || stop "$app/CMakeLists.txt lists $source, which is not there"
	object=$objects/$(printf '%s' "${source%.c}" | tr '/' '-').o
	# shellcheck disable=SC2086 # lists of words
	$cc -specs="$armhf/musl.specs" $cpu $code $warn -D_POSIX_C_SOURCE $include -Os -g1 -c -o "$object" "$app/$source" ||
		stop "$source does not compile (above)"
	# Once more without inlining: then every function of the headers that is called has a name to be checked.
	# shellcheck disable=SC2086
	$cc -specs="$armhf/musl.specs" $cpu -std=c11 -fPIC -w -D_POSIX_C_SOURCE $include -O0 -c -o "${object%.o}.names" "$app/$source"
	set -- "$@" "$object"
done

"$here/check.sh" "$app" "$build" || exit $?

# shellcheck disable=SC2086
$cc -specs="$armhf/musl.specs" $cpu $link -o "$build/app.debug" "$@" -L"$build/root/lib" -Wl,-rpath-link,"$build/root/lib" \
	-l:libapplibs.so.0 -lpthread -l:libgcc_s.so.1 -lc -l:libcurl.so.4 -l:libtlsutils.so.0 -lgcc -Wl,--as-needed ||
	stop "the application does not link (above)"
arm-linux-gnueabihf-strip -o "$build/approot/bin/app" "$build/app.debug"
chmod 755 "$build/approot/bin/app"
cp "$app/app_manifest.json" "$build/approot/app_manifest.json"
for file in $resources; do
	[ -f "$app/$file" ] || continue
	mkdir -p "$build/approot/$(dirname "$file")"
	cp "$app/$file" "$build/approot/$file"
done

exec "$here/weigh.sh" "$app" "$build"
