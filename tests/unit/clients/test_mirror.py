"""Which client a window's name stands for: certain, or an error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

import swnb
from swnb.browser.realm import Realm
from swnb.browser.service_workers import Version
from swnb.clients.client import AsyncClients
from swnb.errors import WindowAmbiguous
from swnb.vocab import ClientId


async def nothing(realm: Realm, expression: str, timeout_s: float) -> Any:
    """Window interaction is asked for by nobody here."""
    raise AssertionError(expression)


@dataclass
class Pane:
    name: str
    creation_url: str | None
    client_id: ClientId | None = None
    has_opener: bool = False


@dataclass
class Panes:
    """A directory of windows that are only named."""

    panes: list[Pane]
    seen: list[str] = field(default_factory=list)
    crowded: bool = False
    coming: dict[str, ClientId] = field(default_factory=dict)

    async def identify(self) -> None:
        for pane in self.panes:
            pane.client_id = self.coming.get(pane.name, pane.client_id)

    def visited(self, version: Version) -> None:
        raise AssertionError("nobody is visited here")

    def windows(self) -> Sequence[Pane]:
        return self.panes

    def window(self, name: str) -> Pane | None:
        return next((pane for pane in self.panes if pane.name == name), None)

    def saw(self, rows: Sequence[Sequence[Any]]) -> None:
        self.seen += [row[0] for row in rows]

    def last_seen(self, client_id: str) -> tuple[str, str]:
        return ("", "")

    def act(self, verb: str) -> None:
        pass

    def strangers(self) -> bool:
        return self.crowded


class Lent:
    """A realm, lent to whoever asks."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm

    async def __aenter__(self) -> Realm:
        return self.realm

    async def __aexit__(self, *error: object) -> None:
        pass


