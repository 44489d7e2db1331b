"""How the objects of swnb show themselves in IPython: semantic HTML that needs no style sheet, and text where a repr is too terse.

The tables are read on light and dark pages, with a kernel and without, and where all styles are stripped. So no colour is set:
what differs, differs by its words and signs. Titles, URLs and messages come from pages; they are always text, never markup, and
never links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from swnb.clients.data import HEADINGS
from swnb.views import compared, heard, notified, standing
from swnb.views.listing import visible, worker_text
from swnb.views.markup import CELL, FAINT, NARROW, WIDE, text

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

max_rows = 200
"""Longest table that is shown; set by ``%config SwMagics.max_rows``."""

CODE = frozenset({"url", "scope", "id", "headers"})
WRAPPED = frozenset({"url", "scope", "headers", "what", "installing", "waiting", "active"})
"""Columns whose text may be long; the others stay on one line."""


def _value(heading: str, value: str) -> str:
    if heading == "controlled":
        return "● <strong>yes</strong>" if value == "yes" else f"○ {text(value)}"
    if not value:
        return ""
    if heading in CODE:
        space = "pre-wrap" if heading in WRAPPED else "nowrap"  # said itself: a notebook's style for code is another
        return f'<code style="white-space:{space}">{text(value)}</code>'
    return f"<strong>{text(value)}</strong>" if heading == "name" else text(value)


def _cell(heading: str, value: str) -> str:
    return f'<td style="{WIDE if heading in WRAPPED else NARROW}">{_value(heading, value)}</td>'


def table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of text; a column that is empty throughout is left out."""
    kept = [i for i in range(len(headings)) if any(row[i] for row in rows)]
    head = "".join(f'<th scope="col" style="{CELL}">{text(headings[i])}</th>' for i in kept)
    body = "".join("<tr>" + "".join(_cell(headings[i], row[i]) for i in kept) + "</tr>\n" for row in rows[:max_rows])
    more = f"<p><em>{len(rows) - max_rows} more</em></p>" if len(rows) > max_rows else ""
    return (
        f'<table>\n<caption style="text-align:left;{FAINT}">{text(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>{more}"
    )


