"""One target, and which kinds of targets are attached to, from where."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from swnb.browser.protocol import Message
from swnb.browser.session import Session
from swnb.vocab import TargetId

OF_THE_BROWSER: list[Message] = [
    {"type": "browser", "exclude": True},
    {"type": "browser_ui", "exclude": True},  # the address bar's own pop-ups
    {"type": "tab", "exclude": True},
]
"""What the browser's own auto-attach leaves out; all else it brings: windows, shared and service workers."""

OF_A_CONTEXT: list[Message] = [{"type": "worker"}, {"type": "iframe"}, {"type": "worklet"}]
"""What the auto-attach of a window, a frame or a dedicated worker brings: what the browser's own does not.

Each kind is in one of the two filters only; in both, every target would be reported twice.
"""

NESTING = frozenset({"page", "iframe", "worker"})
"""Types that can have such contexts in them. Shared and service workers cannot: Chromium has no ``Worker`` there."""


def browser_filter(*, attach_workers: bool) -> list[Message]:
    """Return the filter of the browser's own auto-attach, with or without the service workers."""
    service_workers: list[Message] = [] if attach_workers else [{"type": "service_worker", "exclude": True}]
    return [*OF_THE_BROWSER, *service_workers, {}]


def auto_attach(which: list[Message]) -> Message:
    """Return the parameters of ``Target.setAutoAttach`` that hold each new target before its first line."""
    return {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": which}


NO_AUTO_ATTACH: Message = {"autoAttach": False, "waitForDebuggerOnStart": False, "flatten": True}
"""Parameters that take it back; what came by it is detached, and let go where it is held."""


class Target(msgspec.Struct, eq=False):
    """One target and the session that an auto-attach made for it.

    Attributes
    ----------
    type
        The protocol's own word: ``page``, ``iframe`` (a frame with a process of its own), ``worker`` (a dedicated one),
        ``worklet`` (with a thread of its own), ``shared_worker``, ``service_worker``, …
    url
        As the browser last told it: of a window where it began, of a frame ``""`` while its first document is held, and of a
        worklet its document's.
    opener_id
        Target that opened this window by script, if any.
    parent
        The window, frame or worker that it is in; None for windows, shared and service workers.
    children
        What is in it, oldest first, as far as it has targets of its own.
    visiting
        Whether it is attached for a moment only, with `Targets.attach`: it is not held, and ran before.
    sent_on
        Whether nothing can run in its first, empty document: it is on its way to another one, and no page has opened it.
    """

    id: TargetId
    type: str
    url: str
    session: Session
    opener_id: TargetId | None = None
    parent: Target | None = None
    children: list[Target] = msgspec.field(default_factory=list)
    visiting: bool = False
    sent_on: bool = False

    @property
    def root(self) -> Target:
        """The outermost target that it is in: a window, or itself."""
        target = self
        while target.parent is not None:
            target = target.parent
        return target

    def family(self) -> Iterator[Target]:
        """Go through all that is in it, innermost first, and itself last."""
        for child in tuple(self.children):
            yield from child.family()
        yield self
