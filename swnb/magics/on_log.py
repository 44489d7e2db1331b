"""Verbs of what was heard: messages, events, the console, and what is true now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.log import Mark
from swnb.magics.arguments import Argument, Completes, is_number, positive
from swnb.magics.call import Call
from swnb.magics.living import LANGUAGE, LIVE, asked_live, live
from swnb.magics.near import near
from swnb.magics.verbs import verb
from swnb.text import short

if TYPE_CHECKING:
    from swnb.events import ConsoleWritten
    from swnb.lab.lab import Lab
    from swnb.log import Events
    from swnb.messages import Messages
    from swnb.views.listing import Listing
    from swnb.views.live.view import View
    from swnb.world import World

GROUP = "What was heard"

LAST = Argument("--last", "only the last N of them", "N", convert=positive)
SINCE = Argument(
    "--since",
    "from there on: a Python variable that holds a mark, a number as in the column seq, or `acting` for the last acting verb",
    "MARK",
    completes=Completes.VARIABLE,
)
ACTOR = Argument("--actor", "only of this one: a window's name, c2, w1, worker", "NAME", completes=Completes.ACTOR)


def _lab(call: Call) -> Lab:
    """Return the lab; what it heard can be read when its browser is gone, too."""
    lab = call.labs.get(call.arguments.text("lab"))
    if lab is not None and lab.alive:
        lab.settle()  # what the pages did by now is shown
    return call.lab if lab is None else lab


def since(call: Call) -> Mark:
    """Return the place in the log that ``--since`` means; the beginning where it is not given.

    Raises
    ------
    InvalidArgument
        If it means none.
    """
    from swnb.events import Event

    text = call.arguments.text("since")
    if text is None:
        return Mark(0)
    if is_number(text):
        return Mark(int(text))
    if text == "acting":
        return _lab(call).log.acting
    value = call.variables.get(text)
    if isinstance(value, Mark):
        return value
    if isinstance(value, Event) and value.seq >= 0:
        return Mark(value.seq)
    marks = [name for name, known in call.variables.items() if isinstance(known, Mark)]
    meant = near(text, [*marks, "acting"])
    hint = f"did you mean {meant}? " if meant else ""
    raise InvalidArgument(
        f"--since: {short(text, 40)!r} is no mark", f"{hint}make one: mark = lab.mark(); or give a number, or `acting`"
    )


@verb(
    "messages",
    "Messages that were sent, what became of each, and what they carried.",
    Argument("--between", "only of these two, in either direction", "A B", count=2, completes=Completes.ACTOR),
    Argument("--from", "only of this sender", "NAME", completes=Completes.ACTOR),
    Argument("--to", "only to this receiver", "NAME", completes=Completes.ACTOR),
    Argument("--channel", "only on this channel, as the column says", "CHANNEL", completes=Completes.CHANNEL),
    Argument("--where", "only those for which this holds: 'data.n > 3 and size < 100'", "EXPRESSION"),
    LAST,
    SINCE,
    group=GROUP,
    example="%sw messages --between home worker --last 20",
)
def messages(call: Call) -> Messages:
    """List messages."""
    from swnb.lab.where import Where
    from swnb.messages import Messages

    given = call.arguments
    where = given.text("where")
    holds = None if where is None else Where(where)
    between = given.many("between")
    found = _lab(call).log.messages(
        between=(between[0], between[1]) if between else None,
        sender=given.text("from"),
        receiver=given.text("to"),
        channel=given.text("channel"),
        since=since(call),
    )
    if holds is not None:
        found = Messages(message for message in found if holds(message))
    return found[-_last(call) :]


def _last(call: Call) -> int:
    """Return how many are asked for; 0 is all, as `list[-0:]` has it."""
    return int(call.arguments.number("last") or 0)


@verb(
    "events",
    "Everything that was observed, in order.",
    Argument(
        "--kind", "only of this kind or family: message.sent, client", "KIND", repeat=True, completes=Completes.KIND
    ),
    ACTOR,
    LAST,
    SINCE,
    group=GROUP,
    example="%sw events --kind worker --last 20",
)
def events(call: Call) -> Events:
    """List events."""
    given = call.arguments
    log = _lab(call).log
    return log.events(given.many("kind") or None, actor=given.text("actor"), since=since(call))[-_last(call) :]


@verb("world", "What is true now: clients, workers, registrations, channels.", group=GROUP, example="%sw world")
def world(call: Call) -> World:
    """Tell what is true."""
    return _lab(call).world


@verb(
    "console",
    "What pages and workers wrote to the console, and errors that nobody caught. With --live as they come.",
    ACTOR,
    LAST,
    SINCE,
    LIVE,
    LANGUAGE,
    group=GROUP,
    example="%sw console --last 20",
)
def console(call: Call) -> Listing[ConsoleWritten] | View:
    """List what was written."""
    if asked_live(call):
        return live(call, "console")
    from swnb.events import ConsoleWritten
    from swnb.text import moment, mono_moment, time_of_day
    from swnb.views.listing import Listing

    log = _lab(call).log
    found = log.events(ConsoleWritten, actor=call.arguments.text("actor"), since=since(call))[-_last(call) :]
    rows: list[tuple[ConsoleWritten, list[str]]] = []
    for event in found:
        if isinstance(event, ConsoleWritten):
            when = time_of_day(moment(event.t_browser_ms) or mono_moment(event.t_mono_ns))
            place = f"{event.url}:{event.line}:{event.column}" if event.url else ""
            rows.append((event, [when, log.names.shown(event.actor), event.level, event.text, place]))
    return Listing.of("lines on the console", ("time", "who", "level", "text", "where"), rows)
