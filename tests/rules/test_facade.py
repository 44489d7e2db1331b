"""The synchronous classes have each verb of the asynchronous ones, with the same signature, and none of their own."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap

import pytest

import swnb
from swnb.clients.client import AsyncClient, AsyncClients, AsyncWindowClient
from swnb.clients.registration import AsyncServiceWorkerRegistration
from swnb.clients.worker import AsyncServiceWorker
from swnb.lab.async_lab import AsyncLab
from swnb.lab.notifications import AsyncNotification, AsyncNotifications
from swnb.lab.permissions import AsyncPermissions
from swnb.lab.sync_permissions import Permissions
from swnb.lab.windows import AsyncWindow

PAIRS: list[tuple[type, type]] = [
    (AsyncLab, swnb.Lab),
    (AsyncPermissions, Permissions),
    (AsyncNotifications, swnb.Notifications),
    (AsyncNotification, swnb.Notification),
    (AsyncWindow, swnb.Window),
    (AsyncServiceWorker, swnb.ServiceWorker),
    (AsyncServiceWorkerRegistration, swnb.ServiceWorkerRegistration),
    (AsyncClients, swnb.Clients),
    (AsyncClient, swnb.Client),
    (AsyncWindowClient, swnb.WindowClient),
]

ASYNC_ONLY = {
    # what the lab's own parts, and the magics, ask of it
    "AsyncLab": {
        "browser",
        "catch_up",
        "probe",
        "timeout_s",
        "absolute",
        "prepared",
        "sites",
        "abandon",
        "scope",
        "desk",
        "notification_book",
        "before_stop",
    },
    "AsyncPermissions": {"joined"},
    "AsyncWindow": {"realm", "target", "client_id", "has_opener", "closing", "loaded", "ended", "introduce"},
    "AsyncServiceWorkerRegistration": {"settle"},
    "AsyncClients": {"mirror_of"},  # the facade makes its own objects of the same rows
}

SYNC_ONLY = {
    "Lab": {"run", "ask", "ask_early", "awaits_pages", "asynchronous", "running"},  # the bridge, and what is behind it
    "Clients": {"call", "call_early", "mirror"},
    "Client": {"owner"},
}

PROPERTY_HERE = {("Lab", "pyppeteer")}
"""Coroutines there, properties here, as `Window.page` is."""

PRIVATE_PARAMETERS = {("AsyncLab", "start"): {"prepared"}}


def public(cls: type) -> set[str]:
    """Public names of a class, those that its `__init__` sets included."""
    names = {name for name in dir(cls) if not name.startswith("_")}
    for base in cls.__mro__:
        init = base.__dict__.get("__init__")
        if not inspect.isfunction(init) or init.__code__.co_filename.startswith("<"):
            continue
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(init)))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and ast.unparse(node.value) == "self"
            ):
                names.add(node.attr)
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize(("there", "here"), PAIRS, ids=lambda cls: cls.__name__)
def test_same_names(there: type, here: type) -> None:
    assert public(there) - ASYNC_ONLY.get(there.__name__, set()) - public(here) == set()
    assert public(here) - SYNC_ONLY.get(here.__name__, set()) - public(there) == set()


@pytest.mark.parametrize(("there", "here"), PAIRS, ids=lambda cls: cls.__name__)
def test_same_signatures(there: type, here: type) -> None:
    for name in sorted(public(there) & public(here)):
        one, other = getattr(there, name, None), getattr(here, name, None)
        if (here.__name__, name) in PROPERTY_HERE:
            assert isinstance(other, property)
        elif inspect.isfunction(one) and inspect.isfunction(other):
            left_out = PRIVATE_PARAMETERS.get((there.__name__, name), set())
            assert signature(one, left_out) == signature(other, set()), name
        else:
            assert isinstance(one, property) == isinstance(other, property) or None in (one, other), name


def signature(function: object, left_out: set[str]) -> str:
    assert callable(function)
    whole = inspect.signature(function)
    kept = whole.replace(parameters=[p for p in whole.parameters.values() if p.name not in left_out])
    return re.sub(r"\bAsync(?=[A-Z])", "", str(kept))


def test_each_verb_says_what_it_does() -> None:
    for pair in PAIRS:
        for cls in pair:
            bare = [
                n for n in public(cls) if hasattr(cls, n) and callable(getattr(cls, n)) and not getattr(cls, n).__doc__
            ]
            assert not bare, cls
