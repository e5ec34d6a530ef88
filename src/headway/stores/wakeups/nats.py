"""Words over a NATS server's subjects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from headway.core.errors import InvalidSetting, MissingExtra
from headway.stores.wakeups.bus import CONNECT_S, SAY_S

try:
    from nats.aio.client import Client
    from nats.aio.subscription import Subscription
    from nats.errors import NoServersError
    from nats.errors import TimeoutError as NothingCame
except ImportError as missing:
    raise MissingExtra("nats", "nats-py") from missing


class NatsBus:
    """One subject of the server (or servers, separated by commas) at a URL."""

    def __init__(
        self, url: str, topic: Callable[[], str], *, connect_s: float = CONNECT_S, say_s: float = SAY_S
    ) -> None:
        """Raises InvalidSetting for a URL that leads nowhere."""
        self._urls = url.split(",")
        self._topic = topic
        self._connect_s = connect_s
        self._say_s = say_s
        for each in self._urls:
            _check(each)

    @property
    def name(self) -> str:
        return "NATS"

    def speak(self) -> NatsLine:
        return NatsLine(self._urls, self._subject(), connect_s=self._connect_s, say_s=self._say_s)

    def listen(self) -> NatsLine:
        line = self.speak()
        try:
            line.subscribe()
        except BaseException:
            line.close()
            raise
        return line

    def _subject(self) -> str:
        return f"headway.{self._topic()}"


class NatsLine:
    """One connection, and the event loop that runs only while its one thread says or hears something."""

    def __init__(self, urls: list[str], subject: str, *, connect_s: float, say_s: float) -> None:
        self._subject = subject
        self._say_s = say_s
        self._broken: Exception | None = None
        self._heard: Subscription | None = None
        self._client = Client()
        self._loop = asyncio.Runner()
        try:
            self._loop.run(asyncio.wait_for(self._connect(urls, connect_s), connect_s * len(urls)))
        except BaseException:
            self.close()
            raise

    def subscribe(self) -> None:
        """Returns when the server has said that it does."""

        async def subscribe() -> None:
            self._heard = await self._client.subscribe(self._subject)
            await self._taken()

        self._loop.run(asyncio.wait_for(subscribe(), self._say_s))

    def say(self, word: str) -> None:
        async def say() -> None:
            await self._client.publish(self._subject, word.encode())
            await self._taken()

        self._loop.run(asyncio.wait_for(say(), self._say_s))

    def hear(self, timeout_s: float) -> list[str]:
        assert self._heard is not None
        with suppress(NothingCame):
            told = self._loop.run(self._heard.next_msg(timeout_s))
            return [told.data.decode(errors="replace")]
        if self._broken or not self._client.is_connected:
            raise ConnectionError("the server has ended the connection") from self._broken
        return []

    def close(self) -> None:
        self._loop.run(self._client.close())
        self._loop.close()

    async def _connect(self, urls: list[str], connect_s: float) -> None:
        """Without the client's own repeats: a connection that was lost in silence has missed something."""
        try:
            await self._client.connect(
                urls,
                name="headway hints",
                allow_reconnect=False,
                max_reconnect_attempts=1,  # fewer would mean for ever, as long as none was reached yet
                reconnect_time_wait=0,
                connect_timeout=connect_s,  # type: ignore[arg-type]  # any number of seconds
                error_cb=self._note,
            )
        except NoServersError as error:
            raise self._broken or error from None

    async def _taken(self) -> None:
        """Asks the server twice whether it has everything: the first question overtakes what is still to be sent."""
        for _ in range(2):
            await self._client.flush()

    async def _note(self, error: Exception) -> None:
        self._broken = error


def _check(url: str) -> None:
    try:
        fine = urlsplit(url).hostname is not None and urlsplit(url).port != 0
    except ValueError:
        fine = False
    if not fine:
        raise InvalidSetting("HEADWAY_BUS", "this is no address of a NATS server; write nats://host:4222")
