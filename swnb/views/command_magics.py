"""The line, or the cell, by which a magic gives a recorded command exactly: with these arguments, no more and no less."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from swnb.events import Event, NotificationDisplayed
from swnb.origin.mime import type_of_written
from swnb.views.literals import cell, joined, json_text, option, plain, word
from swnb.vocab import ClientType, UpdateViaCache, WorkerRole, WorkerType

Given = Mapping[str, Any]
Of = Mapping[str, str]
Line = Callable[[Given, Of, str | None], str | None]
"""Makes a line of the arguments, of whose verb it is, and of the scope that was registered last; None where it cannot be said."""


def which_worker(of: Of, scope: str | None) -> dict[str, str]:
    """Return what tells a worker from the one that is meant where nothing is said."""
    told: dict[str, str] = {}
    if of.get("role") in {str(role) for role in WorkerRole} - {str(WorkerRole.ACTIVE)}:
        told["role"] = of["role"]
    if of.get("scope") and of["scope"] != scope:
        told["scope"] = of["scope"]
    return told


def _at(of: Of, scope: str | None) -> str | None:
    return joined(*(option(f"--{name}", value) for name, value in which_worker(of, scope).items()))


def _timeout(given: Given) -> str | None:
    seconds = given.get("timeout_s")
    return None if seconds == 0 else option("--timeout", seconds)


def _one_of(name: str, value: object, known: Iterable[object]) -> str | None:
    return option(name, value) if value is None or value in {str(each) for each in known} else None


# ---- the lab ----------------------------------------------------------------------------------------------------------


def _open(given: Given, of: Of, scope: str | None) -> str | None:
    return joined("%sw open ", word(given.get("url", "/")), option("--as", given.get("name")))


def _register(given: Given, of: Of, scope: str | None) -> str | None:
    return joined(
        "%sw register ",
        word(given.get("url")),
        option("--in", given.get("window")),
        option("--scope", given.get("scope")),
        _one_of("--type", given.get("type"), WorkerType),
        _one_of("--update-via-cache", given.get("update_via_cache"), UpdateViaCache),
    )


def _wait(given: Given, of: Of, scope: str | None) -> str | None:
    condition = given.get("condition")
    if not isinstance(condition, str) or condition.split() == ["clients"]:
        return None
    return joined(
        "%sw wait ",
        plain(condition),
        option("--window", given.get("window")),
        option("--scope", given.get("scope")),
        option("--where", given.get("where")),
        option("--since", given.get("mark")),
        _timeout(given),
    )


def _push(given: Given, of: Of, scope: str | None) -> str | None:
    data, rest = given.get("data"), joined(option("--scope", given.get("scope")), _timeout(given))
    if data is None:
        return joined("%sw push", rest)
    if not isinstance(data, str) or not data:
        return None
    return cell(joined("%%sw push", rest), f"{data}\n")


def _sync(given: Given, of: Of, scope: str | None) -> str | None:
    last = " --last-chance" if given.get("last_chance") else ""
    return joined("%sw sync ", word(given.get("tag")), last, option("--scope", given.get("scope")), _timeout(given))


def _periodic_sync(given: Given, of: Of, scope: str | None) -> str | None:
    return joined(
        "%sw sync ", word(given.get("tag")), " --periodic", option("--scope", given.get("scope")), _timeout(given)
    )


def _permissions(given: Given, of: Of, scope: str | None) -> str | None:
    setting = given.get("setting")
    named = joined("%sw permissions ", word(given.get("name")), " " if "setting" in given else "")
    return joined(named, word(setting) if "setting" in given else "", option("--origin", given.get("origin")))


# ---- sites --------------------------------------------------------------------------------------------------------------


def _origin_of(of: Of) -> str | None:
    return option("--origin", None if of["origin"] == "lab" else of["origin"])


def _write(given: Given, of: Of, scope: str | None) -> str | None:
    """Return a cell for what a cell wrote: it gives its headers and its delay, even if they are as by default."""
    return file_cell(given, of["origin"]) if "headers" in given and "delay_s" in given else None


def file_cell(given: Given, origin: str) -> str | None:
    """Return the cell that serves a text at a path."""
    headers = given.get("headers")
    if not isinstance(headers, dict) or any(
        not isinstance(value, str) or (name, value) != (name.strip(), value.strip()) or ":" in name
        for name, value in headers.items()
    ):
        return None
    status = given.get("status", 200)
    line = joined(
        "%%sw file ",
        word(given.get("path")),
        *(option("--header", f"{name}: {value}") for name, value in headers.items()),
        option("--status", None if status == 200 else status),
        option("--delay", given.get("delay_s") or None),
        option("--type", given.get("content_type")),
        _origin_of({"origin": origin}),
    )
    return cell(line, given.get("body"))


def type_of(path: str, body: str | bytes, told: str) -> str | None:
    """Return the type that has to be said of a file; None where it is the one that goes without saying."""
    return None if type_of_written(path.partition("?")[0], body) == told else told


def _remove(given: Given, of: Of, scope: str | None) -> str | None:
    return joined("%sw file ", word(given.get("path")), " --remove", _origin_of(of))


# ---- windows and workers ------------------------------------------------------------------------------------------------


def _evaluated(line: str | None, given: Given) -> str | None:
    """Return a cell for what a cell evaluated: its text begins where the line of the magic ends, and it has inputs, or none."""
    source, inputs = given.get("source"), given.get("inputs")
    if not isinstance(source, str) or not source.startswith("\n") or not isinstance(inputs, dict):
        return None
    taken = f" -i {','.join(inputs)}" if inputs else ""
    return cell(joined(line, taken, _timeout(given)), source[1:])


def _in_page(given: Given, of: Of, scope: str | None) -> str | None:
    return _evaluated(joined("%%sw page ", word(of["window"])), given)


def _in_worker(given: Given, of: Of, scope: str | None) -> str | None:
    clicked = " --activation" if given.get("activation") else ""
    return _evaluated(joined("%%sw worker", clicked, _at(of, scope)), given)


def _window(verb: str) -> Line:
    def line(given: Given, of: Of, scope: str | None) -> str | None:
        bypass = " --bypass" if given.get("bypass") else ""
        url = joined(" ", word(given["url"])) if "url" in given else ""
        return joined(f"%sw {verb} ", word(of["window"]), url, bypass)

    return line


def _worker(verb: str) -> Line:
    return lambda _, of, scope: joined(f"%sw {verb}", _at(of, scope))


def _registration(verb: str) -> Line:
    def line(given: Given, of: Of, scope: str | None) -> str | None:
        which = "" if of["scope"] == scope else joined(" ", word(of["scope"]))
        return joined(f"%sw {verb}", which, option("--in", given.get("window")))

    return line


# ---- clients and notifications --------------------------------------------------------------------------------------------


def _get(given: Given, of: Of, scope: str | None) -> str | None:
    return joined("%sw get ", word(given.get("client")), _at(of, scope))


def _match_all(given: Given, of: Of, scope: str | None) -> str | None:
    kind = given.get("type")
    if set(given) != {"type", "include_uncontrolled"} or kind not in {str(each) for each in ClientType}:
        return None
    everyone = " --include-uncontrolled" if given["include_uncontrolled"] else ""
    return joined(
        "%sw clients", everyone, option("--type", None if kind == ClientType.WINDOW else kind), _at(of, scope)
    )


def _open_window(given: Given, of: Of, scope: str | None) -> str | None:
    bare = "" if given.get("activation", True) else " --no-activation"
    return joined("%sw open-window ", word(given.get("url")), bare, _at(of, scope))


def of_client(name: str, client: object, given: Given, of: Of, scope: str | None) -> str | None:
    """Return the line that asks for a client by a name, and gives it a command."""
    asked = joined(word(client), " ")
    if name == "client.focus":
        bare = "" if given.get("activation", True) else " --no-activation"
        return joined("%sw focus ", word(client), bare, _at(of, scope))
    if name == "client.navigate":
        return joined("%sw navigate ", asked, word(given.get("url")), _at(of, scope))
    if name == "client.post_message" and "message" in given:
        return joined("%sw post ", asked, json_text(given["message"]), _at(of, scope))
    return None


def plainly_numbered(events: Iterable[Event]) -> bool:
    """Whether a number means a notification by its number: none has a number for its title or tag."""
    return not any(
        text.isdecimal()
        for event in events
        if isinstance(event, NotificationDisplayed)
        for text in (str(getattr(event, "title", "")), str(getattr(event, "tag", "") or ""))
    )


def _click(given: Given, of: Of, scope: str | None) -> str | None:
    number = int(of["notification"])
    return joined(
        f"%sw click {number}",
        option("--action", given.get("action")),
        option("--reply", given.get("reply")),
        _timeout(given),
    )


def _dismiss(given: Given, of: Of, scope: str | None) -> str | None:
    return joined(f"%sw dismiss {int(of['notification'])}", _timeout(given))


LINES: Final[Mapping[str, Line]] = {
    "open": _open,
    "register": _register,
    "wait": _wait,
    "push": _push,
    "sync": _sync,
    "periodic_sync": _periodic_sync,
    "origin": lambda given, _, __: joined("%sw origin ", word(given.get("name"))),
    "site.write": _write,
    "site.remove": _remove,
    "window.evaluate": _in_page,
    "window.reload": _window("reload"),
    "window.goto": _window("goto"),
    "window.close": _window("close"),
    "worker.evaluate": _in_worker,
    "worker.stop": _worker("stop-worker"),
    "worker.start": _worker("start-worker"),
    "registration.update": _registration("update"),
    "registration.unregister": _registration("unregister"),
    "clients.get": _get,
    "clients.match_all": _match_all,
    "clients.claim": lambda _, of, scope: joined("%sw claim", _at(of, scope)),
    "clients.open_window": _open_window,
    "notification.click": _click,
    "notification.dismiss": _dismiss,
    "permissions.set": _permissions,
    "permissions.get": _permissions,
    "permissions.reset": lambda _, __, ___: "%sw permissions --reset",
}
"""By name of the command."""
