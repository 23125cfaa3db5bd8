#!/usr/bin/env bash
# Generates the templ files in a folder aside and compares: what is in the tree must be what the sources give.
# The path in FileName depends on the folder that somebody generated from, and doesn't count.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

find internal -name '*.templ' -exec cp --parents {} "$tmp" \;
go tool templ generate -path "$tmp" >"$tmp/log" 2>&1 || {
	cat "$tmp/log"
	exit 1
}
plain() { sed -E 's/FileName: `([^`]*\/)?/FileName: `/' "$1"; }

stale=0
while read -r f; do
	if [ ! -e "$tmp/$f" ]; then
		echo "$f has no source any more: delete it"
		stale=1
	elif ! diff -q <(plain "$f") <(plain "$tmp/$f") >/dev/null; then
		echo "$f is stale: run make generate"
		stale=1
	fi
done < <(find internal -name '*_templ.go')
while read -r f; do
	[ -e "${f#"$tmp/"}" ] || {
		echo "${f#"$tmp/"} is missing: run make generate"
		stale=1
	}
done < <(find "$tmp" -name '*_templ.go')
exit $stale
