"""Which contexts come, from where, each once, and whether an agent is there before their first line.

A browser and an origin of their own, without a lab: what else a lab puts into contexts is not in the way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from swnb.browser.anchor import Anchor
from swnb.browser.browser import Browser
from swnb.browser.changes import Changes
from swnb.browser.protocol import Message
from swnb.browser.session import Session
from swnb.browser.started import start_process
from swnb.browser.targets import Target
from swnb.errors import ProtocolError, TargetGone
from swnb.origin.listen import bind_loopback
from swnb.origin.server import OriginServer
from swnb.origin.site import Site
from swnb.vocab import RunningStatus, TargetId, WorkerRole

pytestmark = pytest.mark.slow

T = TypeVar("T")

LIMIT_S = 20.0
AGENT = "globalThis.early = (globalThis.early ?? 0) + 1"
DOCUMENTS = ("page", "iframe")
ACTIVE = WorkerRole.ACTIVE
RESUME = "Runtime.runIfWaitingForDebugger"


def line(name: str) -> str:
    """The first line of a script: it tells its name, and how often the agent was there before it."""
    return f"globalThis.tell?.('{name} ' + globalThis.early);"


def markup(name: str) -> str:
    return f"<script>{line(name)}</script>"


class Rig:
    """A browser, its targets with an agent in each, and sites."""

    def __init__(self, browser: Browser, server: OriginServer) -> None:
        self.browser = browser
        self.targets = browser.targets
        self.seen: list[Target] = []
        self.reloaded: list[Target] = []
        self.ended: list[Target] = []
        self.heard: list[tuple[str, Target]] = []
        self._server = server
        self._sites: dict[str, Site] = {}
        self._changes = Changes(browser.connection)
        self.targets.on_attached.append(self._attached)
        self.targets.on_reloaded.append(self._reloaded)
        self.targets.on_detached.append(self._detached)

    @classmethod
    async def start(cls, *arguments: str) -> Rig:
        listener = bind_loopback()
        server = OriginServer(listener)
        server.start()
        started = start_process(executable=None, origin_port=listener.getsockname()[1], arguments=arguments)
        return cls(await Browser.over_pipe(started), server)

    async def stop(self) -> None:
        await self.browser.close()
        await self._server.stop()

    # ---- the agent ----------------------------------------------------------------------------------------------

    def _attached(self, target: Target) -> None:
        if Anchor.is_own(target):  # opened when the last window closes
            return
        self.seen.append(target)
        session = target.session
        session.on("Runtime.bindingCalled", lambda event: self._told(event["payload"], target))
        if target.type in DOCUMENTS:
            session.post("Page.enable")
        session.post("Runtime.enable")
        session.post("Runtime.addBinding", {"name": "tell"})
        if target.type in DOCUMENTS:
            session.post("Page.addScriptToEvaluateOnNewDocument", {"source": AGENT, "runImmediately": True})
        else:
            session.post("Runtime.evaluate", {"expression": AGENT})
        self._changes.notify()

    def _reloaded(self, target: Target) -> None:
        self.reloaded.append(target)
        if target.type not in DOCUMENTS:
            target.session.post("Runtime.evaluate", {"expression": AGENT})
        self._changes.notify()

    def _detached(self, target: Target) -> None:
        if target in self.seen:
            self.ended.append(target)
        self._changes.notify()

    def _told(self, payload: str, target: Target) -> None:
        self.heard.append((payload, target))
        self._changes.notify()

    # ---- what tests do ------------------------------------------------------------------------------------------

    def write(self, path: str, body: str, *, site: str = "lab") -> None:
        if site not in self._sites:
            self._sites[site] = Site(site, f"http://{site}.localhost")
            self._server.add(self._sites[site])
        script = path.endswith(".js")
        text, kind = (body, "text/javascript") if script else (f"<!doctype html>{body}", "text/html")
        self._sites[site].write(path, text, content_type=kind)

    async def until(self, true: Callable[[], T | None]) -> T:
        """Wait until `true` gives something that is."""
        async with asyncio.timeout(LIMIT_S):
            while not (found := true()):
                await self._changes.wait(0.1)  # most of what is waited for wakes it
        return found

    async def told(self, payload: str) -> Target:
        """Wait until a context says so; return its target."""
        return await self.until(lambda: next((target for said, target in self.heard if said == payload), None))

    async def open(self, body: str = "", path: str = "/") -> Target:
        """Open a window whose document tells that it is ``top``."""
        self.write(path, markup("top") + body)
        window = await self.targets.create_window(f"http://lab.localhost{path}")
        await self.told("top 1")
        return window

    def windows(self) -> list[Target]:
        return [page for page in self.targets.pages() if not Anchor.is_own(page)]

    async def ask(self, target: Target, source: str) -> Any:
        params = {"expression": source, "returnByValue": True, "awaitPromise": True, "userGesture": True}
        answer = await target.session.send("Runtime.evaluate", params, timeout_s=LIMIT_S)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def attached_by_browser(self, target_id: str | None) -> bool:
        infos = (await self.browser.root.send("Target.getTargets"))["targetInfos"]
        return next(bool(info["attached"]) for info in infos if info["targetId"] == target_id)

    async def tidy(self) -> None:
        if any(target.type == "service_worker" for target in self.seen):
            service_workers = self.browser.service_workers
            # one that is being installed cannot be unregistered yet
            found = await self.until(lambda: [r for r in service_workers.all() if r.living and r.version(ACTIVE)])
            await service_workers.unregister(found[0].scope)
            await service_workers.anchor.send("ServiceWorker.stopAllWorkers", {})
        for page in self.windows():
            await self.targets.close(page)
        await self.until(lambda: set(self.seen) == set(self.ended))
        for kept in (self.seen, self.reloaded, self.ended, self.heard):
            kept.clear()
        self.targets.nested = lambda _: True


Run = Callable[[Callable[[Rig], Awaitable[None]]], None]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def shared(runner: asyncio.Runner) -> Iterator[Rig]:
    rig = runner.run(Rig.start())
    yield rig
    runner.run(rig.stop())


@pytest.fixture
def run(runner: asyncio.Runner, shared: Rig) -> Run:
    """Runs a scene in the browser that all tests share, and closes its windows."""

    async def whole(scene: Callable[[Rig], Awaitable[None]]) -> None:
        try:
            await scene(shared)
        finally:
            await shared.tidy()

    return lambda scene: runner.run(whole(scene))


def run_alone(scene: Callable[[Rig], Coroutine[Any, Any, None]], *arguments: str) -> None:
    """Run a scene in a browser of its own."""

    async def whole() -> None:
        rig = await Rig.start(*arguments)
        try:
            await scene(rig)
        finally:
            await rig.stop()

    asyncio.run(whole())


def once(rig: Rig, **which: object) -> Target:
    """The one target of which this is true; each came once."""
    ids = [target.id for target in rig.seen if target not in rig.ended]
    assert len(ids) == len(set(ids))
    (found,) = (t for t in rig.seen if all(getattr(t, name) == value for name, value in which.items()))
    return found


# ---- windows --------------------------------------------------------------------------------------------------------


def test_the_agent_is_there_at_the_first_line_of_each_window(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.write("/", markup("top"))
        for _ in range(20):
            rig.heard.clear()
            window = await rig.targets.create_window("http://lab.localhost/")
            assert window.url == "http://lab.localhost/"
            assert (await rig.until(lambda: rig.heard))[0] == ("top 1", window)
            state = "[history.length, document.hasFocus(), document.visibilityState, document.referrer]"
            assert await rig.ask(window, state) == [1, True, "visible", ""]
            await rig.targets.close(window)

    run(scene)


@pytest.mark.parametrize("features", ["", ", '', 'noopener'"])
@pytest.mark.parametrize("site", ["lab", "other"])
def test_pop_ups_are_held(run: Run, site: str, features: str) -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        rig.write("/pop", markup("pop"), site=site)
        # the opener's process is busy meanwhile, and the pop-up's first document is in it
        loop = "{ const end = Date.now() + 100; while (Date.now() < end); } 0"
        await rig.ask(window, f"open('http://{site}.localhost/pop'{features}); {loop}")
        pop = await rig.told("pop 1")
        assert (pop.type, pop.opener_id, pop.parent) == ("page", window.id, None)
        assert rig.windows() == [window, pop]

    run(scene)


# ---- frames ---------------------------------------------------------------------------------------------------------

WITHIN = {
    "same origin": "frame.src = '/framed'",
    "srcdoc": f"frame.srcdoc = `<script>{line('framed')}</scr` + 'ipt>'",
    "blob": f"frame.src = URL.createObjectURL(new Blob([`<script>{line('framed')}</scr` + 'ipt>'], {{type: 'text/html'}}))",
    "data": f"frame.src = `data:text/html,<script>{line('framed')}</scr` + 'ipt>'",
}

APART = {
    "another site": "frame.src = 'http://other.localhost/framed'",
    "sandboxed": "frame.sandbox = 'allow-scripts'; frame.src = '/framed'",
    "sandboxed blob": "frame.sandbox = 'allow-scripts'; " + WITHIN["blob"],
}

FRAME = "const frame = document.createElement('iframe'); {}; document.body.append(frame); 0"


@pytest.mark.parametrize("kind", WITHIN)
def test_a_frame_within_the_process_is_its_windows(run: Run, kind: str) -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        rig.write("/framed", markup("framed"))
        await rig.ask(window, FRAME.format(WITHIN[kind]))
        assert await rig.told("framed 1") is window
        assert rig.seen == [window]

    run(scene)


def test_a_blank_frame_has_the_agent_at_once(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        await rig.ask(window, FRAME.format("") + f"; frame.contentWindow.eval(`{line('blank')}`); 0")
        assert await rig.told("blank 1") is window
        assert rig.seen == [window]

    run(scene)


@pytest.mark.parametrize("kind", APART)
def test_a_frame_of_another_process_is_held(run: Run, kind: str) -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        rig.write("/framed", markup("framed"), site="other")
        rig.write("/framed", markup("framed"))
        await rig.ask(window, FRAME.format(APART[kind]))
        frame = await rig.told("framed 1")
        assert frame is once(rig, type="iframe")
        assert (frame.parent, window.children, frame.root) == (window, [frame], window)
        assert rig.windows() == [window]

    run(scene)


def test_a_sandboxed_srcdoc_comes_but_runs_already(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        await rig.ask(window, FRAME.format("frame.sandbox = 'allow-scripts'; " + WITHIN["srcdoc"]))
        frame = await rig.until(lambda: next((t for t in rig.seen if t.type == "iframe"), None))
        assert frame.parent is window
        assert frame.url == "about:srcdoc"  # of one that is held the browser does not tell it
        assert await rig.ask(frame, "globalThis.early") == 1

    run(scene)


def test_without_processes_for_sandboxed_frames_each_is_its_windows() -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        for turn in range(10):
            framed = WITHIN["srcdoc"].replace("framed", f"framed{turn}")
            await rig.ask(window, FRAME.format(f"frame.sandbox = 'allow-scripts'; {framed}").replace("const", "var"))
            assert await rig.told(f"framed{turn} 1") is window
        assert rig.seen == [window]

    run_alone(scene, "--disable-features=IsolateSandboxedIframes")


def test_frames_in_frames_and_their_workers(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.write("/outer", "<iframe src='http://lab.localhost/inner'></iframe>", site="other")
        rig.write("/inner", f"{markup('inner')}<script>new Worker('/w.js')</script>")
        rig.write("/w.js", line("worker"))
        window = await rig.open("<iframe src='http://other.localhost/outer'></iframe>")
        worker = await rig.told("worker 1")
        inner = await rig.told("inner 1")
        outer = inner.parent
        assert outer is not None
        assert (worker.parent, outer.parent, worker.root) == (inner, window, window)
        assert [t.type for t in window.family()] == ["worker", "iframe", "iframe", "page"]

    run(scene)


def test_a_frame_that_changes_its_process(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.write("/a", markup("a"), site="other")
        rig.write("/b", markup("b") + "<iframe src='http://other.localhost/a'></iframe>", site="third")
        rig.write("/c", markup("c"))
        window = await rig.open("<iframe src='http://other.localhost/a'></iframe>")
        frame = await rig.told("a 1")
        rig.heard.clear()
        to = "document.querySelector('iframe').src = '{}'; 0"
        await rig.ask(window, to.format("http://third.localhost/b"))  # from process to process: the same target
        assert await rig.told("b 1") is frame
        inner = await rig.told("a 1")
        assert inner.parent is frame
        await rig.ask(window, to.format("/c"))  # into its window's process: no target any more
        assert await rig.told("c 1") is window
        await rig.until(lambda: rig.ended)
        assert rig.ended == [inner, frame]  # the browser does not tell of the inner one
        assert (inner.session.gone, frame.session.gone) == ("ended", "ended")
        rig.heard.clear()
        await rig.ask(window, to.format("http://other.localhost/a"))  # and out again
        again = await rig.told("a 1")
        assert (again.id, again.parent) == (frame.id, window)
        assert again is not frame
        assert window.children == [again]

    run(scene)


# ---- workers --------------------------------------------------------------------------------------------------------

BLOB = f"URL.createObjectURL(new Blob([`{line('worker')}`]))"

WORKERS = {
    "URL": ("new Worker('/w.js')", "worker"),
    "blob": (f"new Worker({BLOB})", "worker"),
    "data": ("new Worker(`data:text/javascript,${encodeURIComponent(`" + line("worker") + "`)}`)", "worker"),
    "module": ("new Worker('/module.js', {type: 'module'})", "worker"),
    "nested": ("new Worker('/outer.js')", "worker"),
    "shared": ("new SharedWorker('/w.js')", "shared_worker"),
    "service": ("navigator.serviceWorker.register('/w.js')", "service_worker"),
}


@pytest.mark.parametrize("kind", WORKERS)
def test_workers_are_held(run: Run, kind: str) -> None:
    source, type_ = WORKERS[kind]

    async def scene(rig: Rig) -> None:
        rig.write("/w.js", line("worker"))
        rig.write("/module.js", "import './w.js'")
        rig.write("/outer.js", line("outer") + "new Worker('/w.js')")
        window = await rig.open()
        await rig.ask(window, f"{source}; 0")
        worker = await rig.told("worker 1")
        assert worker.type == type_
        if kind == "nested":
            assert worker.parent is await rig.told("outer 1")
        assert worker.root is (window if type_ == "worker" else worker)
        assert len({t.id for t in rig.seen}) == len(rig.seen) == (3 if kind == "nested" else 2)

    run(scene)


@contextmanager
def held_longer(rig: Rig, type_: str) -> Iterator[Callable[[], None]]:
    """Keep targets of a type from being resumed, until the function that is given is called."""
    resumes: list[Callable[[], None]] = []

    def attached(target: Target) -> None:
        if target.type != type_:
            return
        post = target.session.post

        def filtered(method: str, params: Message | None = None) -> None:
            if method == RESUME:
                resumes.append(lambda: post(RESUME))
            else:
                post(method, params)

        target.session.post = filtered  # type: ignore[method-assign]

    def resume() -> None:
        for one in resumes:
            one()

    rig.targets.on_attached.append(attached)
    try:
        yield resume
    finally:
        resume()
        rig.targets.on_attached.remove(attached)


@pytest.mark.parametrize("kind", ["URL", "blob", "module", "shared", "service"])
def test_workers_answer_while_they_are_held(run: Run, kind: str) -> None:
    source, type_ = WORKERS[kind]

    async def scene(rig: Rig) -> None:
        rig.write("/w.js", line("worker"))
        rig.write("/module.js", "import './w.js'")
        window = await rig.open()
        with held_longer(rig, type_) as resume:
            window.session.post("Runtime.evaluate", {"expression": source})
            worker = await rig.until(lambda: next((t for t in rig.seen if t.type == type_), None))
            assert await rig.ask(worker, "globalThis.early") == 1
            assert await rig.ask(worker, "typeof tell") == "function"
            assert [said for said, _ in rig.heard] == ["top 1"]
            resume()
            assert await rig.told("worker 1") is worker

    run(scene)


def test_a_frame_has_no_realm_while_it_is_held_but_takes_what_is_sent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        rig.write("/framed", markup("framed"), site="other")
        with held_longer(rig, "iframe") as resume:
            await rig.ask(window, FRAME.format(APART["another site"]))
            frame = await rig.until(lambda: next((t for t in rig.seen if t.type == "iframe"), None))
            await frame.session.send("Page.enable", timeout_s=LIMIT_S)
            with pytest.raises(ProtocolError, match="Cannot find default execution context"):
                await rig.ask(frame, "1")
            assert [said for said, _ in rig.heard] == ["top 1"]
            resume()
            assert await rig.told("framed 1") is frame

    run(scene)


def test_a_service_worker_is_held_again_when_it_starts_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.write("/w.js", line("worker"))
        window = await rig.open()
        await rig.ask(
            window, "navigator.serviceWorker.register('/w.js').then(() => navigator.serviceWorker.ready).then(() => 0)"
        )
        worker = await rig.told("worker 1")
        service_workers = rig.browser.service_workers
        version = next(v for v in service_workers.versions.values() if v.target_id == worker.id)
        await service_workers.stop_worker(version)
        await rig.until(lambda: worker.session.gone)
        assert worker.session.gone == "was stopped"
        rig.heard.clear()
        await service_workers.start_worker("http://lab.localhost/")
        assert await rig.told("worker 1") is worker
        assert (rig.reloaded, rig.seen) == ([worker], [window, worker])

    run(scene)


@pytest.mark.parametrize("named", [False, True], ids=["sent again", "refused"])
def test_the_agent_is_there_first_when_an_evaluation_was_pending_at_the_stop(run: Run, named: bool) -> None:
    async def scene(rig: Rig) -> None:
        rig.write("/w.js", "globalThis.ranBefore = globalThis.ran ?? 0;" + line("worker"))
        window = await rig.open()
        await rig.ask(
            window, "navigator.serviceWorker.register('/w.js').then(() => navigator.serviceWorker.ready).then(() => 0)"
        )
        worker = await rig.told("worker 1")
        service_workers = rig.browser.service_workers
        version = next(v for v in service_workers.versions.values() if v.target_id == worker.id)
        for turn in range(1, 6):
            params = {"expression": "globalThis.ran = (globalThis.ran ?? 0) + 1; new Promise(() => {})"}
            if named:
                params["uniqueContextId"] = await rig.until(lambda: worker.session.context)
            worker.session.post("Runtime.evaluate", params | {"awaitPromise": True})
            assert await rig.ask(worker, "ran")
            await rig.until(lambda: version.running == "running")  # Chromium does not stop one that is starting
            await service_workers.stop_worker(version)
            await rig.until(lambda: worker.session.gone)
            assert worker.session.context == ""
            rig.heard.clear()
            await service_workers.start_worker("http://lab.localhost/")
            await rig.until(lambda: rig.heard)
            assert [said for said, _ in rig.heard] == ["worker 1"]
            # Chromium's way with what names no context: if this has changed, `swnb.browser.restarts` may go
            assert await rig.ask(worker, "ranBefore") == (0 if named else turn)

    run(scene)


def test_a_worklet_with_a_thread_of_its_own_is_held(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.write("/audio.js", line("audio"))
        window = await rig.open()
        await rig.ask(
            window, "globalThis.audio = new AudioContext(); audio.audioWorklet.addModule('/audio.js').then(() => 0)"
        )
        worklet = await rig.told("audio 1")
        assert (worklet.type, worklet.parent) == ("worklet", window)

    run(scene)


def test_a_paint_worklet_runs_in_its_windows_process_and_in_targets_of_its_own(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.write("/paint.js", line("paint") + "registerPaint('p', class { paint() {} })")
        window = await rig.open("<div style='width: 9px; height: 9px; background: paint(p)'></div>")
        await rig.ask(window, "CSS.paintWorklet.addModule('/paint.js').then(() => 0)")
        worklet = await rig.told("paint 1")
        assert (worklet.type, worklet.parent) == ("worklet", window)
        assert await rig.told("paint undefined") is window  # its binding reaches them, its agent does not

    run(scene)


# ---- ends, crashes, navigation --------------------------------------------------------------------------------------

FAMILY = "<iframe src='http://other.localhost/framed'></iframe><script>new Worker('/w.js')</script>"


async def family(rig: Rig) -> Target:
    """Open a window with a frame of another site and a worker in each."""
    rig.write("/framed", markup("framed") + "<script>new Worker('/w.js')</script>", site="other")
    rig.write("/w.js", line("framed worker"), site="other")
    rig.write("/w.js", line("worker"))
    window = await rig.open(FAMILY)
    for name in ("framed", "worker", "framed worker"):
        await rig.told(f"{name} 1")
    return window


def test_what_is_in_a_window_ends_with_it_and_before_it(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await family(rig)
        everyone = list(window.family())
        await rig.targets.close(window)
        await rig.until(lambda: window in rig.ended)
        assert set(rig.ended) == set(everyone)
        for target in everyone:
            if target.parent is not None:
                assert rig.ended.index(target) < rig.ended.index(target.parent)
            assert target.id not in rig.targets.by_id
            assert target.session.id not in rig.browser.connection.sessions

    run(scene)


@pytest.mark.parametrize("how", ["reload", "navigate", "crash"])
def test_after_a_new_document_all_in_it_is_held_again(run: Run, how: str) -> None:
    async def scene(rig: Rig) -> None:
        window = await family(rig)
        inside = [target for target in window.family() if target is not window]
        rig.write("/there", markup("top") + FAMILY.replace("'/w.js'", "'/w.js'"), site="third")
        rig.write("/w.js", line("worker"), site="third")
        if how == "crash":
            window.session.post("Page.crash")
            await rig.until(lambda: window.session.gone)
            window.session.regain()
        rig.heard.clear()
        if how == "navigate":
            window.session.post("Page.navigate", {"url": "http://third.localhost/there"})
        else:
            window.session.post("Page.reload")
        for name in ("top", "framed", "worker", "framed worker"):
            await rig.told(f"{name} 1")
        assert set(inside) <= set(rig.ended)
        assert [t.type for t in window.family() if t is not window].count("worker") == 2
        assert rig.windows() == [window]
        assert rig.reloaded == ([window] if how == "crash" else [])

    run(scene)


def test_a_frame_whose_renderer_crashed_comes_back_in_its_session(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await family(rig)
        frame = once(rig, type="iframe")
        frame.session.post("Page.crash")
        await rig.until(lambda: any(t.parent is frame for t in rig.ended))
        rig.heard.clear()
        await rig.ask(window, "document.querySelector('iframe').src += '?again'; 0")
        assert await rig.told("framed 1") is frame
        await rig.told("framed worker 1")
        assert frame.session.gone == ""
        assert rig.reloaded == [frame]

    run(scene)


def test_a_target_that_is_reported_twice_comes_once(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window = await rig.open()
        rig.write("/framed", markup("framed"), site="other")
        # the second report of what is to come: another session on the window that attaches, too
        session_id = await rig.targets.attach_id(window.id)
        second = Session(rig.browser.connection, session_id)
        reports: list[Message] = []
        second.on("Target.attachedToTarget", reports.append)
        second.on("Target.attachedToTarget", lambda params: rig.targets._attached(params, window))
        which = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": [{"type": "iframe"}]}
        await second.send("Target.setAutoAttach", which)
        await rig.ask(window, FRAME.format(APART["another site"]))
        frame = await rig.until(lambda: next((t for t in rig.seen if t.type == "iframe"), None))
        await rig.until(lambda: rig.heard[1:])
        assert [params["targetInfo"]["targetId"] for params in reports] == [frame.id]
        assert [t for t in rig.seen if t.type == "iframe"] == [frame]
        assert window.children == [frame]

    run(scene)


def test_a_callback_that_raises_holds_nothing_back(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(rig: Rig) -> None:
        def fail(target: Target) -> None:
            raise ZeroDivisionError(target.type)

        rig.targets.on_attached.insert(0, fail)
        try:
            rig.write("/w.js", line("worker"))
            await rig.open("<script>new Worker('/w.js')</script>")
            await rig.told("worker 1")
        finally:
            rig.targets.on_attached.remove(fail)

    run(scene)
    assert {record.getMessage().split(" http:")[0] for record in caplog.records} == {
        "a callback for the page", "a callback for the worker",
    }  # fmt: skip


def test_what_is_in_a_foreign_window_is_left_alone(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.targets.nested = lambda target: "mine" in target.root.url
        rig.write("/w.js", "postMessage(typeof early)")
        rig.write("/mine", markup("mine"))
        theirs = await rig.open()
        first = "new Promise(r => { new Worker('/w.js').onmessage = e => r(e.data) })"
        assert await rig.ask(theirs, first) == "undefined"
        assert rig.seen == [theirs]
        mine = await rig.targets.create_window("http://lab.localhost/mine")
        await rig.told("mine 1")
        assert await rig.ask(mine, first) == "number"

    run(scene)


def test_letting_go_takes_every_auto_attachment_back() -> None:
    async def scene(rig: Rig) -> None:
        window = await family(rig)
        frame = once(rig, type="iframe")
        await rig.targets.let_go()
        await rig.until(lambda: window in rig.ended and frame in rig.ended)
        assert rig.targets.by_id == {}
        infos = (await rig.browser.root.send("Target.getTargets"))["targetInfos"]
        assert {info["type"]: info["attached"] for info in infos} | {"tab": False, "browser_ui": False} == {
            "page": False, "iframe": False, "worker": False, "tab": False, "browser_ui": False,
        }  # fmt: skip

    run_alone(scene)


# ---- service workers that are not attached --------------------------------------------------------------------------

REGISTER = "navigator.serviceWorker.register('/w.js').then(() => navigator.serviceWorker.ready).then(() => 0)"


async def detached_worker(rig: Rig) -> TargetId:
    """Register a worker that nothing is attached to; return its target's id."""
    await rig.targets.start(attach_workers=False)
    rig.write("/w.js", "globalThis.first = typeof early")
    window = await rig.open()
    await rig.ask(window, REGISTER)
    service_workers = rig.browser.service_workers
    while not (versions := service_workers.versions) or not next(iter(versions.values())).target_id:
        await service_workers.changed(LIMIT_S)
    target_id = next(iter(versions.values())).target_id
    assert target_id is not None
    return target_id


