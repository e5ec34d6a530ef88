#!/bin/sh
# Sees to what Python packages cannot bring. As root or in CI it installs what is missing; for anybody else it
# names the one command and stops with 2.   usage: system-packages.sh [python] [browser] [bench]
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin"
missing=
lacks() { ! command -v "$1" >/dev/null 2>&1; }

for part; do
    case "$part" in
    python)
        python=$(scripts/find-python.sh)
        [ -x .venv/bin/pip ] || "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            missing="$missing $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" ;;
    browser)
        ! lacks chromium || missing="$missing chromium fonts-liberation"
        # The node that Playwright brings along is linked against it.
        lacks ldconfig || ldconfig -p | grep -q libatomic.so.1 || missing="$missing libatomic1" ;;
    bench)
        ! lacks gcc || missing="$missing gcc libc6-dev"
        ! lacks wrk || missing="$missing wrk"
        [ -e /usr/lib/nginx/modules/ngx_nchan_module.so ] || missing="$missing nginx libnginx-mod-nchan" ;;
    esac
done
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" = 0 ] || root="sudo "
if lacks apt-get || { [ -n "$root" ] && [ -z "${CI:-}" ]; }; then
    echo "This needs packages of the system. Run this, then the same make command again:" >&2
    echo "    ${root}apt-get install --yes --no-install-recommends$missing" >&2
    exit 2
fi
echo "Installing$missing ..." >&2
export DEBIAN_FRONTEND=noninteractive
install="${root:+sudo -n }apt-get install --yes --quiet --no-install-recommends$missing"
$install >/dev/null 2>&1 || { ${root:+sudo -n} apt-get update --quiet >/dev/null || true; $install >/dev/null; } # the lists may be old
