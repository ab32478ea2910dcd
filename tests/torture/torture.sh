#!/bin/sh
# Everything that is meant to break the rotation app, within bounds: the power goes at every point, or twice; calls fail; memory
# runs out; every reading; the catalogue of outages; random worlds. Says what was played, and ends 0 if the app came through all of it.
# usage: torture.sh BUILD      TORTURE_MINUTES=N: time for all (30); TORTURE_SEED=N: the first seed (1); TORTURE_OUT=FOLDER: reports
# A stage that runs out of its time is stopped in order: what it had played by then counts, what it had not is told.
set -u
build=$1
minutes=${TORTURE_MINUTES:-30} seed=${TORTURE_SEED:-1} out=${TORTURE_OUT:-$build/torture}
case $minutes$seed in *[!0-9]*) echo "TORTURE_MINUTES and TORTURE_SEED are whole numbers" >&2; exit 2 ;; esac
mkdir -p "$out" || exit 3
core=scenarios
catalogue=scenarios/catalogue
end=$(($(date +%s) + minutes * 60))
runs=0 cuts=0 faults=0 combinations=0 worlds=0 failed=0 late=0

# number NAME FILE REGEX: adds up the first number that the regex marks in each line of a report.
number() { sed -n "s/$2/\\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }'; }

# stage WEIGHT TITLE ARGUMENTS...: azsim with these, for its share of what is left of the time.
weights=20
stage() {
	weight=$1 title=$2
	shift 2
	left=$((end - $(date +%s)))
	share=$((left * weight / weights))
	weights=$((weights - weight))
	report=$out/$(printf '%s' "$title" | tr -c 'a-z0-9\n' '-').txt
	printf '== %s\n' "$title"
	if [ "$share" -lt 5 ]; then
		printf '   no time left for it\n'
		late=$((late + 1))
		return
	fi
	begin=$(date +%s)
	timeout -s INT -k 30 "$share" "$build/azsim" "$@" --out="$out" >"$report" 2>&1
	status=$?
	r=$(grep -cE '^(pass|FAIL|interrupted) +[^ ]* on model' "$report")
	b=$(number "$report" '^[a-zA-Z]* *[^ ]* on model: \([0-9]*\) combinations* of readings.*')
	c=$(number "$report" '.* can go at .*, \([0-9]*\) of them played .*')
	f=$(number "$report" '.* can fail .*, \([0-9]*\) of them played.*')
	g=$(number "$report" '.*; \([0-9]*\) cuts or faults played .*')
	w=$(number "$report" '^[0-9]* of \([0-9]*\) worlds passed.*')
	bad=$(grep -c '^FAIL: ' "$report")
	grep -E '^FAIL: |power cut at point|oracle |expected |repeat' "$report" | cut -c1-240 | head -n 20
	[ "$b" = 0 ] || r=$b
	case " $* " in *" --cut="*) c=$((c + g)) ;; *) f=$((f + g)) ;; esac
	r=$((r + w))
	runs=$((runs + r + c + f)) cuts=$((cuts + c)) faults=$((faults + f)) combinations=$((combinations + b)) worlds=$((worlds + w))
	word="all well"
	if [ "$bad" != 0 ]; then
		word="FAILED" failed=$((failed + 1))
	elif [ "$status" = 124 ] || [ "$status" = 130 ] || [ "$status" = 137 ]; then
		word="out of time" late=$((late + 1))
	elif [ "$status" != 0 ]; then
		word="FAILED" failed=$((failed + 1))
		tail -n 5 "$report"
	fi
	printf '   %s: %d runs' "$word" "$((r + c + f))"
	[ "$c" = 0 ] || printf ', %d power cuts' "$c"
	[ "$f" = 0 ] || printf ', %d faults' "$f"
	[ "$b" = 0 ] || printf ', %d combinations of readings' "$b"
	[ "$w" = 0 ] || printf ', as many random worlds'
	printf ' (%d s); %s\n' "$(($(date +%s) - begin))" "$report"
}

stage 4 "cut at every point" run --cut=every --seed="$seed" "$core"
stage 3 "calls fail" run --fail=every:300 --seed="$seed" "$core"
stage 2 "memory runs out" run --oom=every:80 --seed="$seed" "$core"
stage 1 "every reading" run --readings=all --http=shim --seed="$seed" "$core"
if [ -d "$catalogue" ]; then
	stage 1 "catalogue" run --net=model --http=shim --seed="$seed" "$catalogue"
fi
stage 2 "random worlds" fuzz-world --seeds=400 --seed="$seed"
stage 2 "cut twice" run --cut=twice --seed="$((seed + 1))" "$core"
stage 5 "cut at every point under every reading" run --cut=every --readings=all --seed="$seed" "$core"

printf '\n%d runs: %d power cuts, %d faults, %d combinations of readings, %d random worlds from seed %d on; ' "$runs" "$cuts" "$faults" \
	"$combinations" "$worlds" "$seed"
printf '%d stages failed, %d ran out of time\n' "$failed" "$late"
[ "$failed" = 0 ]
