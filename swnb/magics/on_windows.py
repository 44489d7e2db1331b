"""Verbs of windows, as from the browser's own buttons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from swnb.errors import SwnbError
from swnb.magics.arguments import Argument, Completes, literal, positive_seconds
from swnb.magics.call import Call
from swnb.magics.verbs import verb

if TYPE_CHECKING:
    from swnb.lab.facade import Window
    from swnb.views.listing import Listing

GROUP = "Windows"

NAME = Argument("name", "name of a window", required=True, convert=literal, completes=Completes.WINDOW)

TIMEOUT = Argument("--timeout", "wait no longer until it is loaded", "SECONDS", convert=positive_seconds)


@contextmanager
def patience(call: Call) -> Iterator[None]:
    """Let the lab wait as long as ``--timeout`` says, and let the error of a load that took longer say how to wait longer."""
    settings, given = call.lab.asynchronous.settings, call.arguments.number("timeout")
    usual = settings.timeout_s
    settings.timeout_s = usual if given is None else given
    try:
        yield
    except SwnbError as error:
        if "timeout_s" in error.todo:
            error.todo = (
                "look for what it waits for, or give it longer: --timeout SECONDS, or `%config Lab.timeout_s = 60`"
            )
        raise
    finally:
        settings.timeout_s = usual


@verb(
    "open",
    "Open a window of its own, and wait until it is loaded.",
    Argument("url", "path or URL, / unless given", convert=literal, completes=Completes.PATH),
    Argument("--as", "what the window is called from now on", "NAME", convert=literal),
    TIMEOUT,
    group=GROUP,
    example="%sw open / --as home",
)
def open_(call: Call) -> Window:
    """Open a window."""
    with patience(call):
        return call.lab.open(call.arguments.text("url") or "/", name=call.arguments.text("as"))


@verb("close", "Close a window.", NAME, group=GROUP, example="%sw close home")
def close(call: Call) -> None:
    """Close a window."""
    call.lab.window(call.arguments.need("name")).close()


@verb(
    "reload",
    "Reload a window, and wait until it is loaded.",
    NAME,
    Argument("--bypass", "as with Shift: the document is then not controlled"),
    TIMEOUT,
    group=GROUP,
    example="%sw reload home --bypass",
)
def reload(call: Call) -> Window:
    """Reload a window."""
    with patience(call):
        return call.lab.window(call.arguments.need("name")).reload(bypass=call.arguments.flag("bypass"))


@verb(
    "goto",
    "Navigate a window as from the address bar, and wait until it is loaded (`navigate` is the worker's own).",
    NAME,
    Argument("url", "path or URL", required=True, convert=literal, completes=Completes.PATH),
    TIMEOUT,
    group=GROUP,
    example="%sw goto home /other.html",
)
def goto(call: Call) -> Window:
    """Navigate a window."""
    with patience(call):
        return call.lab.window(call.arguments.need("name")).goto(call.arguments.need("url"))


@verb("windows", "The open windows, those that scripts opened included.", group=GROUP, example="%sw windows")
def windows(call: Call) -> Listing[Window]:
    """List the windows."""
    from swnb.views.listing import Listing

    rows = [(w, [w.name, w.url, "crashed" if w.crashed else ""]) for w in call.lab.windows]
    return Listing.of("windows", ("name", "url", "state"), rows)
