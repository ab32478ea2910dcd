#!/bin/sh
# How much flash and RAM an application takes, by part, held against what an MT3620 has.
# usage: weigh.sh APP BUILD
#
# exit status: 0, or 1 when the image package is too large
set -eu

app=$1
build=$2
approot=$build/approot
flash_max=1048576 # all image packages of the device together
ram_max=262144
page=4096         # files in an image package begin on a page
trailer=212       # its metadata and signature

rows=$(mktemp)
trap 'rm -f "$rows"' EXIT

pages() { echo $((($1 + page - 1) / page * page)); }
# Bytes with commas, right-aligned to the width of $2.
number() { printf "%${2}s" "$(printf '%s' "$1" | sed -e ':a' -e 's/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/;ta')"; }
row() { printf '  %-40s %s  %s\n' "$1" "$(number "$2" 9)" "$(number "$3" 9)"; }

# ---- The program, by part: each folder of sources is one, and each file beside main.c.
# `size` gives text, data and bss; data lies in flash and is copied to RAM.
for object in "$build"/app/*.o; do
	name=$(basename "$object" .o)
	arm-linux-gnueabihf-size "$object" | awk -v name="$name" 'NR == 2 { print name, $1 + $2, $2 + $3 }'
done | while read -r name flash ram; do
	part=$name.c
	folder=${name%%-*}
	[ "$folder" != "$name" ] && [ -d "$app/$folder" ] && part=$folder/
	printf '%s %s %s\n' "$part" "$flash" "$ram"
done | awk '{ flash[$1] += $2; ram[$1] += $3 } END { for (p in flash) print p, flash[p], ram[p] }' | sort >"$rows"

set -- $(arm-linux-gnueabihf-size "$build/app.debug" | awk 'NR == 2 { print $1, $2, $3 }')
text=$1 data=$2 bss=$3
program=$(stat -c %s "$approot/bin/app")
listed_flash=$(awk '{ s += $2 } END { print s + 0 }' "$rows")
listed_ram=$(awk '{ s += $3 } END { print s + 0 }' "$rows")

printf '\nBudget of %s on an MT3620, in bytes\n' "$(basename "$app")"
printf '  %-40s %9s  %9s\n' 'part' 'flash' 'RAM'
while read -r part flash ram; do
	row "$part" "$flash" "$ram"
done <"$rows"
row 'start-up, linker tables, unused' $((text + data - listed_flash)) $((data + bss - listed_ram))
row 'ELF headers and alignment' $((program - text - data)) 0
row 'bin/app' "$program" $((data + bss))

# ---- The image package
size=$((page + trailer))
row 'image package: file system' $page 0
for file in $(cd "$approot" && find . -type f | sort); do
	file=${file#./}
	bytes=$(stat -c %s "$approot/$file")
	row "  $file, in pages" "$(pages "$bytes")" 0
	size=$((size + $(pages "$bytes")))
done
missing=
for file in $(sed 's/#.*//' "$app/CMakeLists.txt" | tr '\n' ' ' | sed -n 's/.*RESOURCE_FILES\([^)]*\)).*/\1/p' | tr -d '"'); do
	[ -f "$approot/$file" ] && continue
	row "  $file, not there: one page" $page 0
	size=$((size + page))
	missing="$missing $file"
done
row '  metadata and signature' $trailer 0
row 'image package' $size $((data + bss))
row 'limit' $flash_max $ram_max
printf '  used                               %7s %%  %7s %%\n' "$(awk "BEGIN { printf \"%.1f\", $size * 100 / $flash_max }")" \
	"$(awk "BEGIN { printf \"%.1f\", ($data + $bss) * 100 / $ram_max }")"
cat <<END

  RAM is data and bss; heap and stack are measured by a run: build/azsim run --app=$approot scenarios
  The flash limit is for all image packages of the device together.
END
for file in $missing; do
	printf '  %s belongs to the owner of the fleet and is not in the repository; azsim brings its own.\n' "$file"
done
if [ "$size" -gt $flash_max ]; then
	printf 'make mt3620: the image package would have %s bytes, and a device takes %s\n' "$size" "$flash_max" >&2
	exit 1
fi
