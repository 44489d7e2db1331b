"""Reads a log into strands, once through, as `causality.RULES` says."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from swnb import events as e
from swnb.recording.causality import BESIDE_CAUSE, REALM, RULES, SPLIT
from swnb.recording.ignoring import MARK, Ignoring
from swnb.recording.plain import Step, step_of
from swnb.recording.realms import Realms
from swnb.recording.said import Said
from swnb.recording.strands import Key, Strand, places
from swnb.recording.texts import COLON, Texts
from swnb.vocab import VisibilityState

EMPTY: Final = ("", "about:blank")
"""Addresses of the document that a window begins with."""


class Run:
    """A log as strands.

    Parameters
    ----------
    events
        In the log's order.
    ignoring
        What is left out.
    late
        Where messages stand that were written late; see `swnb.log.Log.late`.

    Attributes
    ----------
    strands
        By their keys.
    realms
        Who there is.
    current
        The realm that each actor was last.
    places
        For each event of the log its position in its strand, -1 for what is not compared.
    home
        For each event of the log the number of its strand, in the order of `strands`; -1 for none.
    left
        How many events are never compared, by kind.
    simple
        Whether payloads without ``-4`` and ``:`` are compared as they are.
    """

    def __init__(
        self, events: Sequence[e.Event], ignoring: Ignoring, late: Mapping[int, tuple[int, int]] | None = None
    ) -> None:
        self.events = list(events)
        self.late: Mapping[int, tuple[int, int]] = late or {}
        self.ignoring = ignoring
        self.texts = Texts(self.events)
        self.realms = Realms(self.texts)
        self.strands: dict[Key, Strand] = {}
        self.current: dict[str, Strand] = {}
        self.left: Counter[str] = Counter()
        self.simple = self.texts.quick and not ignoring.loosens
        self._index = places(self.events)
        self._said = Said(self)
        self._loading: dict[str, bool] = {}
        self._shown: set[str] = set()
        self._read()
        self._settle()

    # ---- the whole ----------------------------------------------------------------------------------------------

    def _read(self) -> None:
        steps = self._steps()
        other = self._unknown
        for at, event in enumerate(self.events):
            steps.get(type(event), other)(at, event)
        self._said.tell_fates()

    def _steps(self) -> dict[type[e.Event], Step]:
        """Return what reads each kind of event."""
        said, ignoring = self._said, self.ignoring
        own: dict[type[e.Event], Step] = {
            e.MessageSent: said.sent,
            e.MessageReceived: said.received,
            e.MessageRefused: said.refused,
            e.MessageUndelivered: said.undelivered,
            e.PortMoved: said.moved,
            e.ClientAppeared: self._appeared,
            e.ClientChanged: self._changed,
            e.WindowNavigated: self._navigated,
            e.WindowLoaded: self._loaded,
        }
        self._plain = {kind: step_of(self, kind, rule) for kind, rule in RULES.items() if rule.strand is not None}
        steps = {kind: own.get(kind) or self._plain.get(kind, self._unknown) for kind in RULES}
        for kind, fields in ignoring.fields.items():
            steps[kind] = self._without(steps[kind], fields)
        for kind in ignoring.matches:
            steps[kind] = self._unless(steps[kind])
        for kind in ignoring.kinds:
            steps[kind] = self._ignored
        return steps

    def _settle(self) -> None:
        """Put each strand into its order, and give each event its position."""
        count = len(self.events)
        self.places, self.home = array("q", [-1]) * count, array("q", [-1]) * count
        # what stands in several strands has its place in its realm
        ordered = sorted(filter(len, self.strands.values()), key=lambda strand: strand.key[0] == REALM)
        self.strands = {strand.key: strand for strand in ordered}
        for number, strand in enumerate(ordered):
            if strand.key[0] == SPLIT["focused"]:
                self._calm(strand)
            strand.put_back(self.events, self.late)
            self._place(strand, number)
        for number, strand in enumerate(ordered):
            if strand.key[0] in BESIDE_CAUSE:
                after = dict(zip(strand.cause_ats, strand.causes, strict=True))
                rank = [self.places[after[at]] if at in after else -1 for at in strand.ats]
                strand.arrange(sorted(range(len(rank)), key=rank.__getitem__))
                self._place(strand, number)

    def _calm(self, strand: Strand) -> None:
        """Leave out the back and forth of a focus: what counts is that a client got it, and whether it has it in the end."""
        had = [bool(getattr(self.events[at], "focused", False)) for at in strand.ats]
        ends = [len(had) - 1] if had and not had[-1] else []
        kept = [had.index(True), *ends] if any(had) else ends
        self.left["focus, back and forth"] += len(had) - len(kept)
        strand.arrange(kept)

    def _place(self, strand: Strand, number: int) -> None:
        places, home = self.places, self.home
        for position, at in enumerate(strand.ats):
            places[at] = position
            home[at] = number

    def at(self, seq: int | None) -> int | None:
        """Return the place in the log of the event with a number; None for none that is here."""
        if self._index is not None:
            return None if seq is None else self._index.get(seq)
        return seq if seq is not None and 0 <= seq < len(self.events) else None

    # ---- strands ------------------------------------------------------------------------------------------------

    def strand(self, kind: str, owner: str) -> Strand:
        """Return a strand; it begins where it is not there yet."""
        key = (kind, owner)
        found = self.strands.get(key)
        if found is None:
            found = self.strands[key] = Strand(key)
        return found

    def realm(self, actor: str) -> Strand:
        """Return the realm that an actor is now."""
        found = self.current.get(actor)
        if found is None:
            found = self.current[actor] = self.strand(REALM, actor)
            self.realms.seen(actor)
        return found

    def beside(self, event: e.Event, kind: str) -> Strand:
        """Return a strand of the actor of an event: its realm, or one beside it."""
        if isinstance(event, e.ClientEvent):
            realm = self.realm(event.client)
            if kind == REALM:
                self.current[event.actor or event.client] = realm
        else:
            if isinstance(event, e.WorkerEvent):
                self.realms.worker(event)
            realm = self.realm(event.actor)
        return realm if kind == REALM else self.strand(kind, realm.key[1])

    # ---- values -------------------------------------------------------------------------------------------------

    def content(self, strand: Strand, at: int, content: bytes) -> bytes:
        """Return a payload as it is compared."""
        if self.simple and content.find(b"-4") < 0 and COLON not in content:
            return content
        if self.ignoring.loosens:
            numbers: list[float] = []
            content = self.ignoring.content(content, numbers)
            strand.number_ats.extend([at] * len(numbers))
            strand.numbers.extend(numbers)
        found: list[str] = []
        content = self.texts.clean_bytes(content, found)
        for owner in found:
            strand.means(at, owner)
        return content

    def value(self, strand: Strand, at: int, value: object) -> object:
        """Return the value of a field as it is compared."""
        if type(value) is str:
            found: list[str] = []
            text = self.texts.clean(self.ignoring.text(value) if self.ignoring.masks else value, found)
            for owner in found:
                strand.means(at, owner)
            return text
        if type(value) is bytes and value:
            return self.content(strand, at, value)
        if type(value) is tuple:
            return tuple(self.value(strand, at, item) for item in value)
        return value

    def global_strand(self, kind: str, text: str) -> Strand:
        """Return a strand that belongs to no actor."""
        return self.strand(kind, self.texts.clean(self.ignoring.text(text), []))

    # ---- events -------------------------------------------------------------------------------------------------

    def _appeared(self, at: int, event: e.ClientAppeared) -> None:
        actor = event.actor or event.client
        key = (REALM, event.client)
        strand = self.strands.get(key)
        if strand is None:
            strand = self.strands[key] = Strand(key, self.current.get(actor))
        self.current[actor] = self.current[event.client] = strand
        self.realms.appeared(event)
        self._plain[e.ClientAppeared](at, event)
        self._aside(at, event, ("visibility_state", "focused"))

    def _aside(self, at: int, event: e.ClientEvent, fields: Iterable[str]) -> None:
        """Add what the browser's processes tell of a client.

        A document begins hidden and without the focus; it may have become visible, or got the focus, before it looks first.
        """
        for field in fields:
            value = getattr(event, field)
            beginning = type(event) is e.ClientAppeared and (not value or value == VisibilityState.HIDDEN)
            if value is not None and not beginning:
                strand = self.beside(event, SPLIT[field])
                strand.add(at, hash((field, self.value(strand, at, value))))

    def _changed(self, at: int, event: e.ClientChanged) -> None:
        self._aside(at, event, SPLIT)
        if event.lifecycle is not None:
            self._plain[e.ClientChanged](at, event)

    def _navigated(self, at: int, event: e.WindowNavigated) -> None:
        """Add that a window shows a document; the empty one that a pop-up begins with is seen or not, as it happens."""
        if event.url in EMPTY and event.target_id not in self._shown:
            self._loading[event.target_id] = False
            self._unknown(at, event)
        else:
            self._loading[event.target_id] = True
            self._shown.add(event.target_id)
            self._plain[e.WindowNavigated](at, event)

    def _loaded(self, at: int, event: e.WindowLoaded) -> None:
        if self._loading.get(event.target_id, True):
            self._loading[event.target_id] = False
            self._plain[e.WindowLoaded](at, event)
        else:
            self._unknown(at, event)

    # ---- what is left out ---------------------------------------------------------------------------------------

    def _unknown(self, at: int, event: e.Event) -> None:
        self.left[event.kind] += 1

    def _ignored(self, at: int, event: e.Event) -> None:
        self.ignoring.counts[self.ignoring.kinds[type(event)]] += 1

    def _unless(self, step: Step) -> Step:
        """Return a step for those events alone that are not left out for what stands in them."""

        def some(at: int, event: e.Event) -> None:
            if not self.ignoring.leaves_out(event):
                step(at, event)

        return some

    def _without(self, step: Step, fields: dict[str, str]) -> Step:
        """Return a step for events without some fields."""
        nothing = {field: MARK.encode() if field == "content" else None for field in fields}

        def some(at: int, event: e.Event) -> None:
            for said in fields.values():
                self.ignoring.counts[said] += 1
            step(at, msgspec.structs.replace(event, **nothing))

        return some
