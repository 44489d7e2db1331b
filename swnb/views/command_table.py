"""The commands that can be written as code, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from swnb.recording import Command

ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "open": ("url", "name"),
    "register": ("url", "scope", "window", "type", "update_via_cache"),
    "wait": ("condition", "scope", "window", "where", "mark", "timeout_s"),
    "settle": (),
    "push": ("data", "scope", "timeout_s"),
    "sync": ("tag", "last_chance", "scope", "timeout_s"),
    "periodic_sync": ("tag", "scope", "timeout_s"),
    "origin": ("name",),
    "site.write": ("path", "body", "headers", "status", "delay_s", "content_type"),
    "site.remove": ("path",),
    "window.evaluate": ("source", "inputs", "timeout_s"),
    "window.reload": ("bypass",),
    "window.goto": ("url",),
    "window.close": (),
    "worker.evaluate": ("source", "inputs", "timeout_s", "activation"),
    "worker.post_message": ("message", "window"),
    "worker.stop": (),
    "worker.start": (),
    "registration.update": ("window",),
    "registration.unregister": ("window",),
    "registration.navigation_preload": (),
    "registration.skip_waiting": (),
    "clients.get": ("client",),
    "clients.match_all": ("type", "include_uncontrolled"),
    "clients.claim": (),
    "clients.open_window": ("url", "activation"),
    "client.post_message": ("message",),
    "client.focus": ("activation",),
    "client.navigate": ("url",),
    "notification.click": ("action", "reply", "timeout_s"),
    "notification.dismiss": ("timeout_s",),
    "permissions.set": ("name", "setting", "origin"),
    "permissions.get": ("name", "origin"),
    "permissions.reset": (),
}
"""What can be written, and what each takes: nothing else of a file becomes code."""

FIRST: Final = ("url", "condition", "data", "tag", "path", "body", "source", "message", "client")
"""Arguments that are written without their names, where they come first."""

ON_PAGE: Final = ("click", "hover", "focus", "tap", "type", "bringToFront", "goBack", "goForward")
"""Methods of pyppeteer's ``Page`` that do what a user does; of others it would have to be known what they may reach."""

ENDED: Final = ("Interrupted", "CancelledError", "KeyboardInterrupt")
"""Errors of commands that did not end by themselves: given again, they would not end either."""


class CannotWriteError(Exception):
    """A command that no cell can give; its text says why."""


def check(command: Command) -> None:
    """Refuse a command that no cell can give.

    Raises
    ------
    CannotWriteError
        With the reason.
    """
    lost = [name for name in command.described if name != "result"]
    if lost:
        raise CannotWriteError(f"what it was given could only be described: {', '.join(lost)}")
    if command.failure is not None and command.failure.type in ENDED:
        raise CannotWriteError("it did not end by itself: somebody interrupted it")
    if command.name == "site.mount":
        raise CannotWriteError("its folder is one of the other machine; the files that were in it are written instead")
    if command.name.startswith("pyppeteer."):
        _check_page(command)
    elif command.name not in ARGUMENTS:
        raise CannotWriteError("this swnb does not know it: update swnb")
    elif not set(command.given) <= {*ARGUMENTS[command.name], "client"}:
        raise CannotWriteError("it has arguments that this swnb does not know: update swnb")


def _check_page(command: Command) -> None:
    method = command.name.removeprefix("pyppeteer.Page.")
    named = all(name.startswith("argument ") for name in command.given)
    if method not in ON_PAGE or "window" not in command.receiver or not named:
        raise CannotWriteError("it is one of pyppeteer's own: give it by hand, if it does what you want")
