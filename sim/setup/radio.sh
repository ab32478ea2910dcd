#!/bin/sh
# Fetches the kernel of the radio network's guest: Debian's own, with the simulated radios that this machine's kernel may lack.
# usage: radio.sh DIR
#
# The package is fetched and unpacked, not installed: this machine's boot loader and modules do not learn of it. Needs no root.
# DIR holds, at the end:
#   boot/vmlinuz-VERSION   lib/modules/VERSION/   only the modules that the guest may ask for
#   bin/busybox            DHCP's server and client, in one program without libraries
#   complete               the package and its version
set -eu

dir=$(realpath -m "$1")
[ -e "$dir/complete" ] && [ -e "$dir/bin/busybox" ] && exit 0

say() { printf 'setup: %s\n' "$*"; }
stop() {
	printf 'setup: %s\n' "$*" >&2
	exit 3
}

[ "$(uname -m)" = x86_64 ] || stop "the radio network's guest is an x86-64 one; this machine is not"
package=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
[ -n "$package" ] || stop "apt knows no package linux-image-amd64 (try: apt-get update); the radio network's guest boots its kernel"
say "unpacking (not installing) $package busybox-static"
scratch=$dir.new.$$
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
rm -rf "$scratch"
mkdir -p "$scratch/package" "$scratch/root"
# As root, apt drops to a user of its own that may not write here; it says so at length.
options=
[ "$(id -u)" = 0 ] && options="-o APT::Sandbox::User=root"
# shellcheck disable=SC2086
(cd "$scratch/package" && apt-get -qq $options download "$package" busybox-static) || stop "apt-get download failed (above)"
# Four hundred megabytes of drivers stay in the package.
dpkg-deb --fsys-tarfile "$scratch"/package/linux-image-*.deb | tar -x -C "$scratch/root" --wildcards \
	'./boot/vmlinuz-*' './lib/modules/*/modules.builtin' './lib/modules/*/kernel/net/wireless/*' './lib/modules/*/kernel/net/mac80211/*' \
	'./lib/modules/*/kernel/net/rfkill/*' './lib/modules/*/kernel/net/9p/*' './lib/modules/*/kernel/fs/9p/*' \
	'./lib/modules/*/kernel/fs/netfs/*' './lib/modules/*/kernel/fs/fscache/*' './lib/modules/*/kernel/drivers/virtio/*' \
	'./lib/modules/*/kernel/drivers/char/virtio_console*' './lib/modules/*/kernel/drivers/net/wireless/*hwsim*' \
	'./lib/modules/*/kernel/crypto/*' './lib/modules/*/kernel/arch/x86/crypto/*' './lib/modules/*/kernel/lib/*' ||
	stop "the package $package does not hold what the radio network's guest needs"
dpkg-deb --fsys-tarfile "$scratch"/package/busybox-static_*.deb | tar -x -C "$scratch/root" ./bin/busybox ||
	stop "the package busybox-static does not hold bin/busybox"
[ -n "$(find "$scratch/root/lib/modules" -name 'mac80211_hwsim.ko*')" ] || stop "the package $package has no simulated radios (mac80211_hwsim)"
(cd "$scratch/package" && echo *.deb) >"$scratch/root/complete"
mkdir -p "$(dirname "$dir")"
# Of two at once, one wins; both results are the same.
rm -rf "$dir"
mv -T "$scratch/root" "$dir" 2>/dev/null || [ -e "$dir/complete" ] || stop "cannot put the kernel in $dir"
