"""A report: one page that stands by itself, and tells what happened. Nothing in it reaches for a network."""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from swnb.errors import SwnbError
from swnb.events import MessageSent
from swnb.text import visible
from swnb.views import heard, sequence, standing
from swnb.views.live import assets
from swnb.views.live.console_rows import ConsoleRows
from swnb.views.live.timeline_rows import TimelineRows
from swnb.views.markup import block, code, folded, pairs, text
from swnb.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from swnb.lab.async_lab import AsyncLab
    from swnb.log import Log

PAYLOADS = 8 << 20
"""Bytes of payloads that a page has with it, all together; of others the size is told."""

CONSOLE = 500
"""Lines of the console: the last ones."""

FILE = 64 << 10
"""Bytes of a site's file that are shown."""

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1180px; padding: 0 1em; background: light-dark(#fff, #151515); color: light-dark(#1a1a1a, #e8e8e8); }
h1 { font-size: 1.7em; } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid light-dark(#ccc, #444); }
table { border-collapse: collapse; display: block; overflow-x: auto; } td, th { padding: 3px 10px 3px 0; border-bottom: 1px solid light-dark(#ddd, #333); }
code, pre { font-family: ui-monospace, monospace; font-size: 0.93em; } svg { max-width: 100%; height: auto; }
.living #still { display: none; } .swnb-timeline { --swnb-ground: light-dark(#fff, #151515); }
"""  # noqa: E501


def report(
    log: Log,
    *,
    title: str = "A run of swnb",
    environment: Sequence[tuple[str, str]] = (),
    files: Sequence[tuple[str, bytes]] = (),
    replay: str = "",
    cells: str = "",
    language: str = "en",
) -> str:
    """Return a page that tells of a run, complete: summary, clients and workers, the timeline, console, files, environment.

    Parameters
    ----------
    environment
        Names and values: versions, platform, configuration.
    files
        The site's: path and bytes.
    replay
        The commands that run it again, ``""`` for none.
    cells
        The code of a notebook that does.
    """
    world = World()
    for event in log:
        world.apply(event)
    rows = TimelineRows(log)
    rows.look()
    script = f"{assets.esm('timeline').replace('export default widget;', '')}{assets.source('recorded')}"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    body = "".join(_section(heading, html) for heading, html in _sections(log, world, rows, environment, files) if html)
    again = (block(replay) if replay else "") + (folded("the cells of a notebook", block(cells)) if cells else "")
    body += _section("Run it again", again) if again else ""
    return (
        f'<!doctype html>\n<html lang="{text(language)}"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{text(title)}</title>\n'
        f"<style>{STYLE}{assets.css('timeline')}</style></head>\n<body><h1>{text(title)}</h1>\n{body}"
        f'<script type="application/json" id="told">{_told(log, rows, language)}</script>\n'
        f'<script type="module">{script}</script>\n</body></html>\n'
    )


def of_lab(lab: AsyncLab, path: Path, title: str) -> Path:
    """Write the report of what happened in a lab so far."""
    from platform import platform, python_version

    from swnb import __version__

    files = []
    for site in lab.sites:
        files += [(f"{site.url}{route.path}", route.body) for route in site.routes]
    environment = [("swnb", __version__), ("Python", python_version()), ("platform", platform())]
    if lab.alive and lab.browser.version:
        environment.append(("browser", lab.browser.version))
    recorders = lab.recorders
    again = f"swnb replay {shlex.quote(visible(recorders[-1].path))}" if recorders else ""
    made = report(lab.log, title=title, environment=environment, files=files, replay=again)
    try:
        path.write_text(made, "utf-8")
    except OSError as error:
        raise SwnbError(f"{path} cannot be written: {error.strerror or error}", "name another file") from None
    return path


def _section(heading: str, html: str) -> str:
    return f"<section><h2>{text(heading)}</h2>\n{html}\n</section>\n"


def _sections(
    log: Log,
    world: World,
    rows: TimelineRows,
    environment: Sequence[tuple[str, str]],
    files: Sequence[tuple[str, bytes]],
) -> list[tuple[str, str]]:
    console = ConsoleRows(log)
    lines, _ = console.last(CONSOLE)
    shown = "".join(
        f"<tr><td>{text(line.actor)}</td><td>{text(line.level)}</td><td>{code(line.text)}</td></tr>\n" for line in lines
    )
    return [
        ("Summary", _summary(log, world, rows)),
        ("Clients", standing.clients(world.clients)),
        ("Workers", standing.registrations(world.registrations) + standing.workers(world.workers)),
        ("Timeline", f'<div id="timeline"></div>\n<div id="still">{sequence.picture(log, sequence.ROWS)}</div>'),
        ("Messages", folded("the last ones", heard.messages(log.messages()))),
        ("Console", f"<table><tbody>{shown}</tbody></table>" if lines else ""),
        ("Files of the site", "".join(_file(path, body) for path, body in files)),
        ("Environment", pairs("", [(name, text(value)) for name, value in environment])),
    ]


def _summary(log: Log, world: World, rows: TimelineRows) -> str:
    messages = log.messages()
    undelivered = sum(message.fate is not None for message in messages)
    last = rows.made(len(rows) - 1)[3] / 1000 if len(rows) else 0.0
    told = [
        ("events", f"{len(log):,}"),
        ("for", f"{last:.3f} s"),
        ("clients", f"{len(world.clients.all):,}, {len(world.clients):,} at the end"),
        ("workers", f"{len(world.workers.all):,}"),
        ("messages", f"{len(messages):,}" + (f", {undelivered:,} undelivered" if undelivered else "")),
        ("surprises", f"{len(world.surprises):,}" if len(world.surprises) else ""),
    ]
    return pairs("", told)


def _file(path: str, body: bytes) -> str:
    shown = body[:FILE].decode("utf-8", "replace")
    more = f" (of {len(body):,} bytes, the first {FILE:,})" if len(body) > FILE else f" ({len(body):,} bytes)"
    return folded(f"{code(path)}{text(more)}", block(shown))


def _told(log: Log, rows: TimelineRows, language: str) -> str:
    """Return what the timeline shows, as JSON that no page takes for markup."""
    payloads: dict[str, Any] = {}
    left = PAYLOADS
    for event in log:
        if isinstance(event, MessageSent) and event.content:
            left -= len(event.content)
            kept = msgspec.Raw(event.content if left > 0 else b"null")
            payloads[str(event.seq)] = [kept, event.size, event.channel.encode("utf-8", "replace").decode()]
    told = {
        "words": assets.words(language),
        "rows": msgspec.Raw(rows.packed(0, len(rows))),
        "lanes": rows.lanes.since(0),
        "payloads": payloads,
    }
    written = msgspec.json.encode(told).decode()
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
