#!/bin/sh
# Sees to what Python packages cannot bring. As root or in CI it installs what is missing; for anybody else it
# names the one command and stops with 2.   usage: system-packages.sh [python] [browser] [postgres] [node] [bench]
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
    postgres) # the server itself hides from PATH on Debian
        ! lacks initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
        ! lacks pgbouncer || missing="$missing pgbouncer" ;;
    node)
        ! lacks node || missing="$missing nodejs"
        ! lacks npm || missing="$missing npm"
        ! lacks curl || missing="$missing curl" ;; # what the documentation shows is run, and some of it is curl
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
unattended="${root:+sudo -n }"
case "$missing" in *postgresql*) # the tests start servers of their own: Debian need not make one that is always on
    own=/etc/postgresql-common/createcluster.d/headway-tests.conf
    $unattended mkdir -p "${own%/*}"
    echo "create_main_cluster = false" | $unattended tee "$own" >/dev/null
    trap '$unattended rm -f "$own"' EXIT ;;
esac
install="${unattended}apt-get install --yes --quiet --no-install-recommends$missing"
$install >/dev/null 2>&1 || { ${unattended}apt-get update --quiet >/dev/null || true; $install >/dev/null; } # the lists may be old
case "$missing" in *pgbouncer*) # nor a pooler; without systemd nothing was started
    if [ -d /run/systemd/system ]; then $unattended systemctl --quiet disable --now pgbouncer; fi ;;
esac
