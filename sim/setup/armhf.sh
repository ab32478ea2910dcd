#!/bin/sh
# Fetches the C library of the MT3620's kind (musl, ARM hard-float) and lays it out for Debian's ARM compiler and for qemu-arm.
# usage: armhf.sh DIR
#
# Two armhf packages are fetched through a package state of their own and unpacked, not installed: this machine's apt does not learn
# of the foreign architecture. Needs no root. DIR holds, at the end:
#   root/        the packages' files             musl.specs   for arm-linux-gnueabihf-gcc -specs=
#   run/lib/     the loader and libgcc_s, as the application finds them on a device (for qemu-arm -L DIR/run)
#   include/     curl/curl.h, which is the same on every architecture
set -eu

dir=$(realpath -m "$1")
[ -e "$dir/complete" ] && exit 0

say() { printf 'setup: %s\n' "$*"; }
stop() {
	printf 'setup: %s\n' "$*" >&2
	exit 3
}

# Where this machine's own packages come from; the keys are those that apt trusts anyway.
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
source=$(apt-get indextargets --format '$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
	grep "^$release|main|" | head -n 1) || source=
uri=$(printf '%s' "$source" | cut -d'|' -f3)
[ -n "$release" ] && [ -n "$uri" ] ||
	stop "apt knows no archive \"${release:-?} main\" on this machine; the C library of the MT3620 (packages musl and musl-dev) comes from it"

gcc=arm-linux-gnueabihf-gcc
command -v $gcc >/dev/null 2>&1 || stop "no $gcc; \`make mt3620\` installs it"
curl_h=$(echo '#include <curl/curl.h>' | gcc -E -M - 2>/dev/null | tr ' \\' '\n\n' | grep '/curl/curl\.h$' | head -n 1) || curl_h=
[ -n "$curl_h" ] || stop "no <curl/curl.h>; the package libcurl4-openssl-dev has it"

say "unpacking (not installing) musl for ARM"
scratch=$dir.new.$$
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
rm -rf "$scratch"
mkdir -p "$scratch/apt/lists/partial" "$scratch/apt/cache/archives/partial" "$scratch/root" "$scratch/run/lib" "$scratch/run/etc" \
	"$scratch/include"
printf 'deb [arch=armhf] %s %s main\n' "$uri" "$release" >"$scratch/apt/sources.list"
: >"$scratch/apt/status"
set -- -o Dir::Etc::sourcelist="$scratch/apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State="$scratch/apt" \
	-o Dir::State::status="$scratch/apt/status" -o Dir::Cache="$scratch/apt/cache" -o APT::Architectures::=armhf \
	-o Acquire::Languages=none
# As root, apt drops to a user of its own that may not write here; it says so at length.
[ "$(id -u)" = 0 ] && set -- "$@" -o APT::Sandbox::User=root
apt-get -qq "$@" update || stop "the list of ARM packages cannot be fetched (above)"
(cd "$scratch/apt" && apt-get -qq "$@" download musl:armhf musl-dev:armhf) || stop "apt-get download failed (above)"
for package in "$scratch"/apt/*.deb; do
	dpkg-deb -x "$package" "$scratch/root"
done
rm -rf "$scratch/apt" "$scratch/root/usr/share" "$scratch/root/etc"

triplet=arm-linux-musleabihf
libc=$scratch/root/lib/$triplet/libc.so
[ -f "$libc" ] || stop "the package musl does not have lib/$triplet/libc.so"
# To link: by -lc, next to the start files. To run: the loader is the library.
cp "$libc" "$scratch/root/usr/lib/$triplet/libc.so"
cp "$libc" "$scratch/run/lib/ld-musl-armhf.so.1"
cp "$($gcc -print-file-name=libgcc_s.so.1)" "$scratch/run/lib/"
# Without this file qemu-arm would show the loader the one of the machine.
printf '/lib\n' >"$scratch/run/etc/ld-musl-armhf.path"
sed -e "s|/usr/include/$triplet|$dir/root&|g; s|/usr/lib/$triplet|$dir/root&|g" "$scratch/root/usr/lib/$triplet/musl-gcc.specs" \
	>"$scratch/musl.specs"
ln -s "$(dirname "$curl_h")" "$scratch/include/curl"
: >"$scratch/complete"
rm -rf "$dir"
mv -T "$scratch" "$dir" 2>/dev/null || [ -e "$dir/complete" ] || stop "cannot put the C library in $dir"
