#!/bin/sh
# The certificates that the contract application installs: a root CA, a client with a PKCS#8 key and one with a SEC1 key.
# usage: make-certs.sh AZPKI FOLDER     They are good for nothing else; the root's key is thrown away.
set -eu
azpki=$1 folder=$2
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$azpki" root root1 --out="$work" --cn="azsim contract root" --until=+20y >/dev/null
"$azpki" client client1 --out="$work" --issuer=root1 --cn=contract-1 --until=+20y >/dev/null
"$azpki" client client2 --out="$work" --issuer=root1 --cn=contract-2 --until=+20y --key-format=traditional >/dev/null
mkdir -p "$folder"
for file in root1.pem client1.pem client1.key client2.pem client2.key; do
	cp "$work/$file" "$folder/$file"
done
