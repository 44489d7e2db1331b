"""How notifications show themselves in a notebook: text only, whatever a page wrote into them."""

from __future__ import annotations

from typing import Any

from swnb.text import short, time_of_day
from swnb.views.markup import (
    BAD,
    CELL,
    FAINT,
    LONG,
    NARROW,
    NUMBER,
    Pretty,
    block,
    code,
    folded,
    lines,
    name,
    pairs,
    rows,
    text,
)
from swnb.views.phrases import one_line

ROWS = 100
"""How many rows are shown: the last ones."""

SHORT = 120
"""Characters of a title or body that are shown as they are."""

WHOLE = 60_000
"""Characters of one that is shown alone."""


def notifications(found: Any) -> str:
    """Notifications, a row each; those that are gone among them."""
    everything = list(found)
    if not everything:
        return "<p><em>no notifications</em></p>"
    still = sum(each.shown for each in everything)
    noun = "notification" if len(everything) == 1 else "notifications"
    caption = f"{len(everything):,} {noun}, {still:,} still shown"
    shown = everything[-ROWS:]
    caption += f", of which these are the last {ROWS}" if len(everything) > ROWS else ""
    headings = ("number", "since", "shown", "title", "body", "actions", "tag", "data", "origin", "by")
    styles = (NUMBER, NUMBER, f"{CELL};min-width:7em", LONG, LONG, CELL, CELL, LONG, NARROW, NARROW)
    return rows(caption, headings, [_row(each) for each in shown], styles)


def _row(one: Any) -> tuple[str, ...]:
    return (
        str(one.number),
        time_of_day(one.since),
        _state(one),
        _long(one.title, bold=True),
        _long(one.body),
        "<br>".join(text(action) for action in one.actions),
        _long(one.tag or ""),
        "" if one.data is None else _data(one.data),
        text(one.origin),
        f"<bdi>{text(one.actor)}</bdi>",
    )


def _state(one: Any) -> str:
    replaced = f', <span style="{FAINT}">replaced {one.replaced}×</span>' if one.replaced else ""
    return f"● <strong>yes</strong>{replaced}" if one.shown else f"○ {text(one.why_gone)}{replaced}"


def _long(value: str, *, bold: bool = False) -> str:
    if not value:
        return ""
    shown = f"<bdi>{lines(short(value, SHORT))}</bdi>"
    shown = f"<strong>{shown}</strong>" if bold else shown
    if len(value) <= SHORT:
        return shown
    whole = value if len(value) <= WHOLE else f"{value[:WHOLE]}…"
    return folded(f'{shown} <span style="{FAINT};white-space:nowrap">{len(value):,} characters</span>', block(whole))


def _data(value: Any) -> str:
    whole = Pretty()(value)
    return (
        code(whole) if len(whole) <= SHORT and "\n" not in whole else folded(code(one_line(value, SHORT)), block(whole))
    )


def notification(one: Any) -> str:
    """One notification, a row for each of its properties."""
    told = [
        ("shown", _state(one)),
        ("since", text(time_of_day(one.since))),
        ("title", _long(one.title, bold=True)),
        ("body", _long(one.body)),
        ("actions", "<br>".join(text(action) for action in one.actions)),
        ("tag", _long(one.tag or "")),
        ("data", "" if one.data is None else block(Pretty(WHOLE)(one.data))),
        ("icon", _picture(one.icon)),
        ("image", _picture(one.image)),
        ("origin", text(one.origin)),
        ("by", name(one.actor) if one.actor else ""),
    ]
    return pairs(f"Notification {one.number}", told)


def _picture(picture: Any) -> str:
    return "" if picture is None else f"{picture.width} × {picture.height}, {len(picture.png):,} bytes"


def outcome(one: Any) -> str:
    """What came of a click."""
    waits = one.settled.seq if one.settled is not None else None
    told = [
        ("event", text(one.type)),
        ("to", name(one.event.actor) if one.event is not None else ""),
        ("state", _judged(one)),
        ("threw", "<br>".join(code(short(error.text, 400)) for error in one.errors)),
        (
            "events",
            ", ".join(str(seq) for seq in (one.done.seq, one.event and one.event.seq, waits) if seq is not None),
        ),
    ]
    return pairs(text(one.asked), told)


def _judged(one: Any) -> str:
    bad = one.failed or one.event is None
    return f'<span style="{BAD}">⚠ {text(one.state)}</span>' if bad else text(one.state)
