#!/bin/sh
# Everything that is meant to break the rotation app, within bounds: the power goes at every point under every reading, or twice;
# calls fail; memory runs out; every reading; the catalogue of outages; random worlds. Says what was played.
# usage: torture.sh BUILD
#   TORTURE_MINUTES=N: bound for all (30); TORTURE_SEED=N: the first seed (1); TORTURE_WORLDS=N: random worlds (1000)
#   TORTURE_FAULTS=N: faults of calls in each scenario, which the seed chooses (all); TORTURE_OUT=FOLDER: reports
# exit status: 0 all was played, and the app came through; 1 it did not; 2 usage; 3 the bound was reached before all was played
set -u
build=$1
minutes=${TORTURE_MINUTES:-30} seed=${TORTURE_SEED:-1} out=${TORTURE_OUT:-$build/torture} worlds_wanted=${TORTURE_WORLDS:-1000}
faults_wanted=${TORTURE_FAULTS:-}
case $minutes$seed$worlds_wanted$faults_wanted in
	*[!0-9]*) echo "TORTURE_MINUTES, TORTURE_SEED, TORTURE_WORLDS and TORTURE_FAULTS are whole numbers" >&2; exit 2 ;;
esac
mkdir -p "$out" || exit 3
trap 'exit 130' INT TERM
core=scenarios
catalogue=scenarios/catalogue
end=$(($(date +%s) + minutes * 60))
runs=0 cuts=0 faults=0 combinations=0 worlds=0 failed=0 late=0

# number NAME FILE REGEX: adds up the first number that the regex marks in each line of a report.
number() { sed -n "s/$2/\\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }'; }

# stage TITLE ARGUMENTS...: azsim with these, in what is left of the time.
stage() {
	title=$1
	shift
	left=$((end - $(date +%s)))
	report=$out/$(printf '%s' "$title" | tr -c 'a-z0-9\n' '-').txt
	printf '== %s\n' "$title"
	if [ "$left" -lt 1 ]; then
		printf '   no time left for it\n'
		late=$((late + 1))
		return
	fi
	begin=$(date +%s)
	timeout -s INT -k 30 "$left" "$build/azsim" "$@" --out="$out" >"$report" 2>&1
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

stage "every reading" run --readings=all --http=shim --seed="$seed" "$core"
stage "catalogue under every reading" run --readings=all --http=shim --seed="$seed" "$catalogue"
stage "cut at every point under every reading" run --cut=every --readings=all --seed="$seed" "$core"
stage "cut twice" run --cut=twice --seed="$((seed + 1))" "$core"
stage "memory runs out" run --oom=every --seed="$seed" "$core"
stage "random worlds" fuzz-world --seeds="$worlds_wanted" --seed="$seed"
stage "calls fail" run --fail="every${faults_wanted:+:$faults_wanted}" --seed="$seed" "$core"

printf '\n%d runs: %d power cuts, %d faults, %d combinations of readings, %d random worlds from seed %d on; ' "$runs" "$cuts" "$faults" \
	"$combinations" "$worlds" "$seed"
printf '%d stages failed\n' "$failed"
[ "$failed" = 0 ] || exit 1
if [ "$late" != 0 ]; then
	printf '%d stages did not end within %d minutes: give it more (TORTURE_MINUTES), or fewer faults in each scenario (TORTURE_FAULTS)\n' \
		"$late" "$minutes" >&2
	exit 3
fi
