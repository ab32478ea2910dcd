#!/bin/sh
# The inputs that fuzzing begins with, beside the corpus of the tree: what needs certificates and keys, which are made here and never
# kept; the messages of the corpus, from text; the scenarios.
# usage: seeds.sh AZPKI SEEDS_TOOL FOLDER
set -eu
azpki=$1 tool=$2 folder=$3
here=$(dirname "$0")
umask 077
pki=$folder/pki
rm -rf "$folder"
mkdir -p "$pki" "$folder/certs" "$folder/wire" "$folder/channel" "$folder/scenario"

printf 'secret-of-nothing\n' >"$pki/password"
"$azpki" root root1 --out="$pki" --until=+20y >/dev/null
"$azpki" root rsa-root --out="$pki" --key-type=rsa2048 --until=+20y >/dev/null
"$azpki" root expired-root --out="$pki" --fault=expired >/dev/null
"$azpki" client ec-pkcs8 --out="$pki" --issuer=root1 >/dev/null
"$azpki" client ec-sec1 --out="$pki" --issuer=root1 --key-format=traditional >/dev/null
"$azpki" client rsa-pkcs1 --out="$pki" --issuer=root1 --key-type=rsa2048 --key-format=traditional >/dev/null
"$azpki" client ec-encrypted --out="$pki" --issuer=root1 --key-password-file="$pki/password" >/dev/null
"$azpki" client rsa-encrypted --out="$pki" --issuer=root1 --key-type=rsa2048 --key-format=traditional \
	--key-password-file="$pki/password" >/dev/null
"$azpki" client wrong-key --out="$pki" --issuer=root1 --fault=wrong-key >/dev/null

# certs INPUT READING ID CERTIFICATE [KEY [PASSWORD_FILE]]
certs() {
	out=$folder/certs/$1
	{
		printf '%s\n%%%%\n%s\n%%%%\n' "$2" "$3"
		cat "$4"
	} >"$out"
	[ $# -lt 5 ] || { printf '%%%%\n' && cat "$5"; } >>"$out"
	[ $# -lt 6 ] || { printf '%%%%\n' && cat "$6"; } >>"$out"
}
for name in root1 rsa-root expired-root; do
	certs "$name" "" RootCA1 "$pki/$name.pem"
done
for name in ec-pkcs8 ec-sec1 rsa-pkcs1 wrong-key; do
	certs "$name" "" ClientCert1 "$pki/$name.pem" "$pki/$name.key"
done
for name in ec-encrypted rsa-encrypted ec-pkcs8; do
	certs "$name-password" "" ClientCert1 "$pki/$name.pem" "$pki/$name.key" "$pki/password"
done
# Without BEGIN and END lines; two at once; a chain and text around it.
sed '/-----/d' "$pki/root1.pem" >"$pki/bare.pem"
cat "$pki/root1.pem" "$pki/rsa-root.pem" >"$pki/two.pem"
{ printf 'subject=/CN=root1\n' && cat "$pki/ec-pkcs8.pem" "$pki/root1.pem" && printf 'the end'; } >"$pki/chain.pem"
certs bare "pem-tags=optional" RootCA1 "$pki/bare.pem"
certs two "store-charge=der" RootCA1 "$pki/two.pem"
certs chain "sec1-key=refused" ClientCert1 "$pki/chain.pem" "$pki/ec-pkcs8.key"
tr -d '\n' <"$pki/root1.pem" >"$pki/one-line.pem"
certs one-line "" RootCA1 "$pki/one-line.pem"
sed 's/$/\r/' "$pki/ec-sec1.key" >"$pki/crlf.key"
certs crlf "" ClientCert1 "$pki/ec-sec1.pem" "$pki/crlf.key"

for text in "$here"/corpus/*/*.msgs; do
	target=$(basename "$(dirname "$text")")
	"$tool" compile "$target" "$pki" "$text" "$folder/$target/$(basename "$text" .msgs)"
done

for file in "$here"/../../scenarios/*.yaml "$here"/../../scenarios/catalogue/*.yaml; do
	sed 's/^scenario: .*/scenario: fuzz/' "$file" >"$folder/scenario/$(basename "$file")"
done
