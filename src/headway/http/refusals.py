"""What is refused before a command is even understood: errors that only HTTP knows."""

from __future__ import annotations

from headway.core.errors import HeadwayError


class Malformed(HeadwayError):
    """The body is not what it claims to be."""

    code = "malformed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the body cannot be read: {reason}")
        self.reason = reason


class InvalidCursor(HeadwayError):
    """A list cannot go on from this cursor; start without one."""

    code = "invalid-cursor"

    def __init__(self) -> None:
        super().__init__("this cursor is not one of this list; start again without it")


class UnknownRoute(HeadwayError):
    """Nothing is served at this path."""

    code = "unknown-route"

    def __init__(self) -> None:
        super().__init__("nothing is served at this path; /openapi.json lists what is")


class MethodNotAllowed(HeadwayError):
    """The path exists, but not with this method."""

    code = "method-not-allowed"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"this path takes {allowed} only")
        self.allowed = allowed


class NotAcceptable(HeadwayError):
    """No answer of this path has a type that the client accepts."""

    code = "not-acceptable"

    def __init__(self) -> None:
        super().__init__("this path answers with text/event-stream or application/json")


class TooLarge(HeadwayError):
    """The body is longer than is read."""

    code = "too-large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"a body has at most {limit} bytes; send less at once")
        self.limit = limit


class UnsupportedMediaType(HeadwayError):
    """The body must be JSON, and say so: a form of another site cannot."""

    code = "unsupported-media-type"

    def __init__(self) -> None:
        super().__init__("send application/json, uncompressed, in UTF-8")


class ForeignHost(HeadwayError):
    """The request was meant for another name: perhaps one that was rebound to this machine."""

    code = "foreign-host"

    def __init__(self) -> None:
        super().__init__("this server answers to localhost, 127.0.0.1 and [::1] only")


class ForeignOrigin(HeadwayError):
    """A page of another site sent the request."""

    code = "foreign-origin"

    def __init__(self) -> None:
        super().__init__("this server takes no requests from pages of other sites")


class Forbidden(HeadwayError):
    """The application's own hook refused the request."""

    code = "forbidden"

    def __init__(self) -> None:
        super().__init__("you may not do this here")


class ReadOnly(HeadwayError):
    """The request may look, but not change anything."""

    code = "read-only"

    def __init__(self, scope: str) -> None:
        super().__init__(f"this request has no grant to {scope}; a mounted Headway needs `authorize=` to give one")
        self.scope = scope


class Overloaded(HeadwayError):
    """More requests wait than can be answered in time."""

    code = "overloaded"

    def __init__(self) -> None:
        super().__init__("too many requests wait already; come back in a moment")
