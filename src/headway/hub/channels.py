"""Which channels there are, and which of them a change concerns."""

from __future__ import annotations

from headway.hub.channel import Channel
from headway.hub.frames import Batch, Frame
from headway.hub.tide import Tide
from headway.stores.protocol import Filter


class Channels:
    """One channel for each filter that somebody follows. Those that name jobs are found by job id, so that a thousand
    streams of one job each cost nothing for the changes of other jobs.
    """

    def __init__(self) -> None:
        self._channels: dict[Filter, Channel] = {}
        self._of_job: dict[str, list[Channel]] = {}
        self._of_many: dict[Channel, None] = {}

    def __len__(self) -> int:
        return len(self._channels)

    def use(self, filter: Filter, tide: Tide) -> Channel:
        """The filter's channel, for one more user, who will `release` it."""
        channel = self._channels.get(filter)
        if channel is None:
            channel = self._channels[filter] = Channel(filter, tide)
            self._index(channel)
        channel.users += 1
        return channel

    def release(self, channel: Channel) -> None:
        channel.users -= 1
        if channel.users == 0 and self._channels.get(channel.filter) is channel:
            del self._channels[channel.filter]
            self._unindex(channel)

    def want(self, frame: Frame) -> bool:
        """Whether some channel will have the frame. Asked in another thread: wrong about one that comes just now."""
        if frame.job.id in self._of_job:
            return True
        return any(channel.filter.admits(frame.job) for channel in tuple(self._of_many))

    def route(self, batch: Batch) -> None:
        """Hands each frame to the channels that admit it, then lets those write."""
        touched: dict[Channel, None] = {}
        for frame in batch.frames:
            for channel in self._of_job.get(frame.job.id, ()):
                if channel.filter.admits(frame.job):
                    channel.take(frame)
                    touched[channel] = None
            for channel in self._of_many:
                if channel.filter.admits(frame.job):
                    channel.take(frame)
                    touched[channel] = None
        for channel in touched:
            channel.flush()

    def beat(self) -> None:
        for channel in list(self._channels.values()):
            channel.beat()

    def clear(self) -> None:
        """Wakes everybody who waits and forgets all channels: what they kept does not hold any more."""
        for channel in self._channels.values():
            channel.ring()
        self._channels.clear()
        self._of_job.clear()
        self._of_many.clear()

    def _index(self, channel: Channel) -> None:
        if not channel.filter.jobs:
            self._of_many[channel] = None
        for job_id in channel.filter.jobs:
            self._of_job.setdefault(job_id, []).append(channel)

    def _unindex(self, channel: Channel) -> None:
        self._of_many.pop(channel, None)
        for job_id in channel.filter.jobs:
            self._of_job[job_id].remove(channel)
            if not self._of_job[job_id]:
                del self._of_job[job_id]
