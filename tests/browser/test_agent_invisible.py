"""What a page and a worker see is the same with and without the agent: each check is one expression, evaluated in both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from swnb.probe.facts import Hello
from tests.browser.agent_checks import ALWAYS, COLLECTED, HOSTILE, IN_WORKERS, PAGE, PRELUDE, SHOWN
from tests.browser.agent_harness import Session, Stage
from tests.browser.bare_pipe import BarePipe

WORKER = "globalThis.names = Reflect.ownKeys(self).map(String); addEventListener('message', e => e.source.postMessage(e.data));"


@dataclass
class Scene:
    """A page and its worker, with or without agents."""

    stage: Stage
    page: Session
    worker: Session

    def see(self, where: Session, expression: str) -> Any:
        """Return what `expression` is there; the site's port is no difference."""
        return where.value(f"(async () => {{ {PRELUDE}; return JSON.stringify(await (async () => ({expression}))()) }})()"
                           f".then(text => (text || '').replaceAll({self.stage.url!r}, 'SITE'))")  # fmt: skip


@pytest.fixture(scope="module")
def scenes() -> Iterator[tuple[Scene, Scene]]:
    with Stage(agent=True) as with_it, Stage(agent=False) as without:
        heard, bare = (Scene(stage, *stage.controlled(WORKER)) for stage in (with_it, without))
        with_it.until(lambda: heard.page.of(Hello) and heard.worker.of(Hello))
        yield heard, bare
        assert not with_it.troubles


def compare(scenes: tuple[Scene, Scene], where: str, expression: str) -> None:
    heard, bare = (scene.see(getattr(scene, where), expression) for scene in scenes)
    assert heard == bare
    assert bare not in ("", "null", "undefined"), "the expression sees something"


@pytest.mark.parametrize("name", [*ALWAYS, *PAGE])
def test_a_page_sees_the_same(scenes: tuple[Scene, Scene], name: str) -> None:
    compare(scenes, "page", (ALWAYS | PAGE)[name])


@pytest.mark.parametrize("name", [*ALWAYS, *IN_WORKERS])
def test_a_service_worker_sees_the_same(scenes: tuple[Scene, Scene], name: str) -> None:
    compare(scenes, "worker", (ALWAYS | IN_WORKERS)[name])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_sees_the_same(scenes: tuple[Scene, Scene], name: str) -> None:
    """Each in a frame of its own, which it may spoil."""
    source = HOSTILE[name]
    frame = (
        "(await new Promise(done => { const f = document.createElement('iframe'); f.src = '/frame'; f.onload = async () => {"
        f" try {{ done(await f.contentWindow.eval({source!r})) }} catch (error) {{ done(String(error)) }} f.remove(); }};"
        " document.body.append(f) }))"
    )
    for scene in scenes:
        scene.stage.serve("/frame", "<!doctype html><body>")
    compare(scenes, "page", frame)


def test_an_error_of_a_document_that_loads(scenes: tuple[Scene, Scene]) -> None:
    """No script is running when its handlers are called, so that microtasks come between them."""
    body = """<script>seen = []; addEventListener('error', e => {
        seen.push(['listener', e.filename, e.lineno, e.colno, e.isTrusted]);
        Promise.resolve().then(() => seen.push(['micro', String(window.onerror)])) });
      onerror = (...args) => {
        seen.push(args.slice(0, 4), new Error('here').stack, String(window.onerror).length) }</script>
      <script>
        new MessageChannel().port1.postMessage(() => 1)</script>
      <script>seen.push(String(onerror).length)</script>"""
    for scene in scenes:
        scene.stage.serve("/thrower", f"<!doctype html>{body}")
    frame = ("(await new Promise(done => { const f = document.createElement('iframe'); f.src = '/thrower';"
             "f.onload = () => { done(f.contentWindow.seen); f.remove() }; document.body.append(f) }))")  # fmt: skip
    compare(scenes, "page", frame)


@pytest.mark.parametrize("name", SHOWN)
def test_what_cannot_be_hidden(scenes: tuple[Scene, Scene], name: str) -> None:
    expression, bare, heard = SHOWN[name]
    assert [scene.see(scene.page, expression) for scene in scenes] == [heard, bare]


NUMBERS = """await (async () => {
  const number = () => { const id = setTimeout(() => 0); clearTimeout(id); return id }, { port1 } = new MessageChannel();
  await new Promise(done => setTimeout(done, 50));
  const first = number(), second = number();
  for (let i = 0; i < %d; i++) port1.postMessage(i);
  await 0;
  return [second - first, number() - second];
})()"""


def test_the_numbers_of_timers_skip_one_where_facts_are_held_back(scenes: tuple[Scene, Scene]) -> None:
    heard, bare = ([scene.see(scene.page, NUMBERS % count) for count in (0, 3, 30)] for scene in scenes)
    assert bare == ["[1,1]"] * 3
    assert heard[:2] == ["[1,1]"] * 2  # a few are told at once
    assert heard[2] in ("[1,2]", "[1,3]")  # a timer for each slice of 4 ms


DEPTH = """(() => {
  const { port1 } = new MessageChannel(), { port1: other } = new MessageChannel();
  let deepest = 0;
  const send = depth => { deepest = depth; port1.postMessage({get a() { send(depth + 1); return 1 }}); };
  try { send(1) } catch (error) { if (!(error instanceof RangeError)) return String(error) }
  return deepest;
})()"""


def test_recursion_through_a_send_ends_at_about_half_the_depth(scenes: tuple[Scene, Scene]) -> None:
    heard, bare = (int(scene.see(scene.page, DEPTH)) for scene in scenes)
    assert bare > 100
    assert 0.25 * bare < heard < 0.95 * bare


def test_the_same_is_collected(scenes: tuple[Scene, Scene]) -> None:
    found = []
    for scene in scenes:
        scene.page.value(COLLECTED)
        scene.page.call("HeapProfiler.enable")
        for _ in range(3):
            scene.page.call("HeapProfiler.collectGarbage")
            scene.page.value("new Promise(done => setTimeout(done, 50))")
        found.append(scene.page.value("goneNow.sort()"))
    assert found[0] == found[1]
    assert {"port", "broadcast", "heard once", "closed"} <= set(found[0])
    assert "heard" not in found[0]


def test_what_the_debugger_itself_shows() -> None:
    """Without any agent: as soon as ``Runtime`` is on, what is logged is looked into for a preview."""
    logging = (
        "(() => { let n = 0; const e = new Error('x'); Object.defineProperty(e, 'name', {get() { n++; return 'E' }});"
        " console.log(e); return n })()"
    )
    with BarePipe() as pipe:
        before = pipe.call("Runtime.evaluate", expression=logging)["result"]["value"]
        pipe.call("Runtime.enable")
        assert before < pipe.call("Runtime.evaluate", expression=logging)["result"]["value"]
