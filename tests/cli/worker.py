"""A worker that takes its orders from standard input: `python worker.py KIND STEP...`."""

from __future__ import annotations

import json
import sys
import threading

import headway


def main() -> None:
    kind, *steps = sys.argv[1:]
    reporter = headway.connect()
    with reporter.start(kind, steps=steps or None, project="acme", subject="file:42") as job:
        print(job.id, flush=True)
        step: headway.StepHandle | headway.JobHandle = job
        for line in sys.stdin:
            verb, _, rest = line.strip().partition(" ")
            if verb == "end":
                job.result = {"pages": 320}
                break
            if verb == "step":
                step = job.step(rest)
            else:
                obey(job, step, verb, rest)
            reporter.flush()
            print("done", flush=True)


def obey(job: headway.JobHandle, step: headway.StepHandle | headway.JobHandle, verb: str, rest: str) -> None:
    match verb:
        case "total":
            step.update(total=int(rest), unit="pages")
        case "advance":
            step.advance(int(rest))
        case "say":
            step.update(message=json.loads(rest))
        case "note":
            job.note(rest)
        case "fail":
            raise RuntimeError(rest)
        case "stop-when-asked":
            pause = threading.Event()
            while not job.cancelled:
                pause.wait(0.005)
            raise headway.Cancelled(job.id)


if __name__ == "__main__":
    main()
