"""How the world, clients, workers and channels show themselves in a notebook."""

from __future__ import annotations

from typing import Any

from swnb.views.markup import BAD, CELL, DOUBTFUL, LONG, NARROW, NUMBER, code, folded, name, pairs, rows, text

ROWS = 100
"""How many rows of a table are shown: the last ones."""


def _caption(view: Any, more: str = "") -> str:
    living = len(view)
    ended = len(view.all) - living
    parts = [f"{living:,} {view.what if living != 1 else view.one}"]
    parts += [f"the last {ROWS} shown"] if living > ROWS else []
    parts += [f"{ended:,} ended"] if ended else []
    return ", ".join(parts) + more


def _last(view: Any) -> list[Any]:
    return list(view)[-ROWS:]


def _none(view: Any) -> str:
    ended = f" ({len(view.all):,} ended)" if len(view.all) else ""
    return f"<p><em>no {text(view.what)}{ended}</em></p>"


def controller(label: str | None) -> str:
    """Whether a client is controlled, by sign and word."""
    return f"● {name(label)}" if label else "○ none"


def clients(view: Any) -> str:
    """The clients there are."""
    if not len(view):
        return _none(view)
    headings = ("label", "name", "type", "url", "controlled by", "state", "belongs to", "id")
    styles = (NARROW, NARROW, NARROW, LONG, NARROW, CELL, NARROW, NARROW)
    cells = [
        (
            text(row.label),
            name(row.name) if row.name else "",
            text(_type(row)),
            code(row.location or row.url),
            controller(row.controller),
            _state(row),
            text(row.owner or ""),
            _id(row),
        )
        for row in _last(view)
    ]
    controlled = sum(row.controller is not None for row in view)
    return rows(_caption(view, f", {controlled:,} controlled"), headings, cells, styles)


def _type(row: Any) -> str:
    return f"{row.type} ({row.frame_type})" if str(row.type) == "window" else str(row.type)


def _state(row: Any) -> str:
    said = [text(row.state)] if row.state else []
    if str(row.type) == "window" and row.alive and not row.messages_started:
        said.append("queue shut")
    return ", ".join(said)


def _id(row: Any) -> str:
    if row.id is None:
        return ""
    return code(row.id, wraps=False) + (" <em>inferred</em>" if str(row.id_heard) == "inferred" else "")


def client(row: Any) -> str:
    """One client, a row for each of its properties."""
    told = [
        ("name", name(row.name) if row.name else ""),
        ("type", text(_type(row))),
        ("url", code(row.url)),
        ("address now", code(row.location) if row.location not in ("", row.url) else ""),
        ("controlled by", controller(row.controller)),
        ("state", _state(row)),
        ("id", _id(row) or "not known"),
        ("origin", code(row.origin)),
        ("ancestor origins", text(", ".join(row.ancestor_origins))),
        ("belongs to", text(row.owner or "")),
        ("before it", text(row.former or "")),
        ("after it", text(row.successor or "")),
        ("target", code(row.target)),
    ]
    return pairs(f"Client {text(row.label)}", told)


def workers(view: Any) -> str:
    """The service workers there are."""
    if not len(view):
        return _none(view)
    headings = ("label", "version", "script", "state", "thread", "controls", "scope", "last error")
    styles = (NARROW, NARROW, LONG, NARROW, NARROW, CELL, LONG, LONG)
    cells = [
        (
            name(row.label),
            f"#{text(row.version_id)}",
            code(row.script_url),
            text(row.state),
            thread(row),
            text(", ".join(row.controlled)),
            code(row.scope),
            _errors(row),
        )
        for row in _last(view)
    ]
    return rows(_caption(view), headings, cells, styles)


def thread(row: Any) -> str:
    """Whether a worker runs, by sign and word, and how often it was started."""
    sign = {"running": "●", "stopped": "○"}.get(str(row.running), "◐")
    again = f" (start {row.epoch:,})" if row.epoch > 1 else ""
    return f"{sign} {text(row.running)}{again}"


