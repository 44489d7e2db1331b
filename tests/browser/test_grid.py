"""Each cell of the grid, read from its table and looked up in a real browser."""

from __future__ import annotations

from asyncio import wait_for
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import pytest

import swnb
from swnb.events import (
    ClientAppeared,
    ClientControlled,
    ClientGone,
    ConsoleWritten,
    Event,
    MessageSent,
    Surprise,
    WorkerRunningChanged,
)
from swnb.vocab import Attach, Heard, MessageVia
from swnb.world.rows import ClientRow
from tests.browser.grid_table import (
    ANONYMOUS,
    COLUMNS,
    HEARD,
    INFERRED,
    LATE,
    NONE,
    NOT_HEARD,
    OF_WINDOW,
    Cells,
    Kind,
    cell,
)
from tests.browser.scenes import EAGER

E = TypeVar("E", bound=Event)

PAGE = "<!doctype html><title>%s</title><script>%s</script>"

WORKER = (
    """
new BroadcastChannel("first").postMessage("service");
console.log("service");
addEventListener("message", (event) => {
  if (event.data.endsWith("asks")) event.source.postMessage(event.data.replace("asks", "is answered"));
});
"""
    + EAGER
)
"""Says something on its first lines, and answers whoever asks."""

FIRST = 'new BroadcastChannel("first").postMessage("%s"); console.log("%s");'
"""What every context begins with: a message, and a line on the console."""

DOCUMENT = (
    FIRST
    + """
const speak = async () => {
  let worker;
  try { worker = navigator.serviceWorker; } catch { /* an opaque origin has none */ }
  if (worker?.controller) {
    const answered = new Promise((resolve) => worker.addEventListener("message", resolve));
    worker.startMessages();
    worker.controller.postMessage("%s asks");
    await answered;
  }
  const owner = opener || (parent === self ? null : parent);
  if (!owner) return;
  const answered = new Promise((resolve) => addEventListener("message", resolve));
  owner.postMessage("%s tells", "*");
  await answered;
  owner.postMessage("%s done", "*");
};
globalThis.finished = speak();
addEventListener("message", async ({ data }) => {
  if (data !== "again") return;
  %s
  speak();
});
"""
)
"""Talks with its service worker if it has one, and with who made it if that can be seen; once more if it is asked to."""

DEDICATED = FIRST + 'postMessage("%s tells"); onmessage = () => postMessage("%s done");'
NEST = """
const nested = new Worker("/nested.js");
nested.onmessage = (event) => {
  if (event.data.endsWith("tells")) nested.postMessage("nested is told");
  else postMessage(event.data);
};
"""
SHARED = FIRST + (
    'onconnect = ({ ports: [port] }) => { port.postMessage("%s tells"); port.onmessage = () => port.postMessage("%s done"); };'
)
AUDIO = (
    FIRST.replace("new BroadcastChannel", "if (globalThis.BroadcastChannel) new BroadcastChannel")
    + """
registerProcessor("quiet", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.port.onmessage = () => this.port.postMessage("%s done");
    this.port.postMessage("%s tells");
  }
  process() { return true; }
});
"""
)
PAINT = FIRST.replace("new BroadcastChannel", "if (globalThis.BroadcastChannel) new BroadcastChannel")

HOME = """
const finished = {};
globalThis.done = (kind) => (finished[kind] ||= Promise.withResolvers()).promise;
const hear = (answer, data) => {
  const [kind, ...said] = data.split(" ");
  if (said[0] === "done") { done(kind); finished[kind].resolve(); }
  if (said[0] === "tells") answer(kind + " is told");
};
globalThis.served = (worker) => {
  worker.onmessage = (event) => hear((text) => worker.postMessage(text), event.data);
  return worker;
};
globalThis.again = (kind) => { delete finished[kind]; made.contentWindow.postMessage("again", "*"); };
addEventListener("message", (event) => hear((text) => event.source.postMessage(text, "*"), event.data));
globalThis.framed = (attributes, into) => {
  const frame = globalThis.made = document.createElement("iframe");
  Object.assign(frame, attributes);
  if (attributes.sandbox !== undefined) frame.sandbox = attributes.sandbox;
  document.body.append(frame);
  return frame;
};
"""
"""Makes what is asked for, and answers it."""


