#!/bin/sh
# Makes .venv when there is none, and installs Headway there, editable, with one of its extras.
# usage: install.sh demo|dev
set -eu
cd "$(dirname "$0")/.."
scripts/system-packages.sh python
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$(scripts/find-python.sh)" -m venv --clear .venv
fi
echo "Installing headway[$1] into .venv ..." >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --constraint constraints.txt --editable ".[$1]"
