#!/bin/sh
# Prints the first Python of 3.11 or newer: $PYTHON when it is set, else the usual names.
# A name is tried by running it: some version switchers put names on PATH that don't run.
set -eu
for name in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$name"
        exit 0
    fi
done
found=$(python3 --version 2>/dev/null || echo none)
echo "Headway needs Python 3.11 or newer (found: ${PYTHON:-$found}). Install one, or name it: make PYTHON=/path/to/python" >&2
exit 2
