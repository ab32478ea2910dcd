#!/bin/sh
# Runs the fuzz targets for so many seconds each: first what is known (the corpus of the tree, seeds, finds of earlier runs), then new
# inputs. usage: fuzz.sh BUILD SECONDS TARGET...
# exit status: 0 nothing was found; 1 a crash, a leak, a hang or too much memory: the input and how to repeat it are said.
set -u
build=$1 seconds=$2
shift 2
here=$(dirname "$0")
export ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
bad=0
for target in "$@"; do
	finds=$build/finds/$target artifacts=$build/artifacts/$target
	dictionary=$here/dict/$target.dict
	mkdir -p "$finds" "$artifacts" "$build/fuzz-seeds/$target"
	log=$build/$target.log
	limits="-timeout=20 -rss_limit_mb=2048"
	# shellcheck disable=SC2086 # words
	if "$build/tests/fuzz_$target" -max_total_time="$seconds" $limits -max_len=32768 -print_final_stats=1 \
		$([ ! -e "$dictionary" ] || printf '%s' "-dict=$dictionary") -artifact_prefix="$artifacts/" \
		"$finds" "$here/corpus/$target" "$build/fuzz-seeds/$target" >"$log" 2>&1; then
		printf '  ok    %-10s %9s inputs in %s s, coverage %s, finds %s\n' "$target" \
			"$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds" \
			"$(grep -ao 'cov: [0-9]*' "$log" | tail -n 1 | cut -d' ' -f2)" "$(find "$finds" -type f | wc -l)"
		continue
	fi
	bad=$((bad + 1))
	printf '  FAIL  %s; all of it: %s\n' "$target" "$log"
	grep -aE '^(==[0-9]+== ?ERROR|SUMMARY|.*runtime error|.*does not hold|ALARM|.*libFuzzer: )' "$log" | head -n 8 | sed 's/^/        /'
	input=$(sed -n "s/.*Test unit written to //p" "$log" | tail -n 1)
	if [ -n "$input" ]; then
		printf '        input:  %s\n        repeat: %s %s %s\n' "$input" "$build/tests/fuzz_$target" "$limits" "$input"
	else
		tail -n 20 "$log" | sed 's/^/        /'
	fi
done
printf '%d of %d fuzz targets without a find\n' "$(($# - bad))" "$#"
[ "$bad" = 0 ]
