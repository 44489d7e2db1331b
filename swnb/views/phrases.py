"""What an event says, in a few words: one phrase for each kind, plain text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from swnb.views.markup import Pretty

WIDEST = 160
"""Characters of a decoded value."""


def phrase(event: Any) -> str:
    """Return what an event says beyond its kind and whose it is."""
    tell = PHRASES.get(event.kind)
    if tell is None:
        from swnb.log.listing import told

        return told(event)
    return tell(event)


def decoded(wire: bytes) -> Any:
    """Return the value of a wire of `swnb.values`, as JSON."""
    from swnb import values

    return values.decode(json.loads(wire))


def short(wire: bytes, begin: str = "", end: str = "") -> str:
    """Return the value of a wire in one line; `begin` and `end` in place of the brackets of a list."""
    if not wire:
        return f"{begin}…{end}" if begin else ""
    try:
        value = decoded(wire)
        if begin and isinstance(value, list):
            return begin + ", ".join(one_line(item) for item in value) + end
        return one_line(value)
    except Exception:  # what an agent said may be damaged
        return f"{begin}({len(wire):,} bytes){end}"


def one_line(value: Any, longest: int = WIDEST) -> str:
    """Return a value in one line."""
    whole = Pretty(longest, width=None)(value)
    return whole if len(whole) <= longest else f"{whole[: longest - 1]}…"


def place(event: Any) -> str:
    """Return where a script said something: ``(sw.js:3:9)``."""
    return f" ({event.url}:{event.line}:{event.column})" if event.url else ""


def _appeared(e: Any) -> str:
    kind = f"{e.type} ({e.frame_type})" if str(e.type) == "window" else str(e.type)
    after = f", after {e.former}" if e.former else ""
    return f"{e.client}: {kind} {e.url}{f', of {e.owner}' if e.owner else ''}{after}"


def _changed(e: Any) -> str:
    focus = "" if e.focused is None else "focused" if e.focused else "not focused"
    said = [e.location and f"address {e.location}", e.visibility_state, focus, e.lifecycle]
    return f"{e.client}: {', '.join(str(word) for word in said if word)}"


def _controlled(e: Any) -> str:
    reason = "" if str(e.reason) == "unknown" else f", by {e.reason}"
    return f"{e.client} by {e.worker}{f', before by {e.former}' if e.former else ''}{reason}"


def _controllerchange(e: Any) -> str:
    return f"{e.client}: controller is {'null' if e.script_url is None else f'{e.script_url} ({e.state})'}"


def _payload(e: Any) -> str:
    ports = f", with {', '.join(e.ports)}" if e.ports else ""
    if not e.content:
        return f"({e.size:,} bytes, not kept){ports}" if e.size else ports.lstrip(", ")
    return short(e.content) + ports


def _sent(e: Any) -> str:
    meant = e.channel.removeprefix(f"{e.actor}→")  # a client that is not known yet has its id there
    to = e.to or (meant if meant.startswith("client ") else "whoever hears it")
    by = "" if meant == to else f" ({e.channel})"
    return f"→ {to}{by}: {_payload(e)}".removesuffix(": ")


def _received(e: Any) -> str:
    said = [f"from {e.sender}" if e.sender else ""]
    said += ["" if e.channel == f"{e.sender}→{e.actor}" else e.channel]
    said += ["messageerror" if e.failed else "", "nobody listened" if e.listeners == 0 else ""]
    said += ["" if str(e.pairing) == "exact" else f"{e.pairing} pair", _payload(e)]
    return ", ".join(word for word in said if word)


def _state(e: Any) -> str:
    before = f"{e.former} → " if e.former is not None else "found, "
    return f"{before}{e.state}  {e.script_url} (#{e.version_id})"


def _running(e: Any) -> str:
    start = f", start {e.epoch}" if e.epoch > 1 and str(e.running) != "stopped" else ""
    return f"{e.running}{start}{f', for {e.reason}' if e.reason else ''}"


def _answered(e: Any) -> str:
    error = f"{e.error_name}: {e.error_message}" if e.error_name else ""
    return f"{e.function} {'✗' if error else '→'} {error or short(e.result) or 'undefined'}, in {e.duration_ms:.1f} ms"


def _fetch(e: Any) -> str:
    who = f", for client {e.client_id}" if e.client_id else ""
    return f"{e.method} {e.url} ({e.mode}{f', {e.destination}' if e.destination else ''}){who}"


def _short(words: str) -> str:
    return words if len(words) <= WIDEST else f"{words[: WIDEST - 1]}… ({len(words):,} characters)"


def _title(e: Any) -> str:
    return _short(e.title)


def _chosen(e: Any) -> str:
    action = f", action {_short(e.action)}" if e.action else ""
    return action if e.reply is None else f"{action}, reply {_short(e.reply)!r}"


def _displayed(e: Any) -> str:
    body = f": {_short(e.body)}" if e.body else ""
    buttons = f" [{', '.join(map(_short, e.actions))}]" if e.actions else ""
    return f"{e.number}: {_title(e)}{body}{buttons}{', in the place of another' if e.replaces else ''}"


PHRASES: dict[str, Callable[[Any], str]] = {
    "surprise": lambda e: str(e.what),
    "client.appeared": _appeared,
    "client.identified": lambda e: f"{e.client} is {e.id}",
    "client.changed": _changed,
    "client.controlled": _controlled,
    "client.released": lambda e: f"{e.client} by {e.worker}",
    "client.controllerchange": _controllerchange,
    "client.messages_started": lambda e: str(e.client),
    "client.returned": lambda e: f"{e.client}, from the back/forward cache",
    "client.gone": lambda e: str(e.client),
    "message.sent": _sent,
    "message.received": _received,
    "message.refused": lambda e: f"{e.name}: {e.message} ({e.via})",
    "message.undelivered": lambda e: f"{e.fate}{f': {e.why}' if e.why else ''} ({e.channel})",
    "port.moved": lambda e: f"{e.port}{f', before with {e.former}' if e.former else ''}",
    "window.opened": lambda e: str(e.name),
    "window.navigated": lambda e: f"{e.name}: {e.url}",
    "window.loaded": lambda e: str(e.name),
    "window.crashed": lambda e: str(e.name),
    "window.dialog": lambda e: f"{e.name}: {e.type} {e.message!r}",
    "window.closed": lambda e: str(e.name),
    "worker.state": _state,
    "worker.running": _running,
    "worker.error": lambda e: f"{e.message}{place(e)}",
    "worker.visited": lambda e: f"attached to #{e.version_id} for one call",
    "registration.changed": lambda e: f"{e.scope} {'unregistered' if e.deleted else 'registered'}",
    "registration.updatefound": lambda e: f"{e.worker} in {e.scope}",
    "console": lambda e: f"{e.level}: {e.text}{place(e)}",
    "call.made": lambda e: (
        f"{f'client {e.on_client} ' if e.on_client else ''}{e.function}{short(e.arguments, '(', ')')}"
    ),
    "call.answered": _answered,
    "fetch": _fetch,
    "push.received": lambda e: "without data" if e.text is None else one_line(e.text),
    "sync.received": lambda e: f"{'periodic, ' if e.periodic else ''}{e.tag}{', last chance' if e.last_chance else ''}",
    "event.settled": lambda e: f"{e.type}{', failed' if e.failed else ''}",
    "permission.set": lambda e: f"{e.name}: {e.setting}{f', for {e.origin}' if e.origin else ''}",
    "permission.reset": lambda e: "all of them",
    "notification.shown": lambda e: f"{_title(e)}{f' (tag {_short(e.tag)})' if e.tag else ''}",
    "notification.displayed": _displayed,
    "notification.invoked": lambda e: f"{e.number}: {_title(e)}{_chosen(e)}",
    "notification.removed": lambda e: f"{e.number}: {_title(e)}, {e.reason}",
    "notification.closed": lambda e: f"{_title(e)}{', by the user' if e.by_user else ''}",
    "notification.clicked": lambda e: f"{_title(e)}{_chosen(e)}",
    "interaction.granted": lambda e: "window interaction, for ten seconds",
}
"""By the kind; `told` of the log for one that is not here."""