def document(kind: Kind) -> str:
    word = kind.word
    return DOCUMENT % (*(word,) * 5, FIRST % (word, word))


MAKE: dict[Kind, str] = {
    Kind.POPUP: "globalThis.made = open('/popup.html', '', 'popup'); await done('popup'); 0",
    Kind.STRANGER: "open('/noopener.html', '', 'popup,noopener'); 0",
    Kind.FRAME: "framed({ src: '/frame.html' }); await done('frame'); 0",
    Kind.FOREIGN: "framed({ src: foreign + '/foreign.html' }); await done('foreign'); 0",
    Kind.SANDBOXED: "framed({ sandbox: 'allow-scripts', src: '/sandboxed.html' }); await done('sandboxed'); 0",
    Kind.SAME_ORIGIN: "framed({ sandbox: 'allow-scripts allow-same-origin', src: '/same-origin.html' });"
    "await done('same-origin'); 0",
    Kind.SRCDOC: "framed({ srcdoc: `<script>${code}</script>` }); await done('srcdoc'); 0",
    Kind.SANDBOXED_SRCDOC: "framed({ sandbox: 'allow-scripts', srcdoc: `<script>${code}</script>` });"
    "await done('sandboxed-srcdoc'); 0",
    Kind.BLANK: "framed({}).contentWindow.eval(code); await done('blank'); 0",
    Kind.BLOB: "framed({ src: URL.createObjectURL(new Blob([`<script>${code}</script>`], { type: 'text/html' })) });"
    "await done('blob'); 0",
    Kind.DEDICATED: "globalThis.made = served(new Worker('/dedicated.js')); await done('dedicated'); 0",
    Kind.MODULE: "globalThis.made = served(new Worker('/module.js', { type: 'module' })); await done('module'); 0",
    Kind.BLOB_WORKER: "globalThis.made = served(new Worker(URL.createObjectURL(new Blob([code]))));"
    "await done('blob-worker'); 0",
    Kind.NESTED: "globalThis.made = served(new Worker('/nest.js')); await done('nested'); 0",
    Kind.SHARED: "served(new SharedWorker('/shared.js').port); await done('shared'); 0",
    Kind.AUDIO: "globalThis.made = new AudioContext(); await made.audioWorklet.addModule('/audio.js');"
    "served(new AudioWorkletNode(made, 'quiet').port); await done('audio'); 0",
    Kind.PAINT: "await CSS.paintWorklet.addModule('/paint.js');"
    "await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }); 0",
}
"""What is evaluated at home to make one."""

END: dict[Kind, str] = {
    **dict.fromkeys((Kind.DEDICATED, Kind.MODULE, Kind.BLOB_WORKER, Kind.NESTED), "made.terminate(); 0"),
    **dict.fromkeys((Kind.AUDIO, Kind.PAINT), "0"),
    Kind.POPUP: "made.close(); 0",
}
"""What is evaluated at home to end one; a frame is taken out."""

