"""The pages that the origin shows of itself. Whatever comes from a request stands in them as escaped text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

SHOWN = 200
"""How many characters of a path or host a page repeats."""


@cache
def welcome() -> bytes:
    """Return the page for ``/`` where nothing was written."""
    return Path(__file__).with_name("welcome.html").read_bytes()


def not_found(name: str, url: str, target: str) -> bytes:
    """Return the page for a path where the site `name` serves nothing."""
    call = f"%%sw file {target}" if name == "lab" else f'lab.origin("{name}").write("{target}", …)'
    return _notice(
        "404 Not Found",
        f"Nothing is served at {_code(url + target)}.",
        f"Write it from a cell: {_code(call)}, or mount a folder that has it.",
    )


def no_such_origin(host: str) -> bytes:
    """Return the page for a host of the right form that no site was made for."""
    name = host.removesuffix(".localhost")
    call = f'lab.origin("{name}")'
    return _notice(
        "404 No such origin",
        f"No origin {_code(host)} was made.",
        "An origin has one label before .localhost." if "." in name else f"Make it: {_code(call)}.",
    )


def method_refused(method: str, target: str) -> bytes:
    """Return the page for a method that a site of files has no answer to."""
    return _notice(
        "405 Method Not Allowed",
        f"{_code(method)} was refused at {_code(target)}.",
        "This origin answers GET, HEAD and POST; a service worker can answer the others in its fetch event.",
    )


def failed(error: str) -> bytes:
    """Return the page for a request that swnb itself failed at."""
    return _notice(
        "500 Internal Server Error", f"swnb failed: {_code(error)}.", "This is a fault of swnb; please report it."
    )


def _notice(title: str, what: str, todo: str) -> bytes:
    return _template().substitute(title=_escaped(title), what=what, todo=todo).encode("utf-8", "replace")


@cache
def _template() -> Template:
    return Template(Path(__file__).with_name("notice.html").read_text(encoding="utf-8"))


def _code(text: str) -> str:
    return f"<code>{_escaped(_short(text))}</code>"


def _escaped(text: str) -> str:
    import html  # a start that needs no such page has no time for it

    return html.escape(text)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
