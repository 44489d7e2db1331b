"""``--live``: where a verb's result goes on, as a view that follows the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.magics.arguments import Argument
from swnb.views.live import assets

if TYPE_CHECKING:
    from swnb.lab.lab import Lab
    from swnb.magics.call import Call
    from swnb.views.live.view import View

LIVE = Argument("--live", "a view that follows the lab, with buttons")
LANGUAGE = Argument("--language", "what a live view speaks; en unless given", "LANGUAGE", choices=assets.languages())


def lab_of(call: Call) -> Lab:
    """Return the lab that is meant; what it heard is seen when its browser is gone, too.

    Raises
    ------
    NotStarted, InvalidArgument
        If there is none, or none of that name.
    """
    lab = call.labs.get(call.arguments.text("lab"))
    return call.lab if lab is None else lab


def language_of(call: Call) -> str:
    """Return what ``--language`` says."""
    return call.arguments.text("language") or "en"


def asked_live(call: Call) -> bool:
    """Return whether ``--live`` was given.

    Raises
    ------
    InvalidArgument
        If something was given with it that narrows a list down, or what a live view alone has was given without it.
    """
    given = {name for name, value in call.arguments.values.items() if value not in (None, False)}
    if "live" not in given:
        if "language" in given:
            raise InvalidArgument(f"--language of `{call.command}` is for a live view", "give --live, too")
        return False
    other = sorted(given - {"live", "language", "lab"})
    if other:
        options = " and ".join(f"--{name.replace('_', '-')}" for name in other)
        raise InvalidArgument(
            f"`{call.command} --live` does not go with {options}",
            "a live view shows all there is, and has its own filters",
        )
    return True


def live(call: Call, name: str) -> View:
    """Return a new live view of the lab: that of this name in ``lab.views``."""
    view: View = getattr(lab_of(call).views, name)(language=language_of(call))
    return view
