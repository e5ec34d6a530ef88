"""Owns SAQ telling how far a job is: its own update of one job in PostgreSQL, over and over for some seconds."""

from __future__ import annotations

import asyncio
import sys
import time

from saq import Job, Queue  # type: ignore[import-not-found]  # SAQ lives in an environment of its own


async def main(url: str, seconds: float) -> None:
    """Prints updates a second."""
    queue = Queue.from_url(url)
    await queue.connect()
    job = await queue.enqueue(Job("bench", kwargs={}))
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        meta = {"current": count, "total": 1_000_000, "message": "processing rows", "step": "load"}
        await job.update(progress=count % 1000 / 1000, meta=meta)
        count += 1
    print(count / (time.perf_counter() - start))
    await queue.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
