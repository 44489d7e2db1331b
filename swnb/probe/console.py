"""What contexts write to the console, and errors that nobody caught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from swnb.browser.protocol import Message
from swnb.browser.targets import Target
from swnb.events import ConsoleWritten, Event
from swnb.probe.lives import Lives
from swnb.vocab import AGENT_URL

LONGEST = 10_000
"""Of what one line keeps, in characters."""


class Console:
    """Makes events of the protocol's console events."""

    def __init__(self, lives: Lives, emit: Callable[[Event], Event]) -> None:
        self._lives = lives
        self._emit = emit

    def written(self, target: Target, params: Message) -> None:
        """``Runtime.consoleAPICalled``."""
        text = " ".join(_text(argument) for argument in params.get("args", ()))
        place = _place(params.get("stackTrace"), {})
        self._write(target, params.get("executionContextId", 0), str(params["type"]), text, place, params)

    def thrown(self, target: Target, params: Message) -> None:
        """``Runtime.exceptionThrown``."""
        details = params["exceptionDetails"]
        remote = details.get("exception") or {}
        text = str(remote.get("description") or details.get("text", ""))
        if not remote.get("description") and remote:
            text = f"{details.get('text', '')} {_text(remote)}"
        place = _place(details.get("stackTrace"), details)
        self._write(target, details.get("executionContextId", 0), "exception", text, place, params)

    def entry(self, target: Target, params: Message) -> None:
        """``Log.entryAdded``: what the browser itself wrote. What a page's workers wrote is heard in them."""
        entry = params["entry"]
        if entry.get("source") == "worker":
            return
        place = {"url": entry.get("url", ""), "lineNumber": entry.get("lineNumber", -1)}
        self._write(target, 0, str(entry["level"]), str(entry["text"]), place, entry)

    def _write(self, target: Target, context_id: int, level: str, text: str, place: Message, clock: Message) -> None:
        if context_id and target.type in ("page", "iframe") and self._lives.find(target, context_id) is None:
            return  # a paint worklet, which is a target of its own as well
        self._emit(
            ConsoleWritten(
                actor=self._lives.actor_of(target, context_id),
                t_browser_ms=clock.get("timestamp"),
                level="warn" if level == "warning" else level,
                text=text[:LONGEST],
                url=str(place.get("url", "")),
                line=int(place.get("lineNumber", -1)) + 1,
                column=int(place.get("columnNumber", -1)) + 1,
            )
        )


def _place(stack: Message | None, otherwise: Message) -> Message:
    """Return the innermost frame that is not of swnb's agent."""
    frames = (stack or {}).get("callFrames") or [otherwise]
    return next((frame for frame in frames if frame.get("url") != AGENT_URL), {})


def _text(remote: Any) -> str:
    """Return one argument as the console shows it."""
    if "value" in remote and remote.get("type") != "object":
        return str(remote["value"]) if not isinstance(remote["value"], bool) else str(remote["value"]).lower()
    return str(
        remote.get("unserializableValue") or remote.get("description") or remote.get("value") or remote.get("type")
    )
