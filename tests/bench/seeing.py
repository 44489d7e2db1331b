"""What views cost, in a real JupyterLab beside a static page in the same browser: ``python -m tests.bench.seeing --help``."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import swnb
from tests.bench import machine
from tests.notebook.front_end import Notebook, front_end

ROOT = Path(__file__).parents[2]

SETUP = f"""import sys
sys.path.insert(0, {str(ROOT)!r})
import json, time
%load_ext swnb
from tests.bench import seeing_kernel as bench
small, big = bench.started("small"), bench.started("big")
(bench.fill(small, 500), bench.fill(big, 50_000))"""

STATIC = """<!doctype html><meta charset="utf-8"><title>static</title>
<div id="scroller" style="height: 420px; overflow: auto; border: 1px solid">
<div style="height: 2600000px"><b>a few</b> <i>static nodes</i></div></div>
<button id="button">press</button><output id="told">0</output>
<script>button.onclick = () => { told.textContent = Number(told.textContent) + 1; };</script>"""

FRAMES = """globalThis.frames_of = async (count, step) => {
  const next = () => new Promise(done => requestAnimationFrame(done)), took = [];
  let last = await next();
  for (let i = 0; i < count; i++) { step(i); const now = await next(); took.push(now - last); last = now; }
  return took;
}; 0"""

CLICKS = """globalThis.clicks = [];
addEventListener("click", event => {
  const begin = event.timeStamp;
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => clicks.push(performance.now() - begin);
    port2.postMessage(0);
  });
}, true); 0"""

CLICKS_EACH = 40

TIMELINE = "[...document.querySelectorAll('.swnb-timeline')].at(-1)"
SCROLLER = f"{TIMELINE}.querySelector('.swnb-tl-scroller')"


@dataclass
class Figure:
    """One line: what, how much, what it may be at most, more in words, and whether it is a count, which no busy machine changes."""

    what: str
    value: float
    most: float | None
    said: str
    counted: bool = False

    @property
    def verdict(self) -> str:
        """Whether it is what was asked for."""
        return "" if self.most is None else "met" if self.value <= self.most else "missed"


def percent(times: list[float], part: float) -> float:
    """Return the value below which so much of the times is."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class Bench:
    """One run, in one JupyterLab."""

    def __init__(self, notebook: Notebook, static: swnb.Window, rounds: int) -> None:
        self.notebook = notebook
        self.static = static
        self.rounds = rounds
        for page in (notebook.window, static):
            page.evaluate(FRAMES)
            page.evaluate(CLICKS)

    def kernel(self, source: str) -> Any:
        """Return the value of an expression in the kernel."""
        shown = self.notebook.run(f"print('§' + json.dumps({source}) + '§')").split("§")
        if len(shown) != 3 or "Error" in shown[2]:
            raise SystemExit(f"the kernel says: {'§'.join(shown)}")
        return json.loads(shown[1])

    def run(self) -> list[Figure]:
        """Measure everything."""
        return [*self.paint(), *self.frames(), *self.clicks(), *self.cost(), *self.bytes(), self.changes()]

    # ---- painting -----------------------------------------------------------------------------------------------

    def painted(self, lab: str) -> float:
        """Return the milliseconds from the run of a cell to a timeline that is painted."""
        notebook = self.notebook
        notebook.value(
            """globalThis.painted = new Promise(done => {
              const before = document.querySelectorAll('.swnb-timeline').length, begin = performance.now();
              const look = () => {
                const all = document.querySelectorAll('.swnb-timeline');
                if (all.length > before && all[all.length - 1].querySelector('.swnb-tl-label')) {
                  setTimeout(() => done(performance.now() - begin));
                } else requestAnimationFrame(look);
              };
              look();
            }); 0"""
        )
        notebook.begin(f"view = {lab}.views.timeline(); view")
        took = float(notebook.value("await painted"))
        notebook.idle()
        notebook.value(f"{CELL_AT}.outputArea.node.scrollIntoView(); 0")
        return took

    def clear(self) -> None:
        """Take away the last view."""
        self.notebook.run("view.close()")
        self.notebook.command("notebook:clear-all-cell-outputs")

    def paint(self) -> list[Figure]:
        """A timeline of 50,000 messages beside one of 500."""
        took: dict[str, list[float]] = {"small": [], "big": []}
        for place in range(self.rounds + 1):
            for lab in ("small", "big"):
                each = self.painted(lab)
                if place:
                    took[lab].append(each)
                self.clear()
        few, many = median(took["small"]), median(took["big"])
        return [
            Figure("timeline, first painted: 50,000 messages beside 500", many / few, 3, f"{few:.0f} ms, {many:.0f} ms")
        ]

    # ---- frames ---------------------------------------------------------------------------------------------------

    def frames(self) -> list[Figure]:
        """Scrolling and zooming through 50,000 messages, beside a static page that is scrolled."""
        self.painted("big")
        self.notebook.until(
            f"!{TIMELINE}.querySelector('[role=status]').textContent.includes('…')"
        )  # all of its history is there
        scroll = f"const s = {SCROLLER}; await frames_of(180, i => {{ s.scrollTop = (i * 1371) % s.scrollHeight; }})"
        zoom = (
            f"const s = {SCROLLER}, r = s.getBoundingClientRect(), at = {{clientX: r.x + 200, clientY: r.y + 200}}; "
            "await frames_of(180, i => s.dispatchEvent(new WheelEvent('wheel', "
            "{ctrlKey: true, deltaY: i % 60 < 30 ? 1 : -1, ...at, bubbles: true, cancelable: true})))"
        )
        got: dict[str, list[float]] = {"scroll": [], "zoom": [], "time": [], "still": []}
        for _ in range(self.rounds):
            got["scroll"] += self.notebook.value(scroll)
            got["still"] += self.stills()
            got["zoom"] += self.notebook.value(zoom)
            got["still"] += self.stills()
            self.notebook.value(f"{TIMELINE}.querySelector('[data-do=\"by time\"]').click(); 0")
            got["time"] += self.notebook.value(scroll) + self.notebook.value(zoom)
            self.notebook.value(f"{TIMELINE}.querySelector('[data-do=\"by time\"]').click(); 0")
        nodes = self.notebook.value(f"{TIMELINE}.querySelectorAll('*').length")
        base = median(got["still"])
        found = []
        for name, what in (("scroll", "scrolled"), ("zoom", "zoomed"), ("time", "both, by time")):
            most = f"99 %: {percent(got[name], 0.99):.1f} ms, static {percent(got['still'], 0.99):.1f} ms"
            said = f"{base:.1f} ms, {median(got[name]):.1f} ms; {most}"
            found.append(
                Figure(
                    f"50,000 messages {what}: median frame beside a static page's", median(got[name]) / base, 1.2, said
                )
            )
            found.append(
                Figure(
                    f"… longest frame of {len(got[name])}, in ms",
                    max(got[name]),
                    100,
                    f"static {max(got['still']):.1f} ms",
                )
            )
        return [*found, Figure("… nodes of its DOM", float(nodes), 2000, "", counted=True)]

    def stills(self) -> list[float]:
        """Return the frames of the static page that is scrolled."""
        took: Any = self.static.evaluate("await frames_of(180, i => { scroller.scrollTop = i * 1371; })")
        return list(took)

    # ---- clicks ---------------------------------------------------------------------------------------------------

    def clicks(self) -> list[Figure]:
        """A click while 1,000 messages a second come, beside a static page's; each at a moment of its own within a frame."""
        self.notebook.run("ear = bench.Ear(view); flooding = bench.flood(big, 1000, 60); begin = time.monotonic()")
        self.notebook.value("clicks.length = 0; 0")
        self.static.evaluate("clicks.length = 0; 0")
        pages = [(self.notebook.window, f"{TIMELINE}.querySelector('[data-do=follow]')"), (self.static, "button")]
        for _ in range(CLICKS_EACH):
            for page, element in random.sample(pages, 2):
                time.sleep(random.uniform(0.1, 0.2))
                self.press(page, element)
        said = self.kernel("[len([at for at, _ in ear.said if at >= begin]), time.monotonic() - begin]")
        ours: Any = self.notebook.value("clicks")
        theirs: Any = self.static.evaluate("clicks")
        self.notebook.run("flooding.cancel(); 0")
        figure = Figure(
            "a click while 1,000 messages a second come, beside a static page's",
            median(ours) / median(theirs),
            2,
            f"{median(theirs):.1f} ms, {median(ours):.1f} ms; {len(ours)} clicks",
        )
        return [figure, Figure("… comm messages a second of that view", said[0] / said[1], 10, "", counted=True)]

    @staticmethod
    def press(page: swnb.Window, element: str) -> None:
        """Press the mouse on an element, as a user does."""
        place: Any = page.evaluate(
            f"const r = {element}.getBoundingClientRect(); [r.x + r.width / 2, r.y + r.height / 2]"
        )
        page.page.mouse.click(float(place[0]), float(place[1]))

    # ---- the kernel -----------------------------------------------------------------------------------------------

    def cost(self) -> list[Figure]:
        """What the lab's thread spends on views, beside what it spends on the log."""
        self.notebook.run("view.close(); views = [small.views.timeline(), small.views.clients()]")
        self.notebook.run("from IPython.display import display; display(*views); small.window('home').reload()")
        pairs = self.kernel(f"bench.cost(small, views, 2000, {max(3, self.rounds)})")
        without, beyond = median(one for one, _ in pairs), median(other - one for one, other in pairs)
        said = f"{without / 8000 * 1e6:.1f} µs an event, {beyond / 8000 * 1e6:.1f} µs more with timeline and clients"
        return [Figure("kernel: spent on views, beside putting the events into the log", beyond / without, 1, said)]

    def bytes(self) -> list[Figure]:
        """What a view sends for ten messages, where the log is short and where it is long."""
        sizes = self.kernel("[bench_bytes(lab) for lab in (small, big)]") if self.notebook.run(BYTES) == "" else [1, 9]
        return [
            Figure(
                "bytes for ten messages: log of 100,000 events beside a short one",
                sizes[1] / sizes[0],
                1.2,
                f"{sizes[0]}, {sizes[1]}",
                counted=True,
            )
        ]

    def changes(self) -> Figure:
        """How long it takes until a change of one of 200 clients is on the screen."""
        self.notebook.run(CHANGES)
        self.notebook.until("document.querySelectorAll('.swnb-clients tbody tr').length >= 200")
        took = []
        for nth in range(10):
            self.notebook.value(
                f"""globalThis.changed = new Promise(done => {{
                  const here = () => [...document.querySelectorAll('.swnb-clients tbody tr')]
                    .some(tr => tr.cells[2].textContent.endsWith('#new{nth}'));
                  const look = () => requestAnimationFrame(() => (here() ? done(Date.now()) : look()));
                  look();
                }}); 0"""
            )
            begun = self.kernel(
                f"many.window('frames').evaluate(\"frames[{19 * nth}].location.hash = 'new{nth}'; Date.now()\")"
            )
            took.append(float(self.notebook.value("await changed")) - float(begun))
        return Figure(
            "a change of one of 200 clients, on the screen after … ms", median(took), 200, f"longest {max(took):.0f} ms"
        )


