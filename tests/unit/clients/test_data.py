from __future__ import annotations

import dataclasses

import pytest

import swnb
from swnb.clients.client import client_type
from swnb.clients.data import ClientData, ClientList, WindowClientData, text_table
from swnb.vocab import ClientId, ClientType, FrameType, VisibilityState

WORKER = ClientData(ClientId("id-w"), "http://x/w.js", ClientType.WORKER, FrameType.NONE, False, None)
WINDOW = WindowClientData(
    ClientId("id-a"),
    "http://x/",
    ClientType.WINDOW,
    FrameType.TOP_LEVEL,
    True,
    "home",
    VisibilityState.VISIBLE,
    True,
    None,
)


def test_clients_are_values() -> None:
    assert dataclasses.replace(WINDOW) == WINDOW
    assert dataclasses.replace(WINDOW, focused=False) != WINDOW
    with pytest.raises(dataclasses.FrozenInstanceError):
        WINDOW.url = "elsewhere"  # type: ignore[misc]
    assert str(WINDOW) == "home http://x/ [window (top-level), controlled] id-a"
    assert str(WORKER) == "http://x/w.js [worker, uncontrolled] id-w"


def test_a_list_is_a_table() -> None:
    head, rule, home, worker = str(ClientList([WINDOW, WORKER])).split("\n")
    assert head.split() == ["name", "type", "url", "controlled", "visibility", "focus", "id"]
    assert set(rule) == {"─", " "}
    assert home.split() == ["home", "window", "(top-level)", "http://x/", "yes", "visible", "focused", "id-a"]
    assert worker.split() == ["worker", "http://x/w.js", "no", "id-w"]
    assert str(ClientList[ClientData]()) == repr(ClientList[ClientData]()) == "no clients"


def test_cells_are_short_and_of_one_line() -> None:
    table = text_table(["a"], [["x" * 100], ["two\nlines\x1b[31m"]], widest=11)
    _, _, long, control = table.split("\n")
    assert long == "xxxxx…xxxxx"
    assert control == "two·l…·[31m"


def test_client_types() -> None:
    assert client_type("all") is ClientType.ALL and client_type(ClientType.WINDOW) is ClientType.WINDOW
    with pytest.raises(swnb.InvalidArgument):
        client_type("Window")