class Worker(Realm):
    """A realm whose `matchAll` answers these clients."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self._rows = rows

    async def ask(self, expression: str, *, timeout_s: float | None = None) -> Any:
        return [self._rows, [row[0] for row in self._rows]]


def row(id_: str, url: str, frame_type: str = "top-level") -> list[Any]:
    return [id_, url, "window", frame_type, "visible", False, None]


def clients(panes: Panes, rows: list[list[Any]]) -> AsyncClients:
    return AsyncClients(lambda: Lent(Worker(rows)), nothing, panes, lambda: 1.0)


def names(panes: list[Pane], rows: list[list[Any]]) -> dict[str, str | None]:
    directory = Panes(panes)
    listed = asyncio.run(clients(directory, rows).match_all(include_uncontrolled=True))
    assert directory.seen == [c.id for c in listed]
    return {c.id: c.name for c in listed}


def resolved(name: str, panes: list[Pane], rows: list[list[Any]]) -> str:
    mirror = clients(Panes(panes), rows)._mirror
    return asyncio.run(mirror.resolve(name))


A, B, C = Pane("a", "http://x/"), Pane("b", "http://x/#b"), Pane("c", "http://x/")


def test_windows_with_urls_of_their_own_are_named() -> None:
    rows = [row("1", "http://x/"), row("2", "http://x/#b"), row("3", "http://x/", "nested")]
    assert names([A, B], rows) == {"1": "a", "2": "b", "3": None}
    assert (resolved("a", [A, B], rows), resolved("b", [A, B], rows)) == ("1", "2")
    assert resolved("no-window", [A, B], rows) == "no-window"


def test_two_windows_or_two_clients_at_one_url_are_not_told_apart() -> None:
    both = [row("1", "http://x/"), row("2", "http://x/")]
    for panes, rows in (([A, C], both), ([A, C], both[:1]), ([A], both)):
        assert set(names(panes, rows).values()) == {None}
        with pytest.raises(WindowAmbiguous, match="cannot be told from another"):
            resolved("a", panes, rows)


def test_a_window_whose_document_is_not_known_makes_all_uncertain() -> None:
    back = Pane("back", None)
    rows = [row("1", "http://x/")]
    assert names([A, back], rows) == {"1": None}
    for name in ("a", "back"):
        with pytest.raises(WindowAmbiguous):
            resolved(name, [A, back], rows)


def test_a_window_that_the_worker_does_not_see() -> None:
    for pane in (Pane("a", "http://elsewhere/"), Pane("a", ""), Pane("a", None)):
        with pytest.raises(swnb.WindowNoClient, match="no client for the window 'a'"):
            resolved("a", [pane], [row("1", "http://x/", "nested")])


def test_beside_pages_of_others_a_name_is_certain_only_among_all_clients() -> None:
    home, stranger = row("1", "http://x/"), row("2", "http://x/")

    class Told(Worker):
        async def ask(self, expression: str, *, timeout_s: float | None = None) -> Any:
            everyone = "includeUncontrolled" in expression
            return [[home, stranger] if everyone else [stranger], ["2"] if everyone else None]

    for crowded, name in ((False, "a"), (True, None)):
        found = asyncio.run(
            AsyncClients(lambda: Lent(Told([])), nothing, Panes([A], crowded=crowded), lambda: 1.0).match_all()
        )
        assert [(c.id, c.name, c.controlled) for c in found] == [("2", name, True)]


def test_ids_that_were_found_out_tell_twins_apart() -> None:
    first, second = Pane("a", "http://x/", ClientId("1")), Pane("c", "http://x/", ClientId("2"))
    rows = [row("2", "http://x/"), row("1", "http://x/"), row("3", "http://x/")]
    assert names([first, second], rows) == {"1": "a", "2": "c", "3": None}
    assert (resolved("a", [first, second], rows), resolved("c", [first, second], rows)) == ("1", "2")


def test_the_one_that_is_left_over_on_both_sides_is_named() -> None:
    known, unknown = Pane("a", "http://x/", ClientId("1")), Pane("c", "http://x/")
    rows = [row("2", "http://x/"), row("1", "http://x/")]
    assert names([known, unknown], rows) == {"1": "a", "2": "c"}
    assert resolved("c", [known, unknown], rows) == "2"


def test_an_id_that_is_about_to_be_known_is_waited_for() -> None:
    directory = Panes([Pane("a", "http://x/"), Pane("c", "http://x/")], coming={"a": ClientId("7")})
    rows = [row("7", "http://x/"), row("8", "http://x/")]
    assert asyncio.run(clients(directory, rows)._mirror.resolve("a")) == "7"


@pytest.mark.parametrize(
    ("begun", "asked", "name"),
    [
        ([Pane("new", "http://x/new")], 1, "new"),
        ([Pane("new", "http://x/new"), Pane("pop", "http://x/new", has_opener=True)], 1, "new"),
        ([Pane("pop", "http://x/new", has_opener=True)], 2, None),  # a window of others, in a browser of others
        ([Pane("new", "http://x/elsewhere")], 2, None),  # it has gone on already
        ([Pane("new", "http://x/new"), Pane("too", "http://x/new")], 2, None),
        ([], 2, None),
    ],
)
def test_a_window_that_has_just_begun_is_named_without_another_question(
    begun: list[Pane], asked: int, name: str | None
) -> None:
    panes = [Pane("old", "http://x/new", ClientId("1"))]
    questions: list[str] = []

    class Opening(Worker):
        async def ask(self, expression: str, *, timeout_s: float | None = None) -> Any:
            questions.append(expression)
            if "openWindow" in expression:
                panes.extend(begun)
                return [row("9", "http://x/new"), True]
            everyone = [row("9", "http://x/new"), row("8", "http://x/new")]
            return [row("9", "http://x/new"), ["9"], everyone]

    mirror = AsyncClients(lambda: Lent(Opening([])), nothing, Panes(panes), lambda: 1.0)._mirror
    client = asyncio.run(mirror.open_window("/new", activation=False))
    assert client is not None
    assert (client.id, client.name, client.controlled, len(questions)) == ("9", name, True, asked)
