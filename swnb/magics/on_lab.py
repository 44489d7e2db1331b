"""Verbs of the lab itself: begin, end, and what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swnb.magics.arguments import Argument, Completes, positive_seconds, whole
from swnb.magics.call import Call
from swnb.magics.verbs import verb
from swnb.vocab import Attach, Loop

if TYPE_CHECKING:
    from swnb.lab.lab import Lab
    from swnb.views.listing import Facts

GROUP = "The lab"


@verb(
    "start",
    "Start a browser and an origin, and show the dashboard; files that an earlier lab of the same name served are kept.",
    Argument("--headed", "show the windows on the screen"),
    Argument("--connect", "take the browser that runs at this ws:// address, instead of starting one", "ADDRESS"),
    Argument(
        "--loop",
        "where the lab lives: a thread of its own, or the kernel's loop",
        "LOOP",
        choices=tuple(map(str, Loop)),
    ),
    Argument("--executable", "Chromium to start", "PATH"),
    Argument("--open-network", "let pages reach other hosts than *.localhost"),
    Argument(
        "--timeout",
        "longest wait for an answer, for every verb that is told no other",
        "SECONDS",
        convert=positive_seconds,
    ),
    Argument(
        "--arg", "one more argument for Chromium, written with an equals sign: --arg=--lang=de", "ARGUMENT", repeat=True
    ),
    Argument(
        "--attach",
        "hold: workers are heard, and never stopped for being idle; detached: they are left alone",
        "POLICY",
        choices=tuple(map(str, Attach)),
    ),
    Argument(
        "--payload-bytes",
        "keep payloads of messages up to so many bytes; of larger ones size and digest",
        "N",
        convert=whole,
    ),
    Argument("--at-once", "hear all at once, however much it is: a renderer that crashes takes nothing of it along"),
    Argument("--quiet", "show no dashboard; `%sw dashboard` does, at any time"),
    group=GROUP,
    example="%sw start --headed --timeout 10",
)
def start(call: Call) -> object:
    """Start a lab with the configured settings and the given ones."""
    given = call.arguments
    lab = call.labs.start(
        given.text("lab"),
        call.labs.settings(
            headed=given.flag("headed") or None,
            connect=given.text("connect"),
            loop=given.text("loop"),
            executable=given.text("executable"),
            open_network=given.flag("open_network") or None,
            timeout_s=given.number("timeout"),
            arguments=given.many("arg") or None,
            attach=given.text("attach"),
            payload_bytes=given.number("payload_bytes"),
            at_once=given.flag("at_once") or None,
        ),
    )
    if call.in_notebook and not given.flag("quiet"):
        _show_dashboard(call, lab)
    return lab


def _show_dashboard(call: Call, lab: Lab) -> None:
    """Show the dashboard of a lab that has begun. Whatever goes wrong with it, the lab is there."""
    try:
        dashboard = lab.dashboard()
        dashboard.brief = True
        dashboard.display()
    except Exception as error:  # widgets are other packages, of which any version may be here
        call.say(f"the lab is started, but its dashboard cannot be shown: {type(error).__name__}: {error}")


@verb(
    "stop",
    "End the browser and the origin; nothing is left running.",
    Argument("--all", "every lab of this kernel"),
    group=GROUP,
    example="%sw stop",
)
def stop(call: Call) -> None:
    """Stop a lab, or all."""
    if call.arguments.flag("all"):
        call.labs.stop_all()
    else:
        call.labs.stop(call.lab)


@verb("status", "What runs: browser, site, windows, workers, labs.", group=GROUP, example="%sw status")
def status(call: Call) -> Facts:
    """Tell what there is, started or not."""
    from swnb.views.listing import Facts

    lab = call.labs.get(call.arguments.text("lab"))
    names = [f"{name} (current)" if name == call.labs.current else name for name in call.labs.names]
    labs = ("labs", ", ".join(names) or "none")
    if lab is None or not lab.started:
        return Facts("no lab is started", (labs, ("next", "%sw start")))
    title = f"lab {lab.name!r}"
    if not lab.alive:
        return Facts(title, (("browser", "gone"), ("next", "%sw start begins anew"), labs))
    return Facts(title, (*_running(lab), labs))


def _running(lab: Lab) -> list[tuple[str, str]]:
    from swnb.views.listing import worker_text

    windows = [f"{w.name} {w.url}{' (crashed)' if w.crashed else ''}" for w in lab.windows]
    workers = []
    for registration in lab.registrations:
        for worker in (registration.installing, registration.waiting, registration.active):
            if worker is not None:
                workers.append(f"{worker_text(worker)} (scope {registration.scope})")
    settings = lab.settings
    return [
        ("browser", "connected" if settings.connect else "headed" if settings.headed else "headless"),
        ("site", f"{lab.site.url}/ ({len(lab.site.routes)} files, {len(lab.site.mounts)} folders)"),
        ("loop", str(settings.loop)),
        ("workers are", "held" if settings.attach is Attach.HOLD else "left alone (detached)"),
        ("network", "open" if settings.open_network else "*.localhost only"),
        ("windows", "; ".join(windows) or "none"),
        ("workers", "; ".join(workers) or "none"),
    ]


@verb(
    "lab",
    "Make another lab the one that the verbs mean; without a name, show which it is.",
    Argument("name", "name of a lab that was started", completes=Completes.LAB),
    group=GROUP,
    example="%sw lab two",
)
def lab(call: Call) -> object:
    """Switch to another lab."""
    name = call.arguments.text("name")
    return call.lab if name is None else call.labs.use(name)
