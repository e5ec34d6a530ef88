"""The room where a log that another program kept becomes jobs, steps and history, with the times that it had."""

from __future__ import annotations

from headway.importing.doubts import Doubt
from headway.importing.importer import Import, Report, import_logs
from headway.importing.logs import Log, open_log
from headway.importing.mapping import Mapping, parse_mapping, read_mapping
from headway.importing.verifying import Verdict, verify_logs

__all__ = [
    "Doubt",
    "Import",
    "Log",
    "Mapping",
    "Report",
    "Verdict",
    "import_logs",
    "open_log",
    "parse_mapping",
    "read_mapping",
    "verify_logs",
]
