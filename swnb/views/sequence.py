"""The last rows of a log as a sequence diagram that stands by itself: SVG without style sheet or script, and a table below it."""

from __future__ import annotations

from typing import Any

from swnb.events import MessageReceived, MessageSent, MessageUndelivered
from swnb.log import Log
from swnb.messages.payloads import preview
from swnb.text import short
from swnb.views import heard
from swnb.views.live.lanes import Lane
from swnb.views.live.timeline_rows import TimelineRows, channel_of
from swnb.views.markup import FAINT, folded, text

ROWS = 40
"""How many rows are drawn: the last ones."""

LANES = 9
"""How many lanes are drawn; actors beyond have their messages in the table."""

LANE, ROW, HEAD = 168, 22, 44
"""Pixels of a lane's width, of a row's height, of what the lanes' names need."""

HUES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8c8c00", "#7f7f7f")

DEPTHS = {"parsed": 0.04, "installing": 0.08, "installed": 0.12, "activating": 0.16, "activated": 0.2}
"""How dark a worker's lane is in each of its states."""

BAD = "#d03b3b"

NOTES = {"unheard": "nobody listened", "unpaired": "sending not heard"}

SIGNS = {
    "v": "»",
    "b": "●",
    "e": "○",
    "c": "▬",
    "l": "▭",
    "h": "▬ controllerchange",
    "w": "◆",
    "n": "▶",
    "f": "⚠",
    "a": "ƒ",
    "d": "⚑",
    "i": "☝",
    "k": "★ notificationclick",
    "p": "✉",
    "x": "⚠",
}


def html(log: Log, rows: TimelineRows | None = None) -> str:
    """Return the diagram of the last rows, and below it the last messages as a table.

    Nothing in it needs a style sheet or a script; where pictures are left out, the table still has the messages.

    Parameters
    ----------
    rows
        Of that log, where somebody has them already.
    """
    rows = TimelineRows(log) if rows is None else rows
    count = rows.look()
    if not count:
        return "<p><em>nothing happened</em></p>"
    drawn = _drawn(rows, log, ROWS)
    caption = f"{count:,} rows" + (f", of which these are the last {ROWS}" if count > ROWS else "")
    return f'<div style="{FAINT}">{caption}</div>\n{drawn}\n{folded("messages", heard.messages(log.messages()))}'


def picture(log: Log, most: int) -> str:
    """Return the picture of the last rows alone, ``""`` where nothing happened."""
    rows = TimelineRows(log)
    return _drawn(rows, log, most) if rows.look() else ""


def _drawn(rows: TimelineRows, log: Log, most: int) -> str:
    first = max(0, len(rows) - most)
    return Diagram(rows, _in_time([(at, rows.made(at)) for at in range(first, len(rows))]), log).svg()


