#!/bin/sh
# The rotation app and the page taken literally, side by side: every scenario on the model network, one line each.
# usage: compare.sh BUILD [FILE|DIR...]     exit status: 0 the rotation app passes everything, 1 not
# The first failure of an oracle is told, "stranded" before all others; where only expectations failed, how many.
set -u
build=$1
shift
[ $# -gt 0 ] || for d in scenarios scenarios/catalogue; do
	[ ! -d "$d" ] || set -- "$@" "$d"
done
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
status=0
# play NAME OPTIONS...: the report of all scenarios into $work/NAME.
play() {
	name=$1
	shift
	"$build/azsim" run --net=model --http=shim --out="$work/out" "$@" >"$work/$name" 2>&1
	r=$?
	[ "$r" -le 1 ] || { cat "$work/$name"; exit "$r"; }
	return "$r"
}
play rotation "$@" || status=1
play literal --app="$build/tests/baseline/literal" "$@"
play saving --app="$build/tests/baseline/saving" "$@"
awk '
function days(at) { split(at, t, "d"); return t[1] + 0 }
FNR == 1 { app++; name = "" }
/^FAIL: .* on model/ { name = $2; next }
/^$/ { name = "" }
$2 == "model" && ($3 == "pass" || $3 == "FAIL") {
	if (app == 1) order[++count] = $1
	verdict[app, $1] = $3; offline[app, $1] = $5
}
name != "" && $1 == "at" && match($0, /: oracle [a-z-]+: /) {
	split(substr($0, RSTART + 9), word, ":")
	what = word[1]
	if (what == "stranded" && !((app, name) in stranded)) {
		match($0, /offline since \+[0-9]+d/)
		stranded[app, name] = "stranded since " substr($0, RSTART + 14, RLENGTH - 14)
	} else if (what != "stranded" && !((app, name) in oracle)) {
		oracle[app, name] = what " at " substr($2, 1, index($2, "d"))
	}
	next
}
name != "" && $1 == "at" { missed[app, name]++ }
function why(a, s) {
	if (verdict[a, s] != "FAIL") return ""
	if ((a, s) in stranded && (a, s) in oracle) return oracle[a, s] ", " stranded[a, s]
	if ((a, s) in stranded) return stranded[a, s]
	if ((a, s) in oracle) return oracle[a, s]
	return missed[a, s] " expectations not met"
}
function cell(a, s) { return sprintf("%-4s %6s  %s", verdict[a, s], offline[a, s], why(a, s)) }
END {
	width = 8; for (i = 1; i <= count; i++) if (length(order[i]) > width) width = length(order[i])
	line = "%-" width "s  %-12s  %-55s  %s\n"
	printf line, "scenario", "rotation app", "the page, literally", "the page, settings saved"
	for (i = 1; i <= count; i++) {
		s = order[i]
		for (a = 1; a <= 3; a++) passed[a] += verdict[a, s] == "pass"
		out = sprintf(line, s, cell(1, s), cell(2, s), cell(3, s))
		gsub(/ +\n/, "\n", out); printf "%s", out
	}
	printf "passed: %d, %d and %d of %d. Times: offline with power.\n", passed[1], passed[2], passed[3], count
}' "$work/rotation" "$work/literal" "$work/saving"
exit "$status"
