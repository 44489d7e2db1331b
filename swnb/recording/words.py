"""What an event says, and where two runs part, in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from swnb import events as e
from swnb import values
from swnb.errors import one_line
from swnb.messages.payloads import preview
from swnb.recording.canonical import Run
from swnb.recording.causality import REALM, SPLIT
from swnb.recording.difference import Difference
from swnb.recording.strands import Strand
from swnb.text import short, visible
from swnb.vocab import FrameType

WIDEST: Final = 80
"""Characters of a text within a sentence."""


def quoted(text: str) -> str:
    """Return a text of a page as it can stand in a sentence."""
    return repr(short(visible(text), WIDEST))


def _payload(event: e.MessageSent | e.MessageReceived, run: Run) -> str:
    sent = run.events[at] if isinstance(event, e.MessageReceived) and (at := run.at(event.cause)) is not None else None
    kept = sent if isinstance(sent, e.MessageSent) and not event.content else event
    return visible(preview(kept)) or "a message"


def _arguments(event: e.CallMade) -> str:
    if not event.arguments:
        return ""
    try:
        given = values.decode(json.loads(event.arguments))
        return short(visible(", ".join(map(repr, given))), WIDEST)
    except Exception:  # what an agent said may be damaged
        return "…"


def _changed(event: e.ClientChanged | e.ClientAppeared, run: Run) -> str:
    parts = [ASIDE[kind](event) for field, kind in SPLIT.items() if getattr(event, field, None) is not None]
    lifecycle = getattr(event, "lifecycle", None)
    return ", ".join([*([f"was {lifecycle}"] if lifecycle is not None else []), *parts])


def _controlled(event: e.ClientControlled, run: Run) -> str:
    return f"was controlled by `{event.worker}`"


def _sent(event: e.MessageSent, run: Run) -> str:
    return f"sent {_payload(event, run)}{f' to `{event.to}`' if event.to else f' on {visible(event.channel)}'}"


def _received(event: e.MessageReceived, run: Run) -> str:
    return f"received {_payload(event, run)}{f' from `{event.sender}`' if event.sender else ''}"


def _answered(event: e.CallAnswered, run: Run) -> str:
    if event.error_name:
        return f"had {event.function}() rejected with {visible(event.error_name)}: {quoted(event.error_message)}"
    return f"had {event.function}() answered"


ASIDE: Final[Mapping[str, Callable[[Any], str]]] = {
    "address": lambda event: f"had its address changed to {quoted(event.location)}",
    "sight": lambda event: f"became {event.visibility_state}",
    "focus": lambda event: "got the focus" if event.focused else "lost the focus",
}
"""What is told of a client in strands of their own."""

PHRASES: Final[Mapping[type[e.Event], Callable[[Any, Run], str]]] = {
    e.ClientAppeared: lambda event, run: f"appeared at {quoted(event.url)}",
    e.ClientReturned: lambda event, run: "came back from the back/forward cache",
    e.ClientGone: lambda event, run: "ended",
    e.ClientChanged: _changed,
    e.ClientControlled: _controlled,
    e.ClientReleased: lambda event, run: "was released from its controller",
    e.ControllerChange: lambda event, run: "heard controllerchange",
    e.MessagesStarted: lambda event, run: "opened its queue of messages",
    e.MessageSent: _sent,
    e.MessageReceived: _received,
    e.MessageRefused: lambda event, run: f"had a postMessage() throw {visible(event.name)}",
    e.MessageUndelivered: lambda event, run: f"had a message {event.fate} ({visible(event.why)})",
    e.PortMoved: lambda event, run: f"{'got' if event.former else 'made'} {event.port}",
    e.CallMade: lambda event, run: f"called {event.function}({_arguments(event)})",
    e.CallAnswered: _answered,
    e.FetchDispatched: lambda event, run: f"heard fetch for {quoted(event.url)}",
    e.PushReceived: lambda event, run: f"heard push{'' if event.text is None else f' with {quoted(event.text)}'}",
    e.SyncReceived: lambda event, run: f"heard {'periodicsync' if event.periodic else 'sync'} {quoted(event.tag)}",
    e.NotificationShown: lambda event, run: f"showed the notification {quoted(event.title)}",
    e.NotificationClosed: lambda event, run: f"had the notification {quoted(event.title)} closed",
    e.NotificationClicked: lambda event, run: f"heard notificationclick of {quoted(event.title)}",
    e.EventSettled: lambda event, run: f"was done with {event.type}{', which failed' if event.failed else ''}",
    e.ConsoleWritten: lambda event, run: f"wrote {quoted(event.text)} to the console ({visible(event.level)})",
    e.WorkerStateChanged: lambda event, run: f"became {event.state}",
    e.WorkerRunningChanged: lambda event, run: f"was {event.running}",
    e.WorkerFailed: lambda event, run: f"failed: {quoted(event.message)}",
    e.InteractionGranted: lambda event, run: "got window interaction",
    e.WindowOpened: lambda event, run: "was opened",
    e.WindowNavigated: lambda event, run: f"showed the document {quoted(event.url)}",
    e.WindowLoaded: lambda event, run: "fired load",
    e.WindowCrashed: lambda event, run: "crashed",
    e.WindowDialog: lambda event, run: f"showed the dialog {event.type} {quoted(event.message)}",
    e.WindowClosed: lambda event, run: "was closed",
    e.RegistrationChanged: lambda event, run: "was removed" if event.deleted else "was made",
    e.UpdateFound: lambda event, run: f"fired updatefound for `{event.worker}`",
    e.NotificationDisplayed: lambda event, run: "was displayed",
    e.NotificationInvoked: lambda event, run: f"was clicked{f' at {quoted(event.action)}' if event.action else ''}",
    e.NotificationRemoved: lambda event, run: f"went from the desktop ({event.reason})",
    e.PermissionSet: lambda event, run: f"had {event.name} {event.setting}",
    e.PermissionsReset: lambda event, run: "had all permissions reset",
}
"""What each kind of event says, as a verb in the past tense; who did it stands before it."""


def did(event: e.Event, run: Run, kind: str = "") -> str:
    """Return what somebody did, or what was done to them, in the past tense; `kind` of strand is that which is spoken of."""
    aside = ASIDE.get(kind)
    phrase = PHRASES.get(type(event))
    return one_line(event.kind if phrase is None else phrase(event, run) if aside is None else aside(event))


def who(strand: Strand, run: Run) -> str:
    """Return what people call the actor of a strand."""
    kind, owner = strand.key
    match kind:
        case "window":
            return f"the window `{visible(owner)}`"
        case "registration":
            return f"the registration of {quoted(owner)}"
        case "desktop":
            return f"the notification {quoted(owner)}"
        case "permission":
            return f"the origin {quoted(owner)}" if owner else "the lab"
    realm = run.strands.get((REALM, owner), strand)
    first = run.events[realm.ats[0]] if realm.ats else None
    actor = first.actor if first is not None and first.actor else owner
    told = "" if actor != owner or first is None else _told(first)
    return f"`{visible(actor)}`{told}" if actor else "somebody unknown"


def _told(event: e.Event) -> str:
    if not isinstance(event, e.ClientAppeared) or event.name is not None:
        return ""
    what = "frame" if event.frame_type is FrameType.NESTED else str(event.type)
    return f" (the {what} {short(visible(event.url), WIDEST)})"


def sentence(difference: Difference, runs: tuple[Run, Run]) -> str:
    """Return where two runs part, as a sentence about the second one."""
    one, other = difference.strands
    strand, run = (one, runs[0]) if one is not None else (other, runs[1])
    assert strand is not None
    name = who(strand, run)
    at, their = difference.ats
    mine = None if at is None else runs[0].events[at]
    theirs = None if their is None else runs[1].events[their]
    match difference.what:
        case "cause" if mine is not None and theirs is not None:
            return (
                f"in the second run {name} {did(theirs, runs[1], difference.kind)}, which follows from {_cause(theirs, runs[1])}; "
                f"in the first run it follows from {_cause(mine, runs[0])}"
            )
        case "names" | "numbers" | "cause" if mine is not None and theirs is not None:
            said, before = did(theirs, runs[1], difference.kind), did(mine, runs[0], difference.kind)
            detail = "" if said != before else f", with other {'numbers' if difference.what == 'numbers' else 'actors'}"
            return f"in the second run {name} {said}, where in the first run it {before}{detail}"
    return f"in the second run {_parted(difference, runs, name, mine, theirs)}"


def _parted(
    difference: Difference, runs: tuple[Run, Run], name: str, mine: e.Event | None, theirs: e.Event | None
) -> str:
    """Say how two strands go on that say different things from a position on."""
    one, other = difference.strands
    if mine is None and theirs is not None:
        return _more(difference, name, did(theirs, runs[1], difference.kind))
    if theirs is None and mine is not None:
        return _less(difference, name, did(mine, runs[0], difference.kind))
    assert one is not None and other is not None and mine is not None and theirs is not None
    comes = one.words[difference.position] in other.words[difference.position :]
    came = other.words[difference.position] in one.words[difference.position :]
    return f"{name} {_instead(did(theirs, runs[1], difference.kind), did(mine, runs[0], difference.kind), comes, came)}"


def _more(difference: Difference, name: str, said: str) -> str:
    """Say that a strand goes on where that of the first run has ended, or where it has none."""
    if difference.strands[0] is not None:
        return f"{name} {said} as well, after all that it did in the first run"
    if difference.kind != REALM:
        return f"{name} {said}, which it did not in the first run"
    return f"there was {name}, of whom the first run has nothing: it {said}"


def _less(difference: Difference, name: str, before: str) -> str:
    """Say that a strand has ended, or is not there, where that of the first run goes on."""
    if difference.strands[1] is not None:
        return f"{name} never {before}, and did nothing more"
    if difference.kind != REALM:
        return f"{name} never {before}"
    return f"there was nothing of {name}, who {before} in the first run"


def _instead(said: str, before: str, comes: bool, came: bool) -> str:
    """Say that somebody did one thing in place of another; each of the two may come later in the other run."""
    if said == before:
        return f"{said}, with other details than in the first run"
    if comes and came:
        return f"{said} before it {before}"
    if comes:
        return f"{said}, which it did not in the first run, before it {before}"
    if came:
        return f"never {before}; it {said} at once"
    return f"{said}, where in the first run it {before}"


def _cause(event: e.Event, run: Run) -> str:
    at = run.at(event.cause)
    if at is None:
        return "nothing that is known"
    cause = run.events[at]
    return f"what `{visible(cause.actor)}` did: it {did(cause, run)}" if cause.actor else f"that it {did(cause, run)}"