def facts(title: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return names and what they stand for, as a table with a head on each row."""
    rows = "".join(
        f'<tr><th scope="row" style="{CELL}">{text(name)}</th>'
        f'<td style="{NARROW if name == "id" else WIDE}">{_value(name, value)}</td></tr>\n'
        for name, value in pairs
        if value
    )
    return (
        f'<table>\n<caption style="text-align:left;{FAINT}">{text(title)}</caption>\n<tbody>\n{rows}</tbody>\n</table>'
    )


def client_list(clients: Any) -> str:
    """A ``ClientList``: what ``matchAll()`` answered."""
    if not clients:
        return "<p><em>no clients</em></p>"
    controlled = sum(client.controlled for client in clients)
    noun = "client" if len(clients) == 1 else "clients"
    return table(f"{len(clients)} {noun}, {controlled} controlled", HEADINGS, [client.cells for client in clients])


def client(one: Any) -> str:
    """One client, a row for each property."""
    pairs = list(zip(HEADINGS, one.cells, strict=True))
    origins = getattr(one, "ancestor_origins", None)
    if origins is not None:
        pairs.append(("ancestor origins", ", ".join(origins) or "none"))
    return facts(type(one).__name__.removeprefix("Async"), pairs)


def listing(things: Any) -> str:
    """A `Listing`."""
    if not things:
        return f"<p><em>no {text(things.what)}</em></p>"
    return table(f"{len(things)} {things.what}" if len(things) > 1 else "", things.headings, things.rows)


def window(one: Any) -> str:
    """A window."""
    state = "closed" if one.closed else "crashed" if one.crashed else "open"
    return facts("Window", (("name", one.name), ("url", one.url), ("state", state)))


def worker(one: Any) -> str:
    """A service worker."""
    pairs = (
        ("version", f"#{one.version_id}"),
        ("script", one.script_url),
        ("state", one.state),
        ("thread", one.running),
        ("role", one.role or ""),
        ("scope", one.scope),
    )
    return facts("ServiceWorker", pairs)


def registration(one: Any) -> str:
    """A registration with its workers."""
    pairs = [("scope", one.scope + (" (unregistered)" if one.unregistered else ""))]
    for role in ("installing", "waiting", "active"):
        found = getattr(one, role)
        if found is not None:
            pairs.append((role, worker_text(found)))
    if one.update_via_cache is not None:
        pairs.append(("update via cache", one.update_via_cache))
    return facts("ServiceWorkerRegistration", pairs)


def js_error(error: Any) -> str:
    """An Error as a value."""
    stack = (
        f"<details><summary>stack</summary><pre><code>{escape(error.stack)}</code></pre></details>"
        if error.stack
        else ""
    )
    return f"<p><strong>{text(error.name)}</strong>: {text(error.message)}</p>{stack}"


def content(shown: Any) -> str:
    """A text as it is served."""
    return f'<p style="{FAINT}"><code>{text(shown.title)}</code></p><pre><code>{escape(shown.text)}</code></pre>'


def help_text(shown: Any) -> str:
    """A verb's help: lines as they are, broken between words where the page is narrow."""
    return f'<pre style="white-space:pre-wrap;overflow-wrap:break-word;word-break:normal">{escape(str(shown))}</pre>'


def event_text(event: Any) -> str:
    """An event in one line, without the clock."""
    from swnb.log.listing import told

    if not hasattr(event, "version_id"):
        return visible(f"{event.kind} {event.actor}: {told(event)}".replace(" : ", ": ").removesuffix(": "))
    what, script = type(event).__name__, visible(event.script_url)  # of a worker: the words of the tables
    now = next((str(getattr(event, field)) for field in ("state", "running", "message") if hasattr(event, field)), "")
    former = getattr(event, "former", None)
    before = f", was {former}" if former is not None else ""
    return f"{what}: #{event.version_id} {script} {visible(now)}{before}, scope {visible(event.scope)}"


def route_text(route: Any) -> str:
    """What was written at a path, in one line."""
    said = [
        route.path,
        str(route.status),
        *(f"{name}: {value}" for name, value in route.headers),
        f"{len(route.body):,} bytes",
    ]
    said += [f"after {route.delay_s:g} s"] if route.delay_s else []
    return "  ".join(visible(part) for part in said)


def mount_text(mount: Any) -> str:
    """A mounted folder, in one line."""
    return visible(f"{mount.prefix}  files of {mount.folder}")


Format = Callable[[Any], str]

CLIENTS = (
    ("swnb.lab.sync_clients", "Client"),
    ("swnb.lab.sync_clients", "WindowClient"),
    ("swnb.clients.client", "AsyncClient"),
    ("swnb.clients.client", "AsyncWindowClient"),
)
"""Each class by itself: a dataclass has a ``__repr__`` of its own, which IPython prefers to what is told of its base."""

HEARD: dict[tuple[str, str], Format] = {
    ("swnb.log.log", "Log"): heard.events,
    ("swnb.log.listing", "Events"): heard.events,
    ("swnb.events.base", "Event"): heard.event,
    ("swnb.messages.listing", "Messages"): heard.messages,
    ("swnb.messages.message", "Message"): heard.message,
    ("swnb.world.world", "World"): standing.world,
    ("swnb.world.views", "Clients"): standing.clients,
    ("swnb.world.views", "Workers"): standing.workers,
    ("swnb.world.views", "Registrations"): standing.registrations,
    ("swnb.world.channels", "Channels"): standing.channels,
    ("swnb.world.rows", "ClientRow"): standing.client,
    ("swnb.world.rows", "WorkerRow"): standing.worker,
    ("swnb.world.rows", "RegistrationRow"): standing.registration,
    ("swnb.world.rows", "ChannelRow"): standing.channel,
    ("swnb.lab.notification_list", "NotificationList"): notified.notifications,
    ("swnb.lab.notification_data", "NotificationData"): notified.notification,
    ("swnb.lab.notification_outcome", "Outcome"): notified.outcome,
}
"""What the lab heard, and what is true."""

HTML: dict[tuple[str, str], Format] = {
    ("swnb.clients.data", "ClientList"): client_list,
    **dict.fromkeys(CLIENTS, client),
    ("swnb.views.listing", "Listing"): listing,
    ("swnb.views.listing", "Facts"): lambda shown: facts(shown.title, shown.facts),
    ("swnb.views.listing", "Content"): content,
    ("swnb.lab.sync_windows", "Window"): window,
    ("swnb.lab.windows", "AsyncWindow"): window,
    ("swnb.lab.sync_workers", "ServiceWorker"): worker,
    ("swnb.clients.worker", "AsyncServiceWorker"): worker,
    ("swnb.lab.sync_workers", "ServiceWorkerRegistration"): registration,
    ("swnb.clients.registration", "AsyncServiceWorkerRegistration"): registration,
    ("swnb.magics.verbs", "Help"): help_text,
    ("swnb.values.kinds", "JSError"): js_error,
    ("swnb.recording.comparison", "Comparison"): compared.comparison,
    **HEARD,
}

TEXT: dict[tuple[str, str], Format] = {
    ("swnb.clients.data", "ClientList"): repr,
    **dict.fromkeys(CLIENTS, str),
    ("swnb.views.listing", "Listing"): repr,
    **dict.fromkeys(HEARD, repr),
    ("swnb.events.base", "Event"): event_text,
    ("swnb.origin.routes", "Route"): route_text,
    ("swnb.origin.routes", "Mount"): mount_text,
    ("swnb.magics.verbs", "Help"): str,
    ("swnb.values.kinds", "JSError"): lambda error: visible(repr(error)),
    ("swnb.recording.comparison", "Comparison"): str,
}


def register(shell: InteractiveShell) -> None:
    """Tell a shell how these objects show themselves. Nothing is imported: the classes are named."""
    formatter = shell.display_formatter
    assert formatter is not None
    for (module, name), html in HTML.items():
        formatter.formatters["text/html"].for_type_by_name(module, name, html)
    for (module, name), plain in TEXT.items():
        formatter.formatters["text/plain"].for_type_by_name(module, name, _pretty(plain))


def unregister(shell: InteractiveShell) -> None:
    """Take it back."""
    formatter = shell.display_formatter
    assert formatter is not None
    for kind, formats in (("text/html", HTML), ("text/plain", TEXT)):
        for module, name in formats:
            formatter.formatters[kind].pop(f"{module}.{name}", None)


def _pretty(plain: Format) -> Callable[[Any, Any, bool], None]:
    def print_it(value: Any, printer: Any, cycle: bool) -> None:
        printer.text(plain(value))

    return print_it
