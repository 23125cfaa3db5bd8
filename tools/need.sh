#!/usr/bin/env bash
# Makes sure that what the tests use is there: need.sh postgresql chromium …
# As root on a Debian machine it installs what is missing; elsewhere it says what will be skipped. With CI=true
# nothing may be missing.
set -euo pipefail

have() {
	case "$1" in
	postgresql) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
	chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ;;
	fonts-noto-cjk) compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh)" ]; } ;;
	poppler-utils) command -v pdftotext >/dev/null ;;
	zbar-tools) command -v zbarimg >/dev/null ;;
	dovecot-imapd) [ -x /usr/lib/dovecot/imap ] || [ -x /usr/libexec/dovecot/imap ] ;;
	nodejs) command -v node >/dev/null ;;
	npm) command -v npm >/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# The independent verifier of our signatures: the packages that test/npm names, each by the hash of its content.
modules() {
	local dir
	dir="$(dirname "$0")/../test/npm"
	[[ " ${wanted[*]} " == *" npm "* ]] && command -v npm >/dev/null || return 0
	cmp -s "$dir/package-lock.json" "$dir/node_modules/.from" && return 0
	echo "installing the packages of test/npm"
	if (cd "$dir" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error); then
		cp "$dir/package-lock.json" "$dir/node_modules/.from"
	else
		echo "*** MISSING: the packages of test/npm. What needs them is skipped. ***"
		[ "${CI:-}" != true ] || exit 1
	fi
}

wanted=("$@")
missing=()
for p in "$@"; do
	have "$p" || missing+=("$p")
done
if [ ${#missing[@]} -eq 0 ]; then
	modules
	exit 0
fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	# A cluster of the package's own isn't wanted: the tests start theirs.
	if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
	fi
	log=$(mktemp)
	if ! { apt-get -q update && apt-get -q install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
		tail -20 "$log"
	fi
	rm -f "$log"
fi

modules

status=0
for p in "${missing[@]}"; do
	have "$p" && continue
	echo "*** MISSING: $p. What needs it is skipped. Install the package $p (Debian's name). ***"
	status=1
done
[ "${CI:-}" = true ] || exit 0
exit $status
