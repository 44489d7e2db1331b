"""Which messages are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from swnb.errors import InvalidArgument
from swnb.names import Whose

from .message import Message


class Wanted:
    """Which messages are asked for; None is any.

    Parameters
    ----------
    between
        Two who talk, in either direction.
    sender, receiver
        One direction.
    channel
        As `Message.channel`.
    """

    def __init__(
        self,
        between: tuple[Whose, Whose] | None = None,
        sender: Whose | None = None,
        receiver: Whose | None = None,
        channel: str | None = None,
    ) -> None:
        self._between = between
        self._sender = sender
        self._receiver = receiver
        self._channel = channel

    def of(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Yield those that are asked for."""
        return (message for message in messages if self.fits(message))

    def fits(self, message: Message) -> bool:
        """Whether a message is asked for."""
        if self._channel is not None and message.channel != self._channel:
            return False
        if self._sender is not None and not _from(message, self._sender):
            return False
        if self._receiver is not None and not _to(message, self._receiver):
            return False
        if self._between is None:
            return True
        one, other = self._between
        return (_from(message, one) and _to(message, other)) or (_from(message, other) and _to(message, one))


def _from(message: Message, whose: Whose) -> bool:
    return whose.has(message.from_actor, message.seq)


def _to(message: Message, whose: Whose) -> bool:
    return whose.has(message.to_actor, message.seq if message.received is None else message.received.seq)


def two_names(between: object) -> tuple[str, str]:
    """Return the two names of ``between=``.

    Raises
    ------
    InvalidArgument
        If it is anything else.
    """
    if isinstance(between, tuple | list) and len(between) == 2 and all(isinstance(name, str) for name in between):
        return between[0], between[1]
    raise InvalidArgument(f"between={between!r} are not two names", 'give the two who talk: between=("home", "worker")')
