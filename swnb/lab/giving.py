"""One recorded command, given to a lab again."""

from __future__ import annotations

from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from swnb.errors import InvalidArgument, SwnbError
from swnb.lab.commands import listeners, telling
from swnb.vocab import ClientType

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab
    from swnb.recording import Command


class CannotReplay(SwnbError):  # noqa: N818  (named after what happened, as all errors here)
    """The commands of a recording are not enough to give them again."""


async def give(lab: AsyncLab, command: Command, given: dict[str, Any]) -> None:
    """Call the verb that a command names.

    Parameters
    ----------
    given
        Its arguments, as they are in this lab.

    Raises
    ------
    CannotReplay
        If it cannot be given here; whatever the verb itself raises.
    """
    family, _, verb = command.name.rpartition(".")
    of = command.receiver
    if command.name == "origin":
        lab.origin(given["name"])
    elif family == "site":
        _site(lab, of["origin"], verb, given)
    elif family == "":
        await getattr(lab, verb)(**given)
    elif family == "window":
        await getattr(lab.window(of["window"]), verb)(**given)
    elif family == "worker":
        await getattr(_worker(lab, of), verb)(**given)
    elif family == "registration":
        await getattr(lab.registration(of["scope"]), verb)(**given)
    elif family in ("clients", "client"):
        await _of_clients(lab, of, verb, given)
    elif family == "notification":
        await getattr(lab.notifications.numbered(int(of["notification"])), verb)(**given)
    elif family == "pyppeteer.Page":
        await _pyppeteer(lab, command, given)
    elif family == "permissions":
        await getattr(lab.permissions, verb)(**given)
    else:
        raise CannotReplay(f"nobody knows the command {command.name}", "update swnb")


async def _pyppeteer(lab: AsyncLab, command: Command, given: dict[str, Any]) -> None:
    """Call what pyppeteer's page can do, and tell of it: nobody hears of what its own objects are asked."""
    page = await lab.window(command.receiver["window"]).page
    arguments = [given[name] for name in sorted(given) if name.startswith("argument ")]
    options = {name: value for name, value in given.items() if not name.startswith("argument ")}
    with telling(listeners(lab.log), command.name, lambda _: command.receiver, given) as ending:
        found = getattr(page, command.name.rpartition(".")[2])(*arguments, **options)
        ending.result = await found if isawaitable(found) else found


def _site(lab: AsyncLab, origin: str, verb: str, given: dict[str, Any]) -> None:
    site = lab.origin(origin)
    if verb == "mount":
        raise CannotReplay("a folder of the other machine", "its files are served as they were")
    if isinstance(given.get("body"), dict):
        raise CannotReplay("its body is not in the recording", "record anew")
    getattr(site, verb)(**given)


def _worker(lab: AsyncLab, of: dict[str, str]) -> Any:
    if not of:
        raise InvalidArgument("the recording does not say which worker it was", "record anew")
    return lab.find_worker(role=of.get("role") or None, scope=of.get("scope") or None)


async def _of_clients(lab: AsyncLab, of: dict[str, str], verb: str, given: dict[str, Any]) -> None:
    """Ask the worker's mirror itself: to look a client up first would be another command."""
    mirror: Any = _worker(lab, of).clients._mirror
    if "type" in given:
        given["client_type"] = ClientType(given.pop("type"))
    client = given.pop("client", None)
    if verb == "get":
        await mirror.find(client)
    elif client is None:
        await getattr(mirror, verb)(**given)
    else:
        await getattr(mirror, verb)(await mirror.resolve(client), **given)
