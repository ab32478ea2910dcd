#!/bin/sh
# What the objects of an application ask for, against what a device has and what its manifest grants.
# usage: check.sh APP BUILD     BUILD/app holds the objects, *.o as they are linked and *.names without inlining
#
# Says everything that is wrong, each with the symbol or function and where it stands. exit status: 0 or 1
set -eu

here=$(dirname "$0")
app=$1
objects=$2/app
manifest=$app/app_manifest.json
nm=arm-linux-gnueabihf-nm
work=$objects/check
mkdir -p "$work"
bad=0

complain() {
	printf 'make mt3620: %s\n' "$*" >&2
	bad=1
}

# FILE:LINE of a call of function $1, or the object that asks for it.
where() {
	found=$(cd "$app" && find . -name '*.c' | sort | xargs grep -HnE "(^|[^A-Za-z0-9_])$1 *\(" 2>/dev/null | head -n 1 | cut -d: -f1,2) || found=
	if [ -n "$found" ]; then
		printf '%s/%s' "$(basename "$app")" "${found#./}"
	else
		grep -rlx --include='*.undefined' "$1" "$work" | head -n 1 | sed 's|.*/||; s|\.undefined$|.o|'
	fi
}

# True when $1 fits one of the patterns $2...
fits() {
	name=$1
	shift
	for pattern; do
		# shellcheck disable=SC2254 # patterns they are
		case $name in
		$pattern) return 0 ;;
		esac
	done
	return 1
}

# ---- Symbols ----------------------------------------------------------------------------------------------------------------
# musl gives functions that deal in times another name for times of 64 bits.
source_name() { sed -e 's/^__\(.*\)_time64$/\1/' -e 's/^__\([a-z_]*\)64$/\1/'; }

for object in "$objects"/*.o; do
	$nm -u "$object" | awk '{ print $2 }' | source_name | sort -u >"$work/$(basename "$object" .o).undefined"
done
$nm --defined-only "$objects"/*.o | awk 'NF == 3 { print $3 }' | sort -u >"$work/defined"
cat "$work"/*.undefined | sort -u | comm -23 - "$work/defined" >"$work/wanted"
sed 's/#.*//' "$here/libc.txt" | tr -s ' \t' '\n\n' | grep . >"$work/libc"
# Every applibs function that is called: those in the library, and those in headers, which became local functions.
{
	$nm -u "$objects"/*.names | awk 'NF == 2 { print $2 }' | source_name
	$nm --defined-only "$objects"/*.names | awk '$2 == "t" { print $3 }'
} | sort -u >"$work/called"

patterns=$(grep '\*' "$work/libc")
set -f # patterns are for names, not for files
while read -r symbol; do
	case $symbol in
	Application_* | Applications_* | CertStore_* | WifiConfig_* | Networking_* | Storage_* | EventLoop_* | Log_* | DeviceAuth_* | \
		GPIO_* | UART_* | I2CMaster_* | SPIMaster_* | ADC_* | PWM_* | RTC_* | clock_systohc | PowerManagement_* | SysEvent_* | \
		z__* | curl_*) continue ;; # the linker knows
	esac
	grep -qxF "$symbol" "$work/libc" && continue
	# shellcheck disable=SC2086 # a list of patterns
	fits "$symbol" $patterns && continue
	complain "$(where "$symbol"): $symbol: the C library of the Azure Sphere SDK does not have it (sim/mt3620/libc.txt)"
done <"$work/wanted"

# ---- Capabilities -----------------------------------------------------------------------------------------------------------
# The names in "Capabilities" that are granted: not false, not null, not an empty list.
awk '
	{ text = text $0 "\n" }
	END {
		depth = 0; inside = 0; n = length(text)
		for (i = 1; i <= n; i++) {
			c = substr(text, i, 1)
			if (c == "\"") {
				word = ""
				for (i++; i <= n && substr(text, i, 1) != "\""; i++) {
					if (substr(text, i, 1) == "\\") i++
					word = word substr(text, i, 1)
				}
				if (match(substr(text, i + 1), /^[ \t\n]*:/)) {
					if (depth == 1 && word == "Capabilities") { inside = 1 }
					else if (inside && depth == 2) {
						rest = substr(text, i + 1 + RLENGTH)
						sub(/^[ \t\n]*/, "", rest)
						if (rest !~ /^(false|null|\[[ \t\n]*\])/) print word
					}
				}
			} else if (c == "{" || c == "[") depth++
			else if (c == "}" || c == "]") { depth--; if (depth == 1) inside = 0 }
		}
	}' "$manifest" | sort -u >"$work/granted"

: >"$work/needed"
sed 's/#.*//' "$here/capabilities.txt" | grep . >"$work/capabilities"
while read -r function; do
	while read -r capability patterns; do
		# shellcheck disable=SC2086
		fits "$function" $patterns || continue
		printf '%s\n' "$capability" >>"$work/needed"
		grep -qxF "$capability" "$work/granted" ||
			complain "$(where "$function"): $function needs the capability $capability, which $manifest does not grant"
		break
	done <"$work/capabilities"
done <"$work/called"

for capability in $(cut -d' ' -f1 "$work/capabilities" | sort -u); do
	if grep -qxF "$capability" "$work/granted" && ! grep -qxF "$capability" "$work/needed"; then
		complain "$manifest grants $capability, which nothing that the application calls needs; take it out"
	fi
done
exit $bad
