"""How a condition of `wait` is looked at: what all have, events and messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from swnb.events import Event, MessageReceived, MessageSent, WorkerEvent, WorkerFailed, WorkerStateChanged
from swnb.lab.conditions import ANY, Fits, Wish
from swnb.lab.where import Where
from swnb.messages import Message, Wanted
from swnb.names import NameUnknown, Whose
from swnb.vocab import Attach, ServiceWorkerState

if TYPE_CHECKING:
    from swnb.browser.service_workers import Version
    from swnb.lab.async_lab import AsyncLab

MET: Final = Event(actor="met")
"""Stands for a state that holds, and is no event of any log."""

ON_THE_WAY = frozenset({ServiceWorkerState.PARSED, ServiceWorkerState.INSTALLING})
"""States of a worker that may still be installed."""

NOT_ACTIVE_YET = ON_THE_WAY | {ServiceWorkerState.INSTALLED, ServiceWorkerState.ACTIVATING}

CAN_BECOME = {
    "installed": ON_THE_WAY,
    "activating": NOT_ACTIVE_YET,
    "activated": NOT_ACTIVE_YET,
    "active": NOT_ACTIVE_YET,
}
"""Of the conditions that a failed install ends: the states from which a worker can still come to them."""

REFUSAL = re.compile(r"\AFailed to register a ServiceWorker for scope \(.*?\) with script \(.*?\): ")
"""What the browser begins the reason with."""


def versions_of(lab: AsyncLab, wish: Wish, *, every: bool = False) -> list[Version]:
    """Return the workers of the scope that is meant: by default of the registration that the lab registered last.

    Those of a registration that was unregistered count only where it is all there is.
    """
    scope = wish.scope if wish.scope is not None or every else lab.scope
    found = [r for r in lab.browser.service_workers.all() if scope is None or r.scope == scope]
    found = [r for r in found if not r.deleted] or found
    return [version for registration in found for version in registration.versions.values()]


class Look:
    """One condition that is looked at.

    Attributes
    ----------
    polls
        Whether it may come to hold without an event of the log.
    missing
        What is missing, in words, since the last look.
    """

    polls = False

    def __init__(self, lab: AsyncLab, wish: Wish) -> None:
        self._lab = lab
        self._wish = wish
        self._failed: WorkerStateChanged | None = None
        self._reasons: dict[str, list[str]] = {}
        self.missing = ""

    async def met(self, events: Sequence[Event]) -> Event | Message | None:
        """Return what came, or `MET` for a state that holds; None as long as it does not.

        Parameters
        ----------
        events
            Those since the last call, or since the mark.
        """
        raise NotImplementedError

    def wakes(self, event: Event) -> bool:
        """Tell whether it is worth a look that this came."""
        raise NotImplementedError

    def hopeless(self) -> str:
        """Return why it cannot come any more, ``""`` as long as it can."""
        return ""

    def note_failures(self, events: Sequence[Event]) -> None:
        """Remember a worker that became redundant before it was installed, and what was reported of it."""
        for event in events:
            if isinstance(event, WorkerFailed):
                self._reasons.setdefault(event.actor, []).append(REFUSAL.sub("", event.message))
            elif (
                isinstance(event, WorkerStateChanged)
                and event.state is ServiceWorkerState.REDUNDANT
                and event.former in ON_THE_WAY
                and self._wish.fits(event)
            ):
                self._failed = event

    def failed_install(self, scope: str | None) -> str:
        """Return in words that the worker's install failed, where no other one is on its way; else ``""``."""
        failed, can_become = self._failed, CAN_BECOME.get(self._wish.words[0])
        if failed is None or can_become is None or scope not in (None, failed.scope):
            return ""
        failure = self._lab.browser.service_workers.versions[failed.version_id]
        for version in versions_of(self._lab, self._wish, every=scope is None):
            may_follow = version.registration_id == failure.registration_id or int(version.id) > int(failure.id)
            if may_follow and version.state in can_become:
                return ""
        reasons = "; ".join(self._reasons.get(failed.actor) or [failure.error or "no reason was given"])
        return f"{failed.script_url} is redundant, its install failed: {reasons}"


class EventLook(Look):
    """An event of one kind."""

    def __init__(self, lab: AsyncLab, wish: Wish, matches: Fits) -> None:
        super().__init__(lab, wish)
        self._matches = matches

    def wakes(self, event: Event) -> bool:
        """Tell whether it is what is waited for, or may be the end of it."""
        return isinstance(event, WorkerEvent) or self._matches(event)

    async def met(self, events: Sequence[Event]) -> Event | None:
        """Return the first event that fits."""
        self.note_failures(events)
        return next((event for event in events if self._matches(event) and self._wish.fits(event)), None)

    def hopeless(self) -> str:
        """Say so where an install failed that had to come first."""
        return self.failed_install(self._wish.scope)


class MessageLook(Look):
    """A message that arrived."""

    def __init__(self, lab: AsyncLab, wish: Wish, where: Where | Callable[[Message], object] | None) -> None:
        super().__init__(lab, wish)
        self._where = where
        _, self._sender, self._receiver = wish.words
        for name in (self._sender, self._receiver):
            if name != ANY and not _may_come(name):
                lab.log.names.whose(name)  # says so if there is nobody
        self._others = 0

    def wakes(self, event: Event) -> bool:
        """Tell whether a message arrived."""
        return isinstance(event, MessageReceived)

    async def met(self, events: Sequence[Event]) -> Message | None:
        """Return the first message that fits."""
        for event in events:
            if isinstance(event, MessageReceived):
                message = message_of(self._lab, event)
                if self._between(message) and self._holds(message):
                    return message
        told = f"from {_called(self._sender)} to {_called(self._receiver)}"
        self.missing = f"no message {told} arrived"
        if self._lab.settings.attach is Attach.DETACHED:
            self.missing += " (in `detached` nobody hears what a service worker sends and gets)"
        if self._others:
            trouble = self._where.trouble if isinstance(self._where, Where) else ""
            noun = "message" if self._others == 1 else "messages"
            self.missing = f"{self._others:,} {noun} {told} came and did not fit{f' ({trouble})' if trouble else ''}"
        return None

    def _between(self, message: Message) -> bool:
        try:
            return Wanted(sender=self._whose(self._sender), receiver=self._whose(self._receiver)).fits(message)
        except NameUnknown:
            return False

    def _whose(self, name: str) -> Whose | None:
        return None if name == ANY else self._lab.log.names.whose(name)

    def _holds(self, message: Message) -> bool:
        if self._where is None:
            return True
        holds = bool(self._where(message))
        self._others += not holds
        return holds


def _may_come(name: str) -> bool:
    """Tell whether a name is a label, which somebody may be given later."""
    return name == "worker" or (name[:1] in ("c", "w") and name[1:].isascii() and name[1:].isdigit())


def _called(name: str) -> str:
    return "anybody" if name == ANY else name


def message_of(lab: AsyncLab, event: MessageReceived) -> Message:
    """Return the message that arrived with an event."""
    sent = None if event.cause is None else lab.log[event.cause]
    return Message(lab.log.names, sent if isinstance(sent, MessageSent) else None, event, None)
