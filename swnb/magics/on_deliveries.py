"""Verbs of what comes to a worker without a page, and of what pages may do without asking."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swnb.errors import InvalidArgument
from swnb.magics.arguments import Argument, Completes, literal
from swnb.magics.call import Call
from swnb.magics.on_workers import SCOPE, TIMEOUT
from swnb.magics.verbs import Form, verb

if TYPE_CHECKING:
    from swnb.lab.parcels import Delivery
    from swnb.views.listing import Listing

GROUP = "Push, sync and permissions"


@verb(
    "push",
    "Let a push come to the active worker, with this text or the cell's, or without data; return when the event is over.",
    Argument("text", "the push's data, as it is; without it, or `--empty`, `event.data` is null", rest=True),
    Argument("--json", "check that the data is JSON"),
    Argument("--empty", "without data, where there is none in a cell"),
    SCOPE,
    TIMEOUT,
    group=GROUP,
    forms=(Form.LINE, Form.CELL),
    example='%sw push --json {"chat": 1, "text": "hello"}',
)
def push(call: Call) -> Delivery:
    """Push what is given."""
    given = call.arguments
    text = _data(call)
    if given.flag("json"):
        try:
            json.loads(text or "")
        except ValueError as error:
            raise InvalidArgument(f"this is no JSON: {error}", "mend it, or push it as text: without --json") from None
    return call.lab.push(text, scope=given.text("scope"), timeout_s=call.timeout_s)


def _data(call: Call) -> str | None:
    """Return the data that is given, None for none.

    Raises
    ------
    InvalidArgument
        If it is given twice, or not at all in a cell.
    """
    text, empty = call.arguments.text("text"), call.arguments.flag("empty")
    if call.body is not None:
        if text is not None:
            raise InvalidArgument(
                f"`{call.command}` takes its data from the lines below, and {text!r} is beside it", "write it below"
            )
        text = call.body.removesuffix("\n")
        if not text and not empty:
            raise InvalidArgument(f"`{call.command}` has no data below it", "`--empty` pushes without data")
    if text and empty:
        raise InvalidArgument("--empty is a push without data, and there is data", "leave out one of them")
    return text or None


@verb(
    "sync",
    "Let a sync event come to the active worker; return when it is over. What a page registers itself comes by itself.",
    Argument("tag", "SyncEvent.tag", required=True),
    Argument("--last-chance", "SyncEvent.lastChance is true"),
    Argument("--periodic", "a periodicsync event"),
    SCOPE,
    TIMEOUT,
    group=GROUP,
    example="%sw sync outbox --last-chance",
)
def sync(call: Call) -> Delivery:
    """Sync a tag."""
    given = call.arguments
    tag, scope, timeout_s = given.need("tag"), given.text("scope"), call.timeout_s
    if not given.flag("periodic"):
        return call.lab.sync(tag, last_chance=given.flag("last_chance"), scope=scope, timeout_s=timeout_s)
    if given.flag("last_chance"):
        raise InvalidArgument("a periodicsync event has no last chance", "leave out --last-chance or --periodic")
    return call.lab.periodic_sync(tag, scope=scope, timeout_s=timeout_s)


@verb(
    "permissions",
    "List what was set for which origin, ask for one permission, or set it. Notifications are granted from the start.",
    Argument("name", "as in the Permissions API: notifications, geolocation, …", completes=Completes.PERMISSION),
    Argument("setting", "granted, denied or prompt", completes=Completes.SETTING),
    Argument(
        "--origin",
        "of this site (its label) or origin; otherwise the setting is that of all sites of the lab",
        "ORIGIN",
        convert=literal,
        completes=Completes.ORIGIN,
    ),
    Argument("--reset", "take back all that was set"),
    group=GROUP,
    example="%sw permissions notifications denied --origin other",
)
def permissions(call: Call) -> Listing[str] | str | None:
    """List, ask or set."""
    given = call.arguments
    name, setting, origin = given.text("name"), given.text("setting"), given.text("origin")
    allowed = call.lab.permissions
    if given.flag("reset"):
        if name is not None or origin is not None:
            raise InvalidArgument("--reset takes back everything, of every origin", "write `%sw permissions --reset`")
        allowed.reset()
        return _listed(call, None)
    if name is None:
        return _listed(call, origin)
    if setting is not None:
        allowed.set(name, setting, origin)
        call.say(f"{name} is {setting} for {origin or 'all sites of the lab'}")
        return None
    found = allowed.get(name, origin)
    if found is None:
        call.say(f"{name}: nothing was set, and no page is open that could be asked")
    return found


def _listed(call: Call, origin: str | None) -> Listing[str]:
    from swnb.views.listing import Listing

    told = call.lab.permissions.told(origin)
    rows = [(name, [url, name, setting]) for url, settings in told.items() for name, setting in settings.items()]
    return Listing.of("permissions that were set", ("origin", "permission", "setting"), rows)