def _errors(row: Any) -> str:
    if not row.errors:
        return ""
    count = f" ({len(row.errors):,} in all)" if len(row.errors) > 1 else ""
    return f'<span style="{BAD}">⚠ {text(row.errors[-1])}{count}</span>'


def worker(row: Any) -> str:
    """One service worker, a row for each of its properties."""
    told = [
        ("version", f"#{text(row.version_id)}"),
        ("script", code(row.script_url)),
        ("scope", code(row.scope)),
        ("state", text(row.state)),
        ("thread", thread(row) + (f", for {text(row.start_reason)}" if row.start_reason else "")),
        ("controls", text(", ".join(row.controlled)) or "nobody"),
        ("errors", "<br>".join(text(error) for error in row.errors[-9:])),
    ]
    return pairs(f"Service worker {text(row.label)}", told)


def registrations(view: Any) -> str:
    """The registrations there are."""
    shown = list(view) + [row for row in view.all if not row.alive and (row.installing or row.waiting or row.active)]
    if not shown:
        return _none(view)
    headings = ("scope", "installing", "waiting", "active", "state")
    cells = [
        (
            code(row.scope),
            text(row.installing or ""),
            text(row.waiting or ""),
            text(row.active or ""),
            f'<span style="{DOUBTFUL}">unregistered</span>' if row.deleted else "",
        )
        for row in shown[-ROWS:]
    ]
    return rows(_caption(view), headings, cells, (LONG, NARROW, NARROW, NARROW, NARROW))


def registration(row: Any) -> str:
    """One registration."""
    told = [(role, text(getattr(row, role) or "")) for role in ("installing", "waiting", "active")]
    told += [("state", "unregistered")] if row.deleted else []
    return pairs(f"Registration {text(row.scope)}", [("scope", code(row.scope)), *told])


def channels(view: Any) -> str:
    """The channels that messages went by."""
    if not len(view):
        return _none(view)
    headings = ("channel", "method", "ends", "sent", "received", "lost", "waiting")
    styles = (LONG, NARROW, CELL, NUMBER, NUMBER, NUMBER, NUMBER)
    cells = [
        (
            text(row.name),
            text(str(row.via or "").removesuffix(".postMessage").removesuffix("GlobalScope")),
            ", ".join(f"<bdi>{text(end)}</bdi>" for end in row.ends),
            f"{row.sent:,}",
            f"{row.received:,}",
            f'<span style="{BAD}">✗ {row.lost:,}</span>' if row.lost else "",
            f'<span style="{DOUBTFUL}">… {row.waiting:,}</span>' if row.waiting else "",
        )
        for row in _last(view)
    ]
    return rows(_caption(view), headings, cells, styles)


def channel(row: Any) -> str:
    """One channel."""
    told = [
        ("method", code(row.via or "")),
        ("ends", text(", ".join(row.ends))),
        ("sent", f"{row.sent:,}"),
        ("received", f"{row.received:,}"),
        ("lost", f"✗ {row.lost:,}" if row.lost else ""),
        ("waiting", f"… {row.waiting:,}" if row.waiting else ""),
    ]
    return pairs(f"Channel {text(row.name)}", told)


def world(shown: Any) -> str:
    """What is true now: a table of each."""
    parts = [clients(shown.clients), workers(shown.workers), registrations(shown.registrations)]
    parts.append(channels(shown.channels))
    surprises = shown.surprises
    if surprises:
        items = "".join(f"<li>{text(s.actor)}{': ' if s.actor else ''}{text(s.what)}</li>" for s in surprises[-20:])
        noun = "surprise" if len(surprises) == 1 else "surprises"
        parts.append(folded(f'<span style="{BAD}">⚠ {len(surprises):,} {noun}</span>', f"<ul>{items}</ul>"))
    return "\n".join(parts)
