#!/bin/sh
# Runs test programs (cmocka), one after the other; keeps their output; says what passed and what did not.
# usage: run-tests.sh LOG_DIR PROGRAM...     exit status: 0 all passed, 1 not
set -u
logs=$1
shift
mkdir -p "$logs"
passed=0 failed=0 skipped=0
for program in "$@"; do
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
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
	if [ "$status" = 0 ] && [ "$((ok + skip))" -gt 0 ]; then
		printf '  ok    %-28s %3d tests%s  %d s\n' "$name" "$ok" "$([ "$skip" = 0 ] || echo ", $skip SKIPPED")" "$took"
		grep -aE '^(SKIP|NOTE)[: ]' "$log" || true
	else
		[ "$bad" != 0 ] || failed=$((failed + 1))
		printf '  FAIL  %-28s exit status %d%s; all of it: %s\n' "$name" "$status" "$([ "$status" != 124 ] || echo ' (hung)')" "$log"
		grep -avE '^\[ (RUN  |     OK)' "$log" | tail -n 40 | sed 's/^/        /'
	fi
done
printf '%d passed, %d failed%s\n' "$passed" "$failed" "$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
