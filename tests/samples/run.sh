#!/bin/sh
# Builds public samples of Azure Sphere unedited with azsim's SDK, and plays them with the scenarios beside this script.
# usage: AzureSphereDefaultSDKDir=PREFIX tests/samples/run.sh CHECKOUT [NETWORK[,NETWORK]]
#   PREFIX    where `make install` put azsim
#   CHECKOUT  of the repository azure-sphere-samples or azure-sphere-gallery of Azure on GitHub; nothing is written there
#   NETWORK   model, wired (model,wired)
# Builds and logs go to samples-out/ in the current folder. Exit status 0: all that is in the checkout passed, 1: not, 2: bad usage.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
usage() {
	sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
if [ $# -lt 1 ] || [ $# -gt 2 ] || ! [ -d "$1" ]; then
	usage
fi
sdk=${AzureSphereDefaultSDKDir:-}
if ! [ -x "$sdk/bin/azsim" ]; then
	echo "run.sh: AzureSphereDefaultSDKDir does not name a folder made by make install" >&2
	exit 2
fi
checkout=$1 networks=${2:-model,wired}
out=$PWD/samples-out
passed=0 failed=0
mkdir -p "$out"

# play FOLDER SCENARIO [PRESET]: a folder that the checkout does not have is left out.
play() {
	[ -f "$checkout/$1/CMakeLists.txt" ] || return 0
	build=$out/$2
	rm -rf "$build"
	mkdir -p "$build"
	if ! (cd "$checkout/$1" && cmake --preset "${3:-ARM-Debug}" -B "$build/build" && cmake --build "$build/build") >"$build/build.log" 2>&1; then
		echo "FAIL  $1 does not build: $build/build.log"
		failed=$((failed + 1))
		return 0
	fi
	if "$sdk/bin/azsim" run --net="$networks" --out="$build" --app="$build/build" "$here/$2.yaml" >"$build/run.log" 2>&1; then
		echo "pass  $1"
		passed=$((passed + 1))
	else
		echo "FAIL  $1"
		sed 's/^/      /' "$build/run.log"
		failed=$((failed + 1))
	fi
}

# azure-sphere-samples
play Samples/Certificates/Cert_HighLevelApp certificates
play Samples/WiFi/WiFi_HighLevelApp wifi
play Samples/HTTPS/HTTPS_Curl_Easy curl-easy
play Samples/HTTPS/HTTPS_Curl_Multi curl-multi ARM-Release
play Samples/WolfSSL/WolfSSL_HighLevelApp wolfssl
play Samples/DHCP dhcp
play Samples/PrivateNetworkServices private-network
play Samples/SystemTime system-time
play Samples/DeferredUpdate/DeferredUpdate_HighLevelApp deferred-update ARM-Release
play Samples/Powerdown/Powerdown_HighLevelApp power-down
play Samples/MutableStorage storage
play Samples/GPIO/GPIO_HighLevelApp gpio
play Samples/HelloWorld/HelloWorld_HighLevelApp hello ARM-Release
play Tutorials/ErrorReporting/Stage2 error-reporting
# azure-sphere-gallery
play NetworkInterfaceAddresses addresses
if [ -f "$checkout/EAP-TLS_Solution/EAP-TLS Client/lib/_environment_config.c" ]; then # README.md says what it needs
	play "EAP-TLS_Solution/EAP-TLS Client" eap-tls
fi

if [ $((passed + failed)) -eq 0 ]; then
	echo "run.sh: $checkout has none of the samples" >&2
	exit 2
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