CELL_AT = "jupyterapp.shell.currentWidget.content.widgets.at(-1)"

BYTES = """def bench_bytes(lab):
    v = lab.views.timeline(); v.feed.leave(v); told = v.news(0)[0]
    bench.fill(lab, 10)
    number, news = v.news(told)
    v.close()
    return len(news["packed"]) + len(json.dumps({k: x for k, x in news.items() if k != "packed"}))"""

CHANGES = """many = bench.started("many")
many.site.write("/frame.html", "<!doctype html>f")
many.site.write("/frames.html", bench.FRAMES % 200, content_type="text/html")
many.open("/frames.html", name="frames")
many.settle()
many.views.clients()"""


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.seeing")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    parser.add_argument("--markdown", action="store_true", help="print the README's table")
    asked = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as root,
        front_end("lab", Path(root), [SETUP]) as notebook,
    ):
        notebook.value("jupyterapp.shell.currentWidget.content.activeCellIndex = 0; 0")
        notebook.command("notebook:run-cell")
        notebook.idle()
        if "100" not in (told := notebook.output(0)):
            raise SystemExit(f"the labs could not be made: {told}")
        driver = next(iter(lab for lab in swnb.Lab.running if lab.name == "driver"))
        driver.site.write("/static", STATIC, content_type="text/html")
        figures = Bench(notebook, driver.open("/static", name="static"), asked.rounds).run()
    if asked.json:
        asked.json.write_text(
            json.dumps([asdict(each) | {"verdict": each.verdict} for each in figures], indent=2) + "\n"
        )
    executable = machine.find_executable()
    described = machine.describe(executable) if executable else {}
    rows = [
        (each.what, f"{each.value:.2f}", "—" if each.most is None else f"≤ {each.most:g}", each.said, each.verdict)
        for each in figures
    ]
    if asked.markdown:
        print("| what | measured | asked | | |\n|---|---:|---:|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |" if asked.markdown else "  ".join(row))
    print(f"\n{', '.join(described.values())}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