WINDOW, WORKER_TYPE, SHARED_TYPE = "window top-level", "worker none", "sharedworker none"
ROWS: dict[Kind, tuple[str, str | None, str]] = {
    Kind.WINDOW: (WINDOW, None, "/window.html"),
    Kind.POPUP: (WINDOW, "home", "/popup.html"),
    Kind.STRANGER: (WINDOW, "home", "/noopener.html"),
    **{
        kind: ("window nested", "home", url)
        for kind, url in {
            Kind.FRAME: "/frame.html",
            Kind.FOREIGN: "/foreign.html",
            Kind.SANDBOXED: "/sandboxed.html",
            Kind.SAME_ORIGIN: "/same-origin.html",
            Kind.SRCDOC: "about:srcdoc",
            Kind.SANDBOXED_SRCDOC: "about:srcdoc",
            Kind.BLANK: "about:blank",
            Kind.BLOB: "blob:http://lab.localhost/",
        }.items()
    },
    Kind.DEDICATED: (WORKER_TYPE, "home", "/dedicated.js"),
    Kind.MODULE: (WORKER_TYPE, "home", "/module.js"),
    Kind.BLOB_WORKER: (WORKER_TYPE, "home", "blob:http://lab.localhost/"),
    Kind.NESTED: (WORKER_TYPE, "/nest.js", "/nested.js"),
    Kind.SHARED: (SHARED_TYPE, None, "/shared.js"),
}
"""What the row of a client says: type and frame type, whose it is, its URL."""


def write_scripts(lab: swnb.Lab) -> None:
    site, other = lab.site, lab.origin("other")
    site.write("/", PAGE % ("home", HOME + f"globalThis.foreign = {other.url!r};"), content_type="text/html")
    site.write("/sw.js", WORKER)
    for kind in (Kind.WINDOW, Kind.POPUP, Kind.STRANGER, Kind.FRAME, Kind.SANDBOXED, Kind.SAME_ORIGIN):
        site.write(f"/{kind.word}.html", PAGE % (kind.word, document(kind)), content_type="text/html")
    other.write("/foreign.html", PAGE % ("foreign", document(Kind.FOREIGN)), content_type="text/html")
    for kind in (Kind.DEDICATED, Kind.MODULE, Kind.NESTED):
        site.write(f"/{kind.word}.js", DEDICATED % ((kind.word,) * 4))
    site.write("/nest.js", NEST)
    site.write("/shared.js", SHARED % (("shared",) * 4))
    site.write("/audio.js", AUDIO % (("audio",) * 4))
    site.write("/paint.js", PAINT % (("paint",) * 2))


def code_of(kind: Kind) -> str:
    """Return the script of one that has no address."""
    return DEDICATED % ((kind.word,) * 4) if kind is Kind.BLOB_WORKER else document(kind)


