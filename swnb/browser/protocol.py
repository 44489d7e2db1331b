"""The DevTools protocol without I/O: ids, what is pending, what a message means."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from swnb.errors import ProtocolError, SwnbError

Message = dict[str, Any]
"""One decoded message of the protocol."""

PATIENCE_S = 60.0
"""How long an answer is waited for where nobody says how long: one that never comes must not hang its caller."""

_decode_fast = msgspec.json.Decoder(dict[str, Any]).decode
_decode = json.JSONDecoder().decode
_encode_fast = msgspec.json.Encoder().encode
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def decode_message(raw: bytes) -> Message:
    """Decode one message; a lone surrogate in it stays one."""
    try:
        message: Message = _decode_fast(raw)
    except (
        ValueError,
        RecursionError,
    ):  # what msgspec does not take: half a surrogate pair, a number beyond a float's range
        message = _decode(raw.decode("utf-8", "surrogatepass"))
    return message


def encode_message(message: Message) -> bytes:
    """Encode one message; a lone surrogate in it stays one."""
    try:
        return _encode_fast(message)
    except (ValueError, TypeError, OverflowError, RecursionError):  # what msgspec does not take, a text's subclass too
        return _encode(message).encode()


class CommandTimeout(SwnbError):  # noqa: N818  (what it is called in the field)
    """A command got no answer in time. Whoever sent it says what that means."""

    def __init__(self, method: str, timeout_s: float) -> None:
        self.method = method
        self.timeout_s = timeout_s
        super().__init__(
            f"{method}: no answer within {timeout_s:g} s", "the target may be busy; wait longer, or stop it"
        )


class Pending:
    """A command that waits for its answer; settled once, by whichever thread reads it.

    Attributes
    ----------
    answer
        The whole answer once it came.
    failure
        Why there will be none.
    on_settled
        Called once, in the thread that settles it.
    """

    __slots__ = ("answer", "done", "failure", "id", "method", "on_settled", "session_id")

    def __init__(self, id_: int, method: str, session_id: str, on_settled: Callable[[Pending], None] | None) -> None:
        self.id = id_
        self.method = method
        self.session_id = session_id
        self.answer: Message | None = None
        self.failure: SwnbError | None = None
        self.done = False
        self.on_settled = on_settled

    def settle(self, answer: Message | None = None, failure: SwnbError | None = None) -> None:
        """Give it its answer, or the reason why there is none; only the first counts."""
        if self.done:
            return
        self.answer = answer
        self.failure = failure
        self.done = True
        if self.on_settled is not None:
            self.on_settled(self)

    def result(self) -> Message:
        """Return the answer's ``result``.

        Raises
        ------
        ProtocolError
            If Chromium refused the command.
        """
        if self.failure is not None:
            raise self.failure
        assert self.answer is not None
        try:
            result: Message = self.answer["result"]
        except KeyError:
            error = self.answer.get("error") or {}
            raise ProtocolError(
                self.method, error.get("code", 0), error.get("message", "refused"), str(error.get("data", ""))
            ) from None
        return result


class Protocol:
    """Numbers commands and matches answers to them. Thread-safe without a lock: each step is one dictionary operation."""

    def __init__(self) -> None:
        self._ids = count(1)
        self.pending: dict[int, Pending] = {}

    def command(
        self, method: str, params: Message, session_id: str, on_settled: Callable[[Pending], None] | None = None
    ) -> tuple[Pending, bytes]:
        """Return a new pending command and its bytes."""
        id_ = next(self._ids)
        message: Message = {"id": id_, "method": method, "params": params}
        if session_id:
            message["sessionId"] = session_id
        payload = encode_message(message)
        pending = self.pending[id_] = Pending(id_, method, session_id, on_settled)
        return pending, payload

    def notice(self, method: str, params: Message, session_id: str) -> bytes:
        """Return the bytes of a command whose answer nobody waits for."""
        message: Message = {"id": next(self._ids), "method": method, "params": params}
        if session_id:
            message["sessionId"] = session_id
        return encode_message(message)

    def forget(self, pending: Pending) -> None:
        """Nobody waits for it any more; a late answer is dropped."""
        self.pending.pop(pending.id, None)

    def answered(self, message: Message) -> bool:
        """Settle the command that `message` answers; False if it is an event."""
        id_ = message.get("id")
        if id_ is None:
            return False
        pending = self.pending.pop(id_, None)
        if pending is not None:
            pending.settle(message)
        return True

    def fail(self, make: Callable[[Pending], SwnbError], session_id: str | None = None) -> None:
        """Settle what is pending in one session, or everywhere, with an error of its own for each."""
        for pending in list(self.pending.values()):
            if session_id is None or pending.session_id == session_id:
                self.pending.pop(pending.id, None)
                pending.settle(failure=make(pending))