def test_a_worker_is_visited_for_one_call() -> None:
    async def scene(rig: Rig) -> None:
        target_id = await detached_worker(rig)
        assert [t.type for t in rig.seen] == ["page"]
        assert not await rig.attached_by_browser(target_id)
        one, two = await asyncio.gather(rig.targets.visits.attach(target_id), rig.targets.visits.attach(target_id))
        assert one is two is rig.targets.by_id[target_id] is rig.seen[-1]
        assert one.visiting
        assert await rig.ask(one, "first") == "undefined"  # it was not held
        await rig.targets.visits.detach(one)
        assert await rig.attached_by_browser(target_id)
        await rig.targets.visits.detach(two)
        assert not await rig.attached_by_browser(target_id)
        assert (rig.ended, one.session.gone) == ([one], "ended")
        await rig.targets.visits.detach(two)  # once too often
        again = await rig.targets.visits.attach(target_id)
        assert again is not one
        await rig.targets.visits.detach(again)
        window = rig.windows()[0]
        assert await rig.targets.visits.attach(window.id) is window  # attached for good
        await rig.targets.visits.detach(window)
        assert await rig.ask(window, "1") == 1

    run_alone(scene)


def test_a_visit_that_nobody_waits_for_any_more_ends() -> None:
    async def scene(rig: Rig) -> None:
        target_id = await detached_worker(rig)
        visit = asyncio.ensure_future(rig.targets.visits.attach(target_id))
        while not rig.browser.connection.protocol.pending:
            await asyncio.sleep(0)
        visit.cancel()
        ended = await rig.until(lambda: rig.ended)
        assert ended[0].visiting
        assert not await rig.attached_by_browser(target_id)
        with pytest.raises(TargetGone, match="ended"):
            await rig.targets.visits.attach(TargetId("0123456789ABCDEF"))
        await rig.targets.visits.detach(await rig.targets.visits.attach(target_id))  # that failure left nothing behind

    run_alone(scene)


@pytest.mark.timeout(180)
def test_a_worker_that_is_not_attached_is_stopped_when_idle_also_after_a_visit() -> None:
    async def scene(rig: Rig) -> None:
        target_id = await detached_worker(rig)
        visited = await rig.targets.visits.attach(target_id)
        assert await rig.ask(visited, "registration.scope") == "http://lab.localhost/"
        await rig.targets.visits.detach(visited)
        service_workers = rig.browser.service_workers
        (version,) = service_workers.versions.values()
        async with asyncio.timeout(90):  # Chromium's 30 s, on a machine that has other things to do
            while version.running is not RunningStatus.STOPPED:
                await service_workers.changed(90)
        assert version.target_id is None
        with pytest.raises(TargetGone):
            await rig.targets.visits.attach(target_id)

    run_alone(scene)
