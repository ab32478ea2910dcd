#!/bin/sh
# Everything that must hold before a change goes in; `make check` calls it when the packages are there.
# Every stage runs, whatever became of the one before, and the last line says how it went.
set -u
cd "$(dirname "$0")/.." || exit 2
jobs=$(nproc 2>/dev/null || echo 2)
export MAKEFLAGS=
# A symbolizer's hints and a leak check belong to every sanitized test; an overlooked error must not pass as a status of azsim.
export ASAN_OPTIONS=abort_on_error=0:exitcode=99:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
passed=0 failed=0 failures=
# The builds beside build/ have no daemons of their own.
export AZSIM_DAEMONS="$PWD/build/daemons"
mkdir -p build/check

stage() { printf '\n== %s\n' "$1"; }
good() { passed=$((passed + 1)); }
bad() {
	failed=$((failed + 1))
	failures="$failures
  $1"
}
# build NAME ARGUMENTS...: a build that has to go without a warning.
build() {
	name=$1
	shift
	stage "build: $name"
	if make --no-print-directory -j"$jobs" "$@" >build/check/build.log 2>&1; then
		printf '  ok\n'
		good
		return 0
	fi
	tail -n 60 build/check/build.log
	bad "build: $name"
	return 1
}
# programs BUILD NAME: the unit tests of that build.
programs() {
	stage "$2"
	list=$(make --no-print-directory -s BUILD="$1" "$3") || list=
	[ -n "$list" ] || bad "$2: no tests found"
	# shellcheck disable=SC2086 # a list of paths without spaces
	tests/run-tests.sh "$1/check" $list | tee build/check/programs.log
	sum=$(tail -n 1 build/check/programs.log)
	p=${sum%% passed*}
	f=${sum#* passed, }
	f=${f%% failed*}
	passed=$((passed + p)) failed=$((failed + f))
	[ "$f" = 0 ] || failures="$failures
$(grep FAIL build/check/programs.log)"
}

begin=$(date +%s)
build "gcc" tests && programs build "tests, gcc" list-tests
build "clang" BUILD=build/clang CC=clang tests
build "gcc with address and undefined-behaviour sanitizers" BUILD=build/asan OPTIMIZE="-O1 -g" \
	SANITIZE="-fsanitize=address,undefined -fno-omit-frame-pointer" tests &&
	programs build/asan "the same tests, sanitized" list-tests

stage "the MT3620 image"
if make --no-print-directory mt3620 >build/check/mt3620.log 2>&1; then
	sed -n '/^Budget/,/used/p' build/check/mt3620.log
	good
	build "tests of the MT3620 image" mt3620-tests && programs build "tests of the MT3620 image" list-mt3620-tests
	stage "every scenario with the ARM application"
	if tests/mt3620/same-history.sh build/check/same-history; then
		good
	else
		bad "every scenario with the ARM application (build/check/same-history)"
	fi
else
	tail -n 40 build/check/mt3620.log
	bad "make mt3620 (build/check/mt3620.log)"
fi

stage "scenarios on every network"
if build/azsim run --out=build/check/scenarios --junit=build/check/scenarios.xml scenarios; then
	good
else
	bad "scenarios (build/check/scenarios)"
fi

stage "the catalogue of outages on every network"
if build/azsim run --out=build/check/catalogue --junit=build/check/catalogue.xml scenarios/catalogue; then
	good
else
	bad "the catalogue of outages (build/check/catalogue)"
fi

stage "the page taken literally, beside the rotation app"
if tests/baseline/compare.sh build scenarios >build/check/compare.log &&
	awk '$1 == "root-ca-update" && /pass .*FAIL .*stranded/ { found = 1 } END { exit !found }' build/check/compare.log; then
	cat build/check/compare.log
	good
else
	cat build/check/compare.log
	bad "compare: the rotation app failed, or the page taken literally did not (build/check/compare.log)"
fi

stage "the rotation app broken in seven ways"
if tests/bugs/bugs.sh build; then
	good
else
	bad "bugs: one was not caught, or the unbroken app was"
fi

printf '\n%s s\n' "$(($(date +%s) - begin))"
[ -z "$failures" ] || printf 'failed:%s\n' "$failures"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
