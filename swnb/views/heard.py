"""How messages and events show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from swnb.views.clock import Clock
from swnb.views.markup import (
    BAD,
    CELL,
    DOUBTFUL,
    FAINT,
    LONG,
    NARROW,
    NUMBER,
    Pretty,
    block,
    code,
    folded,
    name,
    pairs,
    rows,
    text,
)
from swnb.views.phrases import decoded, one_line, phrase

ROWS = 100
"""How many rows are shown: the last ones."""

SHORT = 56
"""Characters of a payload that are shown as they are."""

OUTCOME = f"{CELL};min-width:9em"

WHOLE = 60_000
"""Characters of the payload of a message that is shown alone."""


def _cut(things: Any, what: str) -> tuple[Any, str]:
    """Return the last rows, and the caption that says how many there are."""
    if len(things) <= ROWS:
        return things, f"{len(things):,} {what if len(things) != 1 else what.removesuffix('s')}"
    return things[-ROWS:], f"{len(things):,} {what}, of which these are the last {ROWS}"


# ---- messages -----------------------------------------------------------------------------------------------------


def messages(found: Any) -> str:
    """Messages: a row each, with what became of it."""
    if not found:
        return "<p><em>no messages</em></p>"
    shown, caption = _cut(found, "messages")
    odd = {words: sum(_fate(m)[1] == words for m in found) for words in ("lost", "gone", "waiting")}
    caption += "".join(f", {number:,} {word}" for word, number in odd.items() if number)
    clock = Clock([shown[0].sent or shown[0].received])
    headings = ("seq", clock.heading, "from → to", "arrived", "by", "payload")
    styles = (NUMBER, NUMBER, NARROW, OUTCOME, NARROW, LONG)
    cells = [
        (
            str(m.seq),
            clock.at(m.sent if m.sent_at is not None else None if m.sent else m.received),
            f"{name(m.sender)} → {name(m.receiver)}",
            outcome(m, clock),
            _by(m),
            payload(m),
        )
        for m in shown
    ]
    return rows(caption, headings, cells, styles)


def _by(m: Any) -> str:
    """Return the channel where it says more than the two names do, else the method."""
    direct = m.channel == f"{m.from_actor}→{m.to_actor}"
    method = str(m.via).removesuffix(".postMessage").removesuffix("GlobalScope")
    if direct or not m.channel:
        return text(method)
    return text(m.channel) if method in ("MessagePort", "BroadcastChannel") else f"{text(method)}, {text(m.channel)}"


def payload(m: Any) -> str:
    """What a message carried: short, and the whole of it below where that is more."""
    ports = f' <em style="white-space:nowrap">with {text(", ".join(m.ports))}</em>' if m.ports else ""
    try:
        value = m.data
        whole = Pretty()(value)
    except Exception:  # it was not kept, or is damaged: the short form says so
        from swnb.messages import preview

        return f"<em>{text(preview(m.received if m.received and m.received.content else m.sent or m.received))}</em>{ports}"
    if len(whole) <= SHORT and "\n" not in whole:
        return code(whole) + ports
    size = f' <span style="{FAINT};white-space:nowrap">{m.size:,} bytes</span>'
    return folded(code(one_line(value, SHORT)) + ports + size, block(whole))


def _whole(m: Any) -> str:
    try:
        return block(Pretty(WHOLE)(m.data))
    except Exception:  # the short form says what is wrong with it
        return payload(m)


SIGNS = {"lost": "✗", "gone": "✗", "waiting": "…"}


def _fate(m: Any) -> tuple[str, str]:
    """Return the sign and the word for what became of a message."""
    if m.received is not None:
        return ("⚠", "messageerror") if m.failed else ("✓", "")
    if m.fate is None:
        return "→", "on its way"
    return SIGNS.get(str(m.fate), "✗"), str(m.fate)


def outcome(m: Any, clock: Clock) -> str:
    """What became of a message: a sign, a word, and why."""
    sign, word = _fate(m)
    said = [clock.at(m.received)] if m.received is not None else []
    said += [f"<strong>{text(word)}</strong>"] if word else []
    said += [text(m.why)] if m.why else []
    if m.received is not None:
        said += ["<strong>nobody listened</strong>"] if m.listeners == 0 else []
        said += [f"<strong>{text(m.pairing)}</strong> pair"] if str(m.pairing) != "exact" else []
    said += ["<em>inferred</em>"] if str(m.heard) == "inferred" else []
    style = BAD if sign in ("✗", "⚠") else DOUBTFUL if len(said) > 1 else ""
    shown = f"{sign} {', '.join(said)}"
    return f'<span style="{style}">{shown}</span>' if style else shown


def message(m: Any) -> str:
    """One message, a row for each of its properties."""
    clock = Clock([m.sent or m.received])
    told = [
        ("from", name(m.sender)),
        ("to", name(m.receiver)),
        ("method", code(m.via)),
        ("channel", text(m.channel)),
        ("sent", _when(m.sent, clock)),
        ("arrived", outcome(m, clock)),
        ("payload", _whole(m)),
        ("ports", text(", ".join(m.ports))),
        ("size", f"{m.size:,} bytes"),
        ("digest", code(m.digest)),
        ("listeners", str(m.listeners) if m.listeners >= 0 else ""),
        ("pairing", text(m.pairing or "")),
        ("heard", text(m.heard)),
    ]
    return pairs(f"Message, event {m.seq}", told)


def _when(event: Any, clock: Clock) -> str:
    return "" if event is None else f"{clock.at(event)} ({clock.time_of_day(event)})"


# ---- events -------------------------------------------------------------------------------------------------------


def events(found: Sequence[Any]) -> str:
    """Events, a row each; a `Log` too."""
    if not len(found):
        return "<p><em>no events</em></p>"
    shown, caption = _cut(found, "events")
    clock = Clock([shown[0]])
    headings = ("seq", clock.heading, "kind", "who", "what", "after", "")
    styles = (NUMBER, NUMBER, NARROW, NARROW, LONG, NUMBER, NARROW)
    cells = [
        (
            str(event.seq),
            clock.at(event),
            kind(event),
            f"<bdi>{text(event.actor)}</bdi>",
            text(phrase(event)),
            "" if event.cause is None else f"← {event.cause}",
            "<em>inferred</em>" if str(event.heard) == "inferred" else "",
        )
        for event in shown
    ]
    return rows(caption, headings, cells, styles)


def kind(event: Any) -> str:
    """The kind of an event, with a sign where it is bad news."""
    if event.kind in ("surprise", "worker.error", "message.undelivered", "message.refused", "window.crashed"):
        return f'<span style="{BAD}">⚠ {code(event.kind, wraps=False)}</span>'
    return code(event.kind, wraps=False)


def event(one: Any) -> str:
    """One event, a row for each of its fields."""
    clock = Clock([one])
    told = [("kind", kind(one)), ("who", name(one.actor) if one.actor else "the browser"), ("when", _when(one, clock))]
    common = {"seq", "t_mono_ns", "t_browser_ms", "actor", "cause", "heard"}
    for field in one.__struct_fields__:
        value = getattr(one, field)
        if field not in common and value is not None and value not in ((), b""):
            told.append((field.replace("_", " "), _field(one, field, value)))
    told += [("after", f"event {one.cause}")] if one.cause is not None else []
    told += [("heard", text(one.heard))]
    return pairs(f"{text(type(one).__name__)}, event {one.seq}", told)


def _field(one: Any, field: str, value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return block(Pretty(WHOLE)(decoded(value)))
        except Exception:  # it is no wire; shown as it came
            return block(value.decode(errors="replace")[:WHOLE])
    if isinstance(value, tuple):
        return text(", ".join(map(str, value)))
    if field.endswith(("id", "url")) or field in ("scope", "function"):
        return code(value)
    return text(value) if str(value) else ""
