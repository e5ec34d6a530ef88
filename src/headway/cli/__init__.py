"""The terminal: one program, one file for each of its commands. Needs the extra `headway[serve]`."""

from __future__ import annotations

import sys

_BROUGHT = ("click", "rich", "markdown_it", "pygments")  # by the extra


def main() -> int:
    """Runs `headway`; answers its exit status. Importable without the extra, to say how to install it."""
    try:
        from headway.cli.program import program
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in _BROUGHT:
            raise
        print(f"headway: {package} is not installed; run: pip install 'headway[serve]'", file=sys.stderr)
        return 2
    return int(program.main(prog_name="headway", standalone_mode=False))