def _in_time(made: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Return rows in the order of their time, none before what it follows from; they were heard nearly so."""
    when: dict[int, float] = {}
    for at, row in made:
        when[at] = max(row[3], when.get(row[4], row[3]))
    return sorted(made, key=lambda each: when[each[0]])


class Diagram:
    """One picture.

    Parameters
    ----------
    rows
        All of them.
    made
        Those that are drawn, with their numbers.
    """

    def __init__(self, rows: TimelineRows, made: list[tuple[int, Any]], log: Log) -> None:
        self._log = log
        self._made = made
        self._places = {at: nth for nth, (at, _) in enumerate(made)}
        used: list[int] = []
        for _, row in made:
            used += [lane for lane in (row[2], row[5]) if lane >= 0 and lane not in used]
        order = sorted(used, key=lambda lane: (rows.lanes.all[lane].kind == "service worker", lane))
        self._lanes: dict[int, Lane] = {lane: rows.lanes.all[lane] for lane in order[:LANES]}
        self._nth = {lane: nth for nth, lane in enumerate(self._lanes)}
        self._parts: list[str] = []

    def svg(self) -> str:
        """Return the picture."""
        wide, high = LANE * len(self._lanes) + 60, HEAD + ROW * (len(self._made) + 1)
        for lane in self._lanes:
            self._head(lane, high)
        for nth, (at, row) in enumerate(self._made):
            self._row(at, row, HEAD + ROW * (nth + 0.5))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img" '
            f'aria-label="sequence diagram" font-family="sans-serif" font-size="12" fill="currentColor">\n'
            f"{''.join(self._parts)}</svg>"
        )

    def _y(self, row: int) -> float:
        """Return where a row stands; what was before the picture, at its top."""
        place = self._places.get(row)
        return HEAD - 8 if place is None else HEAD + ROW * (place + 0.5)

    def _spans(self, at: int, high: int) -> None:
        """Draw what is true of a lane, piece by piece: who controls it; of a worker, how far it has come and whether it runs."""
        lane, x, now = self._lanes[at], self._x(at), dict.fromkeys(("alive", "by", "state", "running"), "")
        worker = lane.kind == "service worker"
        ends = [*[self._y(row) for row, _, _ in lane.spans[1:]], high - 4.0]
        for (_, what, value), y0, y1 in zip(lane.spans, [self._y(row) for row, _, _ in lane.spans], ends, strict=True):
            now[what] = value
            if y1 <= y0:
                continue
            if worker and now["state"] in DEPTHS:
                self._parts.append(
                    f'<rect x="{x - 44:g}" y="{y0:g}" width="88" height="{y1 - y0:g}" fill="{_hue(lane.name)}" '
                    f'fill-opacity="{DEPTHS[now["state"]]}"/>\n'
                )
                runs = 'stroke-width="2"' if now["running"] == "running" else 'stroke-dasharray="1 6"'
                self._line(x, y0, x, y1, _hue(lane.name), runs)
            elif not worker and (now["alive"] or not any(span[1] == "alive" for span in lane.spans)):
                colour = f'stroke="{_hue(now["by"])}"' if now["by"] else 'stroke="currentColor" stroke-opacity="0.45"'
                wide = 5 if now["by"] else 1.5
                self._parts.append(
                    f'<line x1="{x:g}" y1="{y0:g}" x2="{x:g}" y2="{y1:g}" {colour} stroke-width="{wide}"/>\n'
                )

    def _x(self, lane: int) -> float:
        return 30 + LANE * (self._nth[lane] + 0.5)

    def _head(self, at: int, high: int) -> None:
        lane, x = self._lanes[at], self._x(at)
        if lane.spans:
            self._spans(at, high)
        else:
            self._line(x, HEAD - 8, x, high - 4, "currentColor", 'stroke-opacity="0.45"')
        self._text(x, 16, lane.name, 'font-weight="bold"', 24)
        self._text(x, 31, lane.kind if lane.name != lane.kind else "", 'fill-opacity="0.75" font-size="11"', 24)

    def _row(self, at: int, row: Any, y: float) -> None:
        _, letter, lane, _, _, other, said, more = row
        if lane not in self._nth:
            return
        x = self._x(lane)
        if letter in "ru":
            self._arrival(row, y)
        elif letter == "s":
            self._sending(at, row, y)
        elif letter == "c" and other in self._nth:
            self._line(
                self._x(other), y, x, y, _hue(self._lanes[other].name), 'stroke-width="5" stroke-linecap="round"'
            )
            claim = f"{self._lanes[other].name} {'claims' if said == 'claim' else 'controls'} {self._lanes[lane].name}"
            self._text((x + self._x(other)) / 2, y - 5, claim, 'font-weight="bold"')
        else:
            told = f"{SIGNS.get(letter, '')} {words(letter, said, more)}".strip()
            bad = letter in "xf"
            self._text(x, y + 4, told, f'fill="{BAD}"' if bad else "", boxed=True)

    def _sending(self, at: int, row: Any, y: float) -> None:
        event = self._log[row[0]]
        lane, other = row[2], row[5]
        assert isinstance(event, MessageSent)
        x = self._x(lane)
        ends = other >= 0 and other in self._nth and other != lane
        middle = (x + self._x(other)) / 2 if ends else x + 20
        replies = isinstance(row[7], list) and row[7][1] >= 0
        shown = f"{'↩ ' if replies else ''}{preview(event)}"
        self._text(middle, y - 4, shown, 'font-family="monospace" font-size="11"', 28)
        if ends and not any(
            ref[4] == at for _, ref in self._made
        ):  # its arrival is not in the picture, or has not come
            self._line(x, y, self._x(other), y + ROW / 3, "currentColor", 'stroke-dasharray="2 4"')

    def _arrival(self, row: Any, y: float) -> None:
        _, letter, lane, _, ref, other, _, more = row
        event = self._log[row[0]]
        if letter == "u":
            sent = self._log[event.cause] if event.cause is not None else None
            other = next((r[2] for at, r in self._made if at == ref), -1) if isinstance(sent, MessageSent) else -1
        x = self._x(lane)
        bad = letter == "u" or (isinstance(event, MessageReceived) and event.failed)
        colour = BAD if bad else _colour(self._log, event)
        if other in self._nth:
            begin = HEAD + ROW * (self._places[ref] + 0.5) if ref in self._places else HEAD - 8
            x0 = self._x(other)
            if other == lane:
                self._parts.append(
                    f'<path d="M{x0:g} {begin:g}C{x0 + 40:g} {begin:g} {x0 + 40:g} {y:g} {x + 3:g} {y:g}" fill="none" '
                    f'stroke="{colour}"/>\n'
                )
            else:
                self._line(x0, begin, x, y, colour, 'stroke-dasharray="6 4"' if bad else "")
            self._tip(x, y, -1 if x0 > x or other == lane else 1, colour, bad=bad)
        if isinstance(event, MessageUndelivered):
            self._text(x, y + 4, f"✗ {event.fate}: {event.why}", f'fill="{BAD}"', boxed=True)
        elif isinstance(event, MessageReceived) and more:
            self._text(
                x,
                y + 15,
                f"({', '.join(NOTES.get(str(note), str(note)) for note in more)})",
                f'fill="{BAD}" font-size="11"',
                24,
            )

    def _tip(self, x: float, y: float, way: int, colour: str, *, bad: bool) -> None:
        back = x - 8 * way
        if bad:
            path = f"M{back:g} {y - 5:g}L{x:g} {y + 5:g}M{back:g} {y + 5:g}L{x:g} {y - 5:g}"
            self._parts.append(f'<path d="{path}" stroke="{colour}" stroke-width="2"/>\n')
        else:
            self._parts.append(f'<path d="M{back:g} {y - 4:g}L{x:g} {y:g}L{back:g} {y + 4:g}Z" fill="{colour}"/>\n')

    def _line(self, x0: float, y0: float, x1: float, y1: float, colour: str, more: str = "") -> None:
        self._parts.append(f'<line x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" stroke="{colour}" {more}/>\n')

    def _text(self, x: float, y: float, words: str, more: str = "", longest: int = 30, *, boxed: bool = False) -> None:
        if words:
            shown = text(short(words, longest))
            title = f"<title>{text(short(words, 300))}</title>" if len(words) > longest else ""
            if boxed:
                half = 3.6 * min(len(words), longest) + 6
                self._parts.append(
                    f'<rect x="{x - half:g}" y="{y - 13:g}" width="{2 * half:g}" height="18" rx="3" fill="currentColor" '
                    'fill-opacity="0.08" stroke="currentColor" stroke-opacity="0.35"/>\n'
                )
            self._parts.append(f'<text x="{x:g}" y="{y:g}" text-anchor="middle" {more}>{title}{shown}</text>\n')


def _colour(log: Log, event: Any) -> str:
    """Return a message's colour: ports have their own."""
    sent = log[event.cause] if event.cause is not None else event
    channel = channel_of(getattr(sent, "channel", ""))
    return HUES[(channel + 3) % len(HUES)] if isinstance(channel, int) and channel else "currentColor"


def _hue(label: str) -> str:
    number = int(label[1:]) if label[1:].isdigit() else len(HUES)
    return HUES[(number - 1) % len(HUES)]


def words(letter: str, said: Any, more: Any) -> str:
    """Return what a mark says."""
    told = {
        "v": f"{more}.{said}" if more else said,
        "b": f"{more} {str(said).removeprefix('http://lab.localhost')}",
        "e": f"{more} is gone",
        "n": f"{said} #{more[0]}" if letter == "n" and more[0] > 1 else said,
        "a": f"{str(said).removeprefix('registration.')}()",
        "h": more,
        "p": f"{more} {said}",
    }
    if letter in "ki":
        return f"{said}{f' [{more}]' if more else ''}"
    return str(told.get(letter, said))