class Stage:
    """A lab with a page that its worker controls, and what was found out there.

    Parameters
    ----------
    lab
        In which nothing is yet.
    """

    def __init__(self, lab: swnb.Lab) -> None:
        self.lab = lab
        self.first = lab.mark()
        write_scripts(lab)
        self.home = lab.open("/", name="home")
        lab.register("/sw.js", window=self.home)
        lab.wait("active")
        lab.wait("controlled", window="home")
        self.worker = lab.world.workers["w1"].label
        self.maker = self.home
        self.mark = self.since = self.first

    def make(self, kind: Kind) -> None:
        """Make one, and let it talk."""
        lab = self.lab
        self.mark = self.since = self.first if kind is Kind.SERVICE else lab.mark()
        self.maker = self.home
        if kind is Kind.RESTARTED:
            lab.worker.stop()
            lab.worker.start()
        if kind in (Kind.SERVICE, Kind.RESTARTED):
            self.home.evaluate(ASK)
        elif kind is Kind.WINDOW:
            lab.open("/window.html", name="window").evaluate("await finished; 0")
        else:
            if kind is Kind.SHARED:  # it lives as long as its page
                self.maker = lab.open("/", name="maker")
            self.maker.evaluate(MAKE[kind], inputs={"code": code_of(kind)})
        if kind is Kind.STRANGER:
            lab.wait("loaded", window="home-popup", mark=self.mark)
            lab.window("home-popup").evaluate("await finished; 0")
        if kind is Kind.SANDBOXED_SRCDOC:
            self.again(kind)
        lab.settle()

    def again(self, kind: Kind) -> None:
        """Let one talk that was not held: now its agent is there."""
        self.wait_for(lambda: self.row(kind) is not None)
        self.lab.settle()
        self.since = self.lab.mark()
        self.home.evaluate(f"again({kind.word!r}); await done({kind.word!r}); 0")

    def end(self, kind: Kind) -> None:
        """End it."""
        lab = self.lab
        if kind in (Kind.SERVICE, Kind.RESTARTED):
            lab.worker.stop()
            lab.worker.start()
        elif kind in (Kind.WINDOW, Kind.STRANGER, Kind.SHARED):
            lab.windows[-1].close()
        else:
            self.home.evaluate(END.get(kind, "made.remove(); 0"))
        if kind is Kind.POPUP:
            lab.wait("closed", window="home-popup", mark=self.mark)
        if kind in ROWS:
            self.wait_for(lambda: any(row.label for row in [self.row(kind)] if row is not None and not row.alive))
        lab.settle()

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; whoever looks afterwards says what does not."""

        async def until() -> None:
            async for _ in self.lab.log.follow(self.mark):
                if holds():
                    return

        async def waiting() -> None:
            with suppress(TimeoutError):
                await wait_for(until(), 10.0)

        self.lab.run(waiting)

    def events(self, kind: type[E]) -> list[E]:
        """Return what happened since it was made."""
        return [event for event in self.lab.log.since(self.mark) if isinstance(event, kind)]

    def said(self, kind: type[E]) -> list[E]:
        """Return what was heard since it began to talk."""
        return [event for event in self.lab.log.since(self.since) if isinstance(event, kind)]

    def row(self, kind: Kind) -> ClientRow | None:
        """Return its row in the world, with the last one where there are several."""
        url = ROWS[kind][2]
        seen = {event.client for event in self.events(ClientAppeared)}
        rows = [row for row in self.lab.world.clients.all if row.label in seen]
        return next((row for row in reversed(rows) if row.url.endswith(url) or row.url.startswith(url)), None)


ASK = """
await new Promise((resolve) => {
  navigator.serviceWorker.onmessage = resolve;
  navigator.serviceWorker.controller.postMessage("service asks");
});
0
"""


# ---- what was heard ------------------------------------------------------------------------------------------------------


def observe(stage: Stage, kind: Kind) -> Cells:
    """Make one, end it, and say of each column what was heard."""
    stage.make(kind)
    cells = dict.fromkeys(COLUMNS, NONE)
    actor = stage.worker
    if kind in ROWS:
        row = stage.row(kind)
        cells |= of_client(stage, kind, row)
        actor = "" if row is None else row.name or row.label
    elif kind in (Kind.SERVICE, Kind.RESTARTED):
        cells["row"] = HEARD if stage.lab.world.workers[actor].alive else NOT_HEARD
    else:
        actor = ""
    first = [e for e in stage.said(MessageSent) if e.via is MessageVia.BROADCAST and e.data == kind.word]
    if kind not in (Kind.AUDIO, Kind.PAINT):  # they have no messages of their own accord
        cells["first line"] = HEARD if any(e.actor == actor for e in first) else NOT_HEARD
    written = [e.actor for e in stage.said(ConsoleWritten) if e.text == kind.word]
    cells["console"] = HEARD if actor and set(written) == {actor} else OF_WINDOW if "home" in written else NOT_HEARD
    cells |= of_messages(stage, kind, actor)
    stage.end(kind)
    if kind in ROWS:
        cells["end"] = HEARD if any(e.actor == actor for e in stage.events(ClientGone)) else NOT_HEARD
    elif kind in (Kind.SERVICE, Kind.RESTARTED):
        stopped = [e for e in stage.events(WorkerRunningChanged) if e.actor == actor and e.running == "stopped"]
        cells["end"] = HEARD if stopped else NOT_HEARD
    return cells


def of_client(stage: Stage, kind: Kind, row: ClientRow | None) -> Cells:
    """Look a client's row up, and compare it with what its worker sees."""
    if row is None:
        return dict.fromkeys(("row", "id", "controller"), NOT_HEARD)
    what, owner, _ = ROWS[kind]
    maker = None if row.owner is None else stage.lab.world.clients[row.owner]
    named = maker is None if owner is None else maker is not None and (maker.name == owner or maker.url.endswith(owner))
    cells = {"row": HEARD if named and what == f"{row.type} {row.frame_type}" else NOT_HEARD}
    everybody = stage.lab.clients.match_all(type="all", include_uncontrolled=True)
    here = [client.id for client in everybody if client.url == row.url]
    controlled = [client.id for client in stage.lab.clients.match_all(type="all") if client.url == row.url]
    cells["id"] = (NOT_HEARD if row.id is None else str(row.id_heard)) if here else NONE
    assert row.id is None or [row.id] == here
    told = [e for e in stage.events(ClientControlled) if e.client == row.label]
    if controlled:
        cells["controller"] = str(told[-1].heard) if row.controller == stage.worker else NOT_HEARD
    else:
        assert row.controller is None
        cells["controller"] = NONE
    return cells


