#!/bin/sh
# Every scenario on the model network by the ARM application and by the native one: the same history, byte for byte, but for the line
# that names the program.
# usage: same-history.sh OUT [SCENARIO...]     OUT: a folder for both timelines
#
# The last line says how many were the same. exit status: 0 all, 1 not
set -u
out=$1
shift
[ $# -gt 0 ] || set -- scenarios
rm -rf "$out/native" "$out/arm"
mkdir -p "$out"
build/azsim run --net=model --out="$out/native" "$@" >"$out/native.log" 2>&1
native=$?
build/azsim run --net=model --app=build/mt3620/approot --out="$out/arm" "$@" >"$out/arm.log" 2>&1
arm=$?
same=0 different=0
for timeline in "$out"/native/*.timeline; do
	name=$(basename "$timeline")
	tail -n +2 "$timeline" >"$out/native.text"
	tail -n +2 "$out/arm/$name" >"$out/arm.text" 2>/dev/null
	if [ -s "$out/native.text" ] && cmp -s "$out/native.text" "$out/arm.text" &&
		head -n 1 "$timeline" | grep -q '^# application: .*, x86-64$' && head -n 1 "$out/arm/$name" | grep -q '^# application: .*, ARM$'; then
		same=$((same + 1))
	else
		different=$((different + 1))
		printf '  %s differs:\n' "$name"
		diff "$out/native.text" "$out/arm.text" | head -n 4
	fi
done
# The sum of the column "real".
seconds() { awk '$2 == "model" { s += $NF } END { printf "%.1f", s }' "$1"; }
printf '  real time: native %s s, ARM %s s\n' "$(seconds "$out/native.log")" "$(seconds "$out/arm.log")"
[ $native = 0 ] || { printf '  the native application: status %d\n' $native; tail -n 30 "$out/native.log"; }
[ $arm = 0 ] || { printf '  the ARM application: status %d\n' $arm; tail -n 30 "$out/arm.log"; }
printf '%d histories are the same, %d differ\n' $same $different
[ $different = 0 ] && [ $same -gt 0 ] && [ $native = 0 ] && [ $arm = 0 ]
