#!/bin/sh
# Runs test programs (cmocka), as many at a time as there are processors; keeps their output; says what passed and what did not.
# usage: run-tests.sh LOG_DIR PROGRAM...     exit status: 0 all passed, 1 not
# Environment: TEST_TIMEOUT, seconds for one program (600); TEST_JOBS, programs at a time.
set -u

# one LOG_DIR PROGRAM: one of them. Prints its lines at once when it is through; its counts go to NAME.counts.
one() {
	logs=$1 program=$2
	name=${program##*/}
	log=$logs/$name.log
	begin=$(date +%s)
	status=0
	# One that hangs shall not hang everything.
	timeout -k 10 "${TEST_TIMEOUT:-600}" "$program" >"$log" 2>&1 || status=$?
	took=$(($(date +%s) - begin))
	ok=$(grep -ac '^\[       OK \]' "$log")
	# cmocka lists failures and skips once more at the end.
	bad=$(grep -aE '^\[  (FAILED|ERROR ) +\] [A-Za-z_]' "$log" | sort -u | grep -c .)
	skip=$(grep -aE '^\[  SKIPPED \] [A-Za-z_]' "$log" | sort -u | grep -c .)
	[ "$status" = 0 ] || [ "$bad" != 0 ] || bad=1
	[ "$status" != 0 ] || bad=0
	if [ "$status" = 0 ] && [ "$((ok + skip))" -gt 0 ]; then
		lines=$(printf '  ok    %-28s %3d tests%s  %d s\n' "$name" "$ok" "$([ "$skip" = 0 ] || echo ", $skip SKIPPED")" "$took"
			grep -aE '^(SKIP|NOTE)[: ]' "$log" || true)
	else
		[ "$bad" != 0 ] || bad=1
		lines=$(printf '  FAIL  %-28s exit status %d%s; all of it: %s\n' "$name" "$status" "$([ "$status" != 124 ] || echo ' (hung)')" "$log"
			grep -avE '^\[ (RUN  |     OK)' "$log" | tail -n 40 | sed 's/^/        /')
	fi
	printf '%s\n' "$lines"
	echo "$ok $bad $skip" >"$logs/$name.counts"
}

if [ "$1" = --one ]; then
	one "$2" "$3"
	exit 0
fi
logs=$1
shift
mkdir -p "$logs"
rm -f "$logs"/*.counts
[ "$#" = 0 ] || printf '%s\0' "$@" | xargs -0 -P "${TEST_JOBS:-$(nproc 2>/dev/null || echo 2)}" -n 1 sh "$0" --one "$logs"
passed=0 failed=0 skipped=0
for program in "$@"; do
	# A program whose counts are missing was lost with its shell.
	read -r ok bad skip <"$logs/${program##*/}.counts" || ok=0 bad=1 skip=0
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
done
printf '%d passed, %d failed%s\n' "$passed" "$failed" "$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