def of_messages(stage: Stage, kind: Kind, actor: str) -> Cells:
    """Look up what it sent and what came to it."""
    said = {m.data: m for m in stage.lab.log.messages(since=stage.since) if isinstance(m.data, str)}

    def sent(data: str) -> str:
        message = said.get(f"{kind.word} {data}")
        if message is None or message.sent is None:
            return NOT_HEARD
        if message.sent.heard is Heard.INFERRED:
            return INFERRED if message.from_actor == actor else ANONYMOUS
        return HEARD if message.from_actor == actor else NOT_HEARD

    def received(data: str) -> str:
        message = said.get(f"{kind.word} {data}")
        if message is None or message.received is None:
            return NOT_HEARD
        return str(message.received.heard) if message.to_actor == actor else NOT_HEARD

    if kind in (Kind.SERVICE, Kind.RESTARTED):
        return {"to owner": sent("is answered"), "from owner": received("asks")}
    cells: Cells = {}
    if f"{kind.word} asks" in said:
        cells |= {"to worker": sent("asks"), "from worker": received("is answered")}
    if kind not in (Kind.WINDOW, Kind.STRANGER, Kind.PAINT):
        cells |= {"to owner": sent("tells"), "from owner": received("is told")}
    return cells


# ---- the cells -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=list(Attach))
def policy(request: pytest.FixtureRequest) -> Attach:
    return Attach(request.param)


@pytest.fixture(scope="module")
def stage(policy: Attach) -> Iterator[Stage]:
    with swnb.Lab(timeout_s=20.0, attach=policy) as lab:
        yield Stage(lab)


@pytest.fixture(scope="module", params=list(Kind), ids=lambda kind: kind.name.lower())
def kind(request: pytest.FixtureRequest) -> Kind:
    assert isinstance(request.param, Kind)
    return request.param


@pytest.fixture(scope="module")
def observed(stage: Stage, kind: Kind) -> Cells:
    return observe(stage, kind)


@pytest.mark.parametrize("column", COLUMNS)
def test_cell(policy: Attach, kind: Kind, observed: Cells, column: str) -> None:
    told = cell(kind, policy, column)
    assert observed[column] == (HEARD if told == LATE else told)


def test_nothing_surprises(stage: Stage, kind: Kind, observed: Cells) -> None:
    assert observed
    assert [event.what for event in stage.events(Surprise)] == []


def test_nothing_is_told_twice(stage: Stage, kind: Kind, observed: Cells) -> None:
    assert observed
    said = [(m.channel, m.data) for m in stage.lab.log.messages(since=stage.since) if m.via is not MessageVia.BROADCAST]
    assert sorted(said) == sorted(set(said))
