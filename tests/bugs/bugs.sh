#!/bin/sh
# The rotation app broken in seven named ways: which oracle catches each, where, and how to repeat it; and the unbroken app passes
# the same. usage: bugs.sh BUILD     exit status: 0 all caught, and nothing found where nothing is broken; 1 not
set -u
build=$1
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
status=0
printf '%-22s %-16s %-26s %4s  %s\n' bug oracle scenario seed 'cut point or fault'
# look BUG ORACLE SCENARIO OPTIONS...: the oracle that must speak.
look() {
	bug=$1 oracle=$2 scenario=$3
	shift 3
	set -- --net=model --seed=1 --http=shim "$@"
	name=$(basename "$scenario" .yaml)
	if ! "$build/azsim" run "$@" --out="$work/sound" "$scenario" >"$work/report" 2>&1; then
		cat "$work/report"
		printf '%s: the unbroken app does not pass %s\n' "$bug" "$scenario"
		status=1
		return
	fi
	"$build/azsim" run "$@" --out="$work/broken" --app="$build/tests/bugs/$bug" "$scenario" >"$work/report" 2>&1
	r=$?
	line=$(grep -m 1 "oracle $oracle: " "$work/report")
	point=$(printf '%s\n' "$line" | sed -n 's/.*power cut at point \([0-9+]*\), \([^:]*\):.*/\1 \2/p')
	fault=$(printf '%s\n' "$line" | sed -n 's/^ *fault \([^ ]*\): .*/\1/p')
	[ -z "$point" ] || set -- --net=model --seed=1 --http=shim "--cut=${point%% *}"
	[ -z "$fault" ] || set -- --net=model --seed=1 --http=shim "--fail=$fault"
	if [ "$r" != 1 ] || [ -z "$line" ]; then
		cat "$work/report"
		printf '%s: not caught by oracle %s in %s\n' "$bug" "$oracle" "$scenario"
		status=1
		return
	fi
	printf '%-22s %-16s %-26s %4s  %s\n    %s\n' "$bug" "$oracle" "$name" 1 "${point:-${fault:--}}" \
		"repeat: $build/azsim run $* --app=$build/tests/bugs/$bug $scenario"
	# What is said to repeat it does.
	"$build/azsim" run "$@" --out="$work/again" --app="$build/tests/bugs/$bug" "$scenario" >"$work/report" 2>&1
	if [ $? != 1 ] || ! grep -q "oracle $oracle: " "$work/report"; then
		cat "$work/report"
		printf '%s: it does not repeat\n' "$bug"
		status=1
	fi
}
look swap-before-proof last-credential scenarios/client-cert-not-yet-valid.yaml
look trust-in-keys last-credential scenarios/cached-keys.yaml
look journal-before-action last-credential tests/bugs/roll-over.yaml --cut=every
look missing-reload stranded scenarios/root-ca-update.yaml
look leftover-network leftovers scenarios/root-ca-update.yaml
look busy-retry bounded scenarios/ca-down-past-expiry.yaml
look no-retry stranded tests/bugs/roll-over.yaml --fail=every:100
exit "$status"
