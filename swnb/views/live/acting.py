"""The verbs that a view can call: those of the lab, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from swnb.clients.client import AsyncWindowClient
from swnb.errors import InvalidArgument, SwnbError

if TYPE_CHECKING:
    from swnb.lab.async_lab import AsyncLab


async def act(lab: AsyncLab, verb: str, of: str, given: Mapping[str, object]) -> None:
    """Call a verb for the client with this label.

    Raises
    ------
    SwnbError
        As the verb itself.
    """
    client = lab.world.clients[of]
    text = f"{given.get('text', '')}"
    match verb:
        case "reload" if client.name:
            await lab.window(client.name).reload()
        case "close" if client.name:
            await lab.window(client.name).close()
        case "navigate" if client.name:
            await lab.window(client.name).goto(text)
        case "focus" | "navigate" | "post":
            await _of_client(lab, verb, client.id or "", text)
        case _:
            raise InvalidArgument(f"a view cannot {verb!r} the client {of!r}", "windows can be reloaded and closed")


async def _of_client(lab: AsyncLab, verb: str, client_id: str, text: str) -> None:
    found = await lab.clients.get(client_id) if client_id else None
    if found is None:
        raise InvalidArgument(
            "no worker of the lab sees this client", "register one whose origin is that of the client"
        )
    if verb == "post":
        await found.post_message(_value(text))
    elif not isinstance(found, AsyncWindowClient):
        raise InvalidArgument(f"a {found.type} has no {verb}()", "windows and frames have it")
    elif verb == "focus":
        await found.focus()
    else:
        await found.navigate(text)


def _value(text: str) -> object:
    """Return what JSON says, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def told(error: BaseException) -> str:
    """Return an error as a view shows it: what happened, and what to do."""
    return str(error) if isinstance(error, SwnbError) else f"swnb itself failed: {type(error).__name__}: {error}"
