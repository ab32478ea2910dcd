#!/bin/sh
# Sees to it that this machine has what azsim needs: libraries and tools as Debian packages, and the three daemons.
# usage: packages.sh DAEMONS_DIR [run | radio | check | mt3620 | fuzz]
#   run     to build azsim and play scenarios; check: and to test it, which takes what radio and mt3620 take too
#   radio   to play them on the radio network, too: the emulator, and the kernel of its guest, which is unpacked beside DAEMONS_DIR
#   fuzz    to build and run the fuzz targets; without the daemons
#   mt3620  to build for the MT3620 and to run what was built, in the simulator; without the daemons
#
# The daemons (FreeRADIUS, hostapd, wpa_supplicant) are fetched as packages but not installed, only unpacked into DAEMONS_DIR:
# installing them would enable and start services on this machine. Nothing else here starts a service either.
set -eu

daemons_dir=$1
purpose=${2:-run}

build="gcc make libc6-dev libssl-dev libcyaml-dev libyaml-dev libjansson-dev libhttp-parser-dev libwpa-client-dev libcurl4-openssl-dev"
# What the unpacked daemons link to, and the clock that they are given.
run="libfaketime libcap2 libcrypt1 libdbus-1-3 libnl-3-200 libnl-genl-3-200 libnl-route-3-200 libpcap0.8 libpcre3 libpcsclite1
libsystemd0 libtalloc2"
check="clang libcmocka-dev valgrind libc6-dbg cmake ninja-build pkg-config tshark"
# Debian's compiler for ARM and the emulator; the C library beside them is not installed: armhf.sh.
mt3620="gcc-arm-linux-gnueabihf qemu-user"
# libFuzzer, which clang only recommends. The package is named after clang's version.
fuzz="clang libcmocka-dev libclang-rt-14-dev"
# The emulator of the radio network's guest.
radio="qemu-system-x86"
daemons="freeradius freeradius-common freeradius-config libfreeradius3 hostapd wpasupplicant"

say() { printf 'setup: %s\n' "$*"; }
stop() {
	printf 'setup: %s\n' "$*" >&2
	exit 3
}

wanted="$build $run"
case $purpose in
check) wanted="$wanted $check $mt3620 $radio" ;;
radio) wanted="$wanted $radio" ;;
mt3620) wanted="$build $mt3620" ;;
fuzz) wanted="$build $fuzz" ;;
esac

command -v dpkg-query >/dev/null 2>&1 ||
	stop "this is not Debian or a relative of it; azsim needs the libraries that sim/setup/packages.sh lists"

missing=
for package in $wanted; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
	[ "$state" = installed ] || missing="$missing $package"
done

as_root=
lists_ok() { [ -n "$(find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | head -n 1)" ]; }
case $purpose in
mt3620 | fuzz) daemons_dir= ;;
esac
enough_daemons() { [ -z "$daemons_dir" ] || [ -e "$daemons_dir/complete" ]; }
kernel_dir=
case $purpose in
check | radio) kernel_dir=$(dirname "$daemons_dir")/radio/kernel ;;
esac
enough_kernel() { [ -z "$kernel_dir" ] || { [ -e "$kernel_dir/complete" ] && [ -e "$kernel_dir/bin/busybox" ]; }; }
if [ -n "$missing" ] || { ! { enough_daemons && enough_kernel; } && ! lists_ok; }; then
	line="apt-get update && apt-get install -y --no-install-recommends$missing"
	if [ "$(id -u)" = 0 ]; then
		as_root=env
	elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		as_root=sudo
	else
		stop "packages are missing and this user may not install any. Have this run as root, then come back:
    $line"
	fi
	say "installing:$missing"
	$as_root apt-get -qq update || stop "apt-get update failed (above)"
	# shellcheck disable=SC2086 # a list of words
	[ -z "$missing" ] || $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing >/dev/null ||
		stop "apt-get install failed (above)"
fi

enough_kernel || "$(dirname "$0")/radio.sh" "$kernel_dir"
enough_daemons && exit 0
say "unpacking (not installing) $daemons"
scratch=$daemons_dir.new.$$
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
rm -rf "$scratch"
mkdir -p "$scratch/packages"
options=
# As root, apt drops to a user of its own that may not write here; it says so at length.
[ "$(id -u)" = 0 ] && options="-o APT::Sandbox::User=root"
# shellcheck disable=SC2086
(cd "$scratch/packages" && apt-get -qq $options download $daemons) || stop "apt-get download failed (above)"
for package in "$scratch"/packages/*.deb; do
	dpkg-deb -x "$package" "$scratch"
done
rm -rf "$scratch/packages" "$scratch/etc" "$scratch/usr/share/doc" "$scratch/usr/share/man" "$scratch/var"
: >"$scratch/complete"
# Of two at once, one wins; both results are the same.
rm -rf "$daemons_dir"
mv -T "$scratch" "$daemons_dir" 2>/dev/null || [ -e "$daemons_dir/complete" ] || stop "cannot put the daemons in $daemons_dir"
