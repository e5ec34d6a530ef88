"""Words over a Redis or Valkey server's publish and subscribe."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from headway.core.errors import InvalidSetting, MissingExtra
from headway.stores.wakeups.bus import CONNECT_S, SAY_S

try:
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ImportError as missing:
    raise MissingExtra("redis", "redis") from missing

if TYPE_CHECKING:
    from redis.client import PubSub


class RedisBus:
    """One channel of the server at a URL; its databases share their channels, so the topic alone tells stores apart."""

    def __init__(
        self, url: str, topic: Callable[[], str], *, connect_s: float = CONNECT_S, say_s: float = SAY_S
    ) -> None:
        """Raises InvalidSetting for a URL that leads nowhere."""
        self._url = url.replace("valkey", "redis", 1) if url.startswith("valkey") else url
        self._topic = topic
        self._connect_s = connect_s
        self._say_s = say_s
        try:
            self._client().close()
        except ValueError:  # its message may repeat a part of a password
            raise InvalidSetting(
                "HEADWAY_BUS", "this is no address of a Redis server; write redis://host:6379/0"
            ) from None

    @property
    def name(self) -> str:
        return "Redis"

    def speak(self) -> RedisVoice:
        return RedisVoice(self._client(), self._channel())

    def listen(self) -> RedisEar:
        ear = RedisEar(self._client())
        try:
            ear.subscribe(self._channel(), self._say_s)
        except BaseException:
            ear.close()
            raise
        return ear

    def _channel(self) -> str:
        return f"headway:{self._topic()}"

    def _client(self) -> Redis:
        """Without the client's own repeats: a connection that was lost in silence has missed something."""
        return Redis.from_url(
            self._url,
            socket_connect_timeout=self._connect_s,
            socket_timeout=self._say_s,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )


class RedisVoice:
    def __init__(self, client: Redis, channel: str) -> None:
        self._client = client
        self._channel = channel

    def say(self, word: str) -> None:
        self._client.publish(self._channel, word)

    def close(self) -> None:
        self._client.close()


class RedisEar:
    def __init__(self, client: Redis) -> None:
        self._client = client
        self._ear: PubSub = client.pubsub()  # type: ignore[no-untyped-call]  # the library says no more of it

    def subscribe(self, channel: str, within_s: float) -> None:
        """Returns when the server has said that it does."""
        self._ear.subscribe(channel)
        if self._ear.get_message(timeout=within_s) is None:
            raise TimeoutError(f"the server did not answer within {within_s:g} s")

    def hear(self, timeout_s: float) -> list[str]:
        told = self._ear.get_message(timeout=timeout_s)
        return [told["data"]] if told and told["type"] == "message" else []

    def close(self) -> None:
        self._ear.close()
        self._client.close()
