"""A still picture of a registration: SVG that needs no style sheet and no script, in the colour of the text around it."""

from __future__ import annotations

from typing import Any

from swnb.text import short
from swnb.views.markup import text
from swnb.vocab import RunningStatus, ServiceWorkerState

WIDTH, COLUMN, TOP, LANE, HALF = 720, 120, 62, 44, 24
"""In pixels: the whole, a state's column, what stands above the first version, a version's height,
half a version's width."""

ROLES = (".installing", 1, 1), (".waiting", 2, 1), (".active", 3, 2)
"""Of a registration: over which states, from where on, how many."""

SIGNS = {RunningStatus.RUNNING: "●", RunningStatus.STOPPED: "○"}
WIDEST = 90
"""Characters of a scope, and of the names of clients."""


def picture(row: dict[str, Any]) -> str:
    """Return one registration, as `WorkerRows` tells it, with each version at the place of its state."""
    versions = row["versions"]
    height = TOP + LANE * max(1, len(versions))
    title = f"{short(row['scope'], WIDEST)}{' (unregistered)' if row['deleted'] else ''}"
    told = "; ".join(f"{each['label']} {each['state']}" for each in versions) or "no worker"
    parts = [_word(0, 14, title, "font-weight='bold'"), *_head()]
    parts += [part for nth, each in enumerate(versions) for part in _lane(each, TOP + LANE * nth + 12)]
    return (
        f'<svg role="img" aria-label="{text(f"{title}: {told}")}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' style="display:block;max-width:100%;font:12px system-ui,sans-serif" fill="currentColor">'
        f"{''.join(parts)}</svg>"
    )


def _middle(place: float) -> float:
    return (place + 0.5) * COLUMN


def _word(x: float, y: float, said: str, more: str = "") -> str:
    return f"<text x='{x:g}' y='{y:g}' {more}>{text(said)}</text>"


def _head() -> list[str]:
    """Return the names of the states, and which of a registration's workers is in which."""
    middle = "text-anchor='middle'"
    states = [_word(_middle(place), 34, str(state), middle) for place, state in enumerate(ServiceWorkerState)]
    roles = [
        _word(_middle(begin + (count - 1) / 2), 50, role, f"{middle} opacity='.75' font-family='monospace'")
        for role, begin, count in ROLES
    ]
    return states + roles


def _lane(version: dict[str, Any], y: float) -> list[str]:
    """Return one version: the way that it went, where it is, whether it runs and whom it controls."""
    states = list(ServiceWorkerState)
    gone = [states.index(ServiceWorkerState(state)) for state, _ in version["path"]] or [0]
    place = states.index(ServiceWorkerState(version["state"]))
    ended = version["state"] == ServiceWorkerState.REDUNDANT
    begin = _middle(gone[0]) if gone[0] != place else _middle(place) - HALF
    way = f"x1='{begin:g}' y1='{y:g}' x2='{_middle(place) - HALF:g}' y2='{y:g}'"  # nothing lies below a token: it is not filled
    line = f"<line {way} stroke='currentColor' stroke-width='2'/>"
    dots = [
        f"<circle cx='{_middle(i):g}' cy='{y:g}' r='3' stroke='currentColor' fill='{'currentColor' if i in gone else 'none'}'/>"
        for i in range(len(states))
        if i != place
    ]
    sign = "✗" if ended else SIGNS.get(version["running"], "◐")
    token = (
        f"<rect x='{_middle(place) - HALF:g}' y='{y - 11:g}' width='{2 * HALF}' height='22' rx='5' fill='none' "
        "stroke='currentColor'/>"
        + _word(_middle(place), y + 4, f"{sign} {version['label']}", "text-anchor='middle' font-weight='bold'")
    )
    serves = ", ".join(version["controls"])
    told = (
        [_word(_middle(gone[0]) - 40, y + 24, short(f"controls {serves}", WIDEST), "opacity='.75'")] if serves else []
    )
    opacity = ".5" if ended else "1"
    return [f"<g opacity='{opacity}'>", line, *dots, token, *told, "</g>"]
