#!/bin/sh
# `make mt3620`: by the SDK where it is, by Debian's compiler where it is not.
# usage: make.sh APP
set -eu
cd "$(dirname "$0")/../.."
app=$1

if [ -n "${AzureSphereDefaultSDKDir:-}" ] && [ ! -e "$AzureSphereDefaultSDKDir/lib/azsim" ]; then
	exec sim/mt3620/sdk.sh "$app"
fi
if [ -n "${AzureSphereDefaultSDKDir:-}" ]; then
	printf '%s is azsim'\''s own folder: what it builds is for this machine. Going on as without an SDK.\n' "$AzureSphereDefaultSDKDir"
fi
[ "${MT3620_SETUP:-yes}" = no ] || sim/setup/packages.sh build/daemons mt3620
sim/setup/armhf.sh build/armhf
make --no-print-directory -s mt3620-libraries
sim/mt3620/build.sh "$app" build/mt3620
cat <<END

  The program: build/mt3620/approot/bin/app, for the MT3620: ELF32 ARM, hard-float, musl; symbols, capabilities and size are checked.
  What only the Azure Sphere SDK can do: link against the C library and headers of your API set, resolve the names of a hardware
  definition, pack approot/ into an image package and sign it. With the SDK: AzureSphereDefaultSDKDir=FOLDER make mt3620; or
  pack what was built here: az sphere image-package pack-application --package-directory build/mt3620/approot --output-file X.imagepackage
END
