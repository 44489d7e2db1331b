"""When two runs are the same: the relation, and which event is bound by what.

**Definition.** A run is a set of *steps* (the events of its log, the commands of its notebook). Each step stands in one *strand*:
a sequence whose order counts. A realm (a window's document, a frame, a worker) is a strand; what others tell of it (the browser's
bookkeeping, the console, conclusions) stands in strands beside it, which order nobody but themselves; so do the notebook's
commands. A step may have a *cause*, another step. *Happened-before* (Lamport 1978) is the smallest transitive relation in which a
step comes before the next one of its strand, and a cause before what follows from it.

Two runs are *equal* when there is a one-to-one map of their actors, and of their steps, that keeps what each step says (browser
ids, clocks, durations and numbers of the log apart), whose it is, and happened-before as it is generated: the order in each strand,
and each cause. This is the equivalence of traces (Mazurkiewicz 1977) whose dependence is "in one strand, or cause and effect":
two logs are equal if and only if one becomes the other by exchanging neighbours that do not depend on each other, again and again,
up to names. Identical neighbours in one strand are interchangeable, with all that follows from them.

**What has to be computed.** For a fixed map of actors: the runs are equal if and only if corresponding strands are equal as
sequences of what the steps say, and each step has its cause at the same place (strand, position) as its counterpart.

*If*: send the n-th step of each strand to the n-th step of its counterpart. This keeps words, strands, the order in each, and
causes: all that generates happened-before. *Only if*: a map that keeps strands and their order sends the n-th step of a strand to
the n-th step of its counterpart (there is one order-preserving bijection between two finite sequences, and only where they are
equally long), so words agree place by place, and causes, being kept, agree as places. Any two logs of one such structure are linear
extensions of one partial order, and those are connected by exchanges of independent neighbours. ∎

So no general isomorphism of graphs is needed, and the work is linear: each strand is compared with its counterpart, once. What
remains is the map of actors: `swnb.recording.naming`. Identical neighbours: `swnb.recording.same`.

**Where the order of a strand is from.** The log has what a realm says in the realm's order, but for one case: a message is written
once it is known what arrived, or through which port it went, and that may be later than what its realm did next (the arrival of a
broadcast always). Of such an event the log says where it was heard among the rest (`swnb.log.Log.late`), and it is put back there.
No clock is used, and none is ever compared.

`RULES` says for each kind of event where it stands and what of it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from swnb import events as e
from swnb.vocab import ControlReason, Heard

REALM: Final = "realm"
"""What a realm told of itself, in its own order."""

NOTEBOOK: Final = "notebook"
"""The commands."""

QUIET: Final = frozenset(("running", "sight", "focus", "window", "address"))
"""Strands that explain little: another divergence is named before one of these."""

GLOBAL: Final = frozenset(("window", "registration", "desktop", "permission"))
"""Strands that belong to no actor; they are told apart by a text."""


class Trace(Protocol):
    """A run to compare: its events in the log's order, and its commands.

    A command has `name`, `arguments` (values by names), `outcome` (a value or an error), `begin_seq` and `end_seq`. A run may have
    `late`, as `swnb.log.Log.late`; without it each message stands where it was heard.
    """

    @property
    def events(self) -> Sequence[e.Event]:
        """All events."""
        ...

    @property
    def commands(self) -> Sequence[Any]:
        """All commands, in the order in which they began."""
        ...


class Rule(NamedTuple):
    """Where a kind of event stands, and what of it counts. Fields that are not named here are never compared.

    Attributes
    ----------
    strand
        Kind of strand; None for what is not compared at all.
    fields
        Compared by value. Ids of clients inside texts and payloads are compared by whose they are.
    actors
        Compared by whom they name.
    ids
        `Client.id`, compared by whose it is; an id that nobody is known to have is like any other such.
    text
        For a strand of no actor: the field that tells which.
    follows
        Whether its cause counts; not where it is known or not as hearing has it.
    why
        Of what is left out, in words.
    """

    strand: str | None
    fields: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    text: str = ""
    follows: bool = True
    why: str = ""


PAYLOAD = ("via", "content", "size")

RULES: Final[Mapping[type[e.Event], Rule]] = {
    # ---- what realms told of themselves
    e.ClientAppeared: Rule(
        REALM,
        ("url", "type", "frame_type", "origin", "name", "ancestor_origins", "visibility_state", "focused"),
        ("client", "former", "owner"),
        why="ids of targets and frames are the browser's; see `SPLIT` for visibility and focus",
    ),
    e.ClientReturned: Rule(REALM, (), ("client",)),
    e.ClientChanged: Rule(
        REALM,
        ("lifecycle", "location", "visibility_state", "focused"),
        ("client",),
        why="only the lifecycle is the realm's: visibility, focus and address stand in strands of their own",
    ),
    e.ClientControlled: Rule(
        REALM, ("reason",), ("client", "worker", "former"), why="in the strand control, unless the realm saw it"
    ),
    e.ControllerChange: Rule(
        REALM, ("script_url",), ("client",), why="the worker's state is the worker's: a page reads it at any moment"
    ),
    e.MessagesStarted: Rule(REALM, (), ("client",)),
    e.MessageSent: Rule(
        REALM,
        (*PAYLOAD, "digest", "channel", "ports"),
        why="where it went is told by who got it; one that was concluded by its arrival; `late` says where it stands",
    ),
    e.MessageReceived: Rule(
        REALM,
        (*PAYLOAD, "channel", "listeners", "failed"),
        ("sender",),
        why="how sure the pair is, is no fact of the run; where it happened says where it stands",
    ),
    e.MessageRefused: Rule(REALM, ("via", "name", "message")),
    e.PortMoved: Rule(
        REALM, ("port",), ("former",), why="ports are called by who made them; arrivals stand in `ports`"
    ),
    e.CallMade: Rule(REALM, ("function", "arguments"), (), ("on_client",)),
    e.CallAnswered: Rule(
        REALM, ("function", "result", "error_name", "error_message"), why="how long it took is a duration"
    ),
    e.FetchDispatched: Rule(
        REALM,
        ("url", "method", "mode", "destination"),
        (),
        ("client_id", "resulting_client_id", "replaces_client_id"),
    ),
    e.PushReceived: Rule(REALM, ("text",)),
    e.SyncReceived: Rule(REALM, ("tag", "periodic", "last_chance")),
    e.NotificationShown: Rule(REALM, ("title", "tag", "options", "origin", "persistent")),
    e.NotificationClosed: Rule(REALM, ("title", "tag", "by_user")),
    e.NotificationClicked: Rule(REALM, ("title", "tag", "action", "reply")),
    e.EventSettled: Rule(REALM, ("type", "failed")),
    # ---- what others tell of an actor, or what no clock places in it: each orders itself alone
    e.ClientGone: Rule(
        "end", (), ("client",), why="it is the last of its realm; what arrived just before may be written after it"
    ),
    e.PortMoved: Rule(
        "ports", ("port",), ("former",), why="ports are called by who had them first, and as which of theirs"
    ),
    e.ConsoleWritten: Rule("console", ("level", "text", "url", "line", "column")),
    e.ClientReleased: Rule("control", (), ("client", "worker")),
    e.MessageUndelivered: Rule(
        "fates",
        ("fate",),
        why="the last fate of what never arrived; `waiting` says when swnb asked, and `why` is words",
    ),
    e.WorkerStateChanged: Rule(
        "state",
        ("state", "former"),
        why="script and scope are what the worker is known by; version ids are the browser's",
    ),
    e.WorkerRunningChanged: Rule("running", ("running", "reason"), why="the epoch only counts"),
    e.WorkerFailed: Rule("faults", ("message", "url", "line", "column")),
    e.InteractionGranted: Rule("interaction"),
    # ---- what belongs to no actor
    e.WindowOpened: Rule("window", text="name"),
    e.WindowNavigated: Rule(
        "window", ("url",), text="name", why="the empty document that a window begins with is seen or not"
    ),
    e.WindowLoaded: Rule("window", text="name", why="once for each document that is seen"),
    e.WindowCrashed: Rule("window", text="name"),
    e.WindowDialog: Rule("window", ("type", "message"), text="name"),
    e.WindowClosed: Rule("window", text="name"),
    e.RegistrationChanged: Rule("registration", ("deleted",), text="scope"),
    e.UpdateFound: Rule("registration", (), ("worker",), text="scope"),
    e.NotificationDisplayed: Rule(
        "desktop",
        ("body", "origin", "actions", "replaces"),
        text="title",
        follows=False,
        why="its number only counts; the script may be heard after the desktop",
    ),
    e.NotificationInvoked: Rule("desktop", ("action", "reply"), text="title"),
    e.NotificationRemoved: Rule("desktop", ("reason",), text="title"),
    e.PermissionSet: Rule("permission", ("name", "setting"), text="origin"),
    e.PermissionsReset: Rule("permission"),
    # ---- not of the run
    e.ClientIdentified: Rule(None, why="what swnb found out, and when; it tells whose an id is"),
    e.WorkerVisited: Rule(None, why="what swnb did for a verb: the command says it"),
    e.Surprise: Rule(None, why="about swnb; a run with lost facts may be found not to be comparable"),
}
"""The table of all kinds of event."""

SPLIT: Final[Mapping[str, str]] = {"location": "address", "visibility_state": "sight", "focused": "focus"}
"""Fields of a client that stand in strands of their own: the browser's processes tell of them when they come to it.

A document begins hidden and without the focus. What it finds at its first line is a change where it is other than that: one that
looks a moment later finds what another one is told then. A focus goes back and forth while documents change: that a client got
it, and whether it has it in the end, is all that counts.
"""

TOLD = frozenset((ControlReason.LOAD, ControlReason.CLAIM))
"""Controls that the realm itself saw begin."""


def strand_of(event: e.Event, rule: Rule) -> str:
    """Return the kind of strand of one event: what was concluded, or told by others, is not in its realm's."""
    if rule.strand != REALM:
        return rule.strand or ""
    if isinstance(event, e.ClientControlled):
        return REALM if event.reason in TOLD and event.heard is Heard.HEARD else "control"
    if isinstance(event, e.EventSettled) and event.t_browser_ms is None:
        return "settled"
    return REALM if event.heard is Heard.HEARD else "concluded"


BESIDE_CAUSE: Final = frozenset(("ports", "fates"))
"""Strands whose order is that of the causes: their events are written when they become known."""

Whose = Callable[[str], str]
"""Gives the actor that an id is of, ``""`` for nobody."""
