"""Workers in each of their roles: asked, stopped, started, updated, unregistered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

import swnb
from swnb.clients.worker import AsyncServiceWorker
from swnb.events import CallMade
from tests.browser.scenes import EAGER, SKIP, controlled, listed, page, script

PENDING = "addEventListener('install', e => e.waitUntil(new Promise(r => globalThis.finish = r)));"


def updated(lab: swnb.Lab, source: str, condition: str) -> swnb.ServiceWorkerRegistration:
    script(lab, source)
    registration = lab.registration("/").update()
    lab.wait(condition)
    return registration


def test_installing_waiting_and_active_are_each_asked(lab: swnb.Lab) -> None:
    controlled(lab, source=EAGER + "globalThis.me = 'first';")
    registration = updated(lab, "globalThis.me = 'second';", "installed")
    updated(lab, PENDING + "globalThis.me = 'third';", "installing")
    assert registration.installing is not None and registration.waiting is not None and registration.active is not None
    assert registration.installing.evaluate("me") == "third"
    assert registration.waiting.evaluate("me") == "second"
    assert registration.active.evaluate("me") == "first"
    for role, me in (("installing", "third"), ("waiting", "second"), ("active", "first")):
        worker = lab.find_worker(role=role)
        assert (worker.role, worker.evaluate("me")) == (role, me)
    assert lab.worker.evaluate("me") == "first"  # the active one where nothing else is said
    assert [w.state for w in (registration.installing, registration.waiting, registration.active)] == [
        "installing", "installed", "activated",
    ]  # fmt: skip
    lab.find_worker(role="installing").evaluate("finish()")
    lab.wait("redundant")
    assert lab.find_worker(role="waiting").evaluate("me") == "third"


def test_a_role_that_nobody_has_and_one_that_is_none(lab: swnb.Lab) -> None:
    controlled(lab)
    with pytest.raises(swnb.WorkerMissing, match="has no waiting worker\nit has active"):
        lab.find_worker(role="waiting")
    with pytest.raises(swnb.InvalidArgument, match="did you mean 'waiting'"):
        lab.find_worker(role="waitin")
    with pytest.raises(swnb.RegistrationUnknown, match=r"no registration has the scope http://lab.localhost/nowhere/"):
        lab.registration("/nowhere/")


def test_module_workers_import(lab: swnb.Lab) -> None:
    lab.site.write("/part.js", "export const part = 'imported';")
    home = page(lab, "/", "home")
    script(lab, "import {part} from './part.js'; globalThis.part = part;" + EAGER)
    lab.register("/sw.js", type="module", window=home)
    lab.wait("active")
    assert lab.worker.evaluate("part") == "imported"
    with pytest.raises(swnb.InvalidArgument, match="did you mean 'module'"):
        lab.register("/sw.js", type="modul")


def test_the_longest_scope_controls(lab: swnb.Lab) -> None:
    controlled(lab)
    script(lab, EAGER, "/a/sw.js")
    inner = lab.register("/a/sw.js", window="home")
    assert inner.scope == f"{lab.site.url}/a/"
    assert lab.worker.scope == inner.scope  # the one registered last
    lab.wait("active", scope="/a/")
    page(lab, "/a/page", "inner")
    assert [c.name for c in lab.find_worker(scope="/a/").clients.match_all()] == ["inner"]
    assert [c.name for c in lab.find_worker(scope="/").clients.match_all()] == ["home"]
    lab.find_worker(scope="/").clients.claim()
    assert [c.name for c in lab.find_worker(scope="/a/").clients.match_all()] == ["inner"]
    assert {r.scope for r in lab.registrations} == {f"{lab.site.url}/", f"{lab.site.url}/a/"}


def test_wait_active_means_the_registration_registered_last(lab: swnb.Lab) -> None:
    controlled(lab)
    script(lab, PENDING, "/slow/sw.js")
    lab.register("/slow/sw.js", window="home")
    with pytest.raises(swnb.WaitTimeout, match=r"/slow/sw.js is installing, running"):
        lab.wait("active", timeout_s=0.1)
    lab.wait("active", scope="/", timeout_s=0.1)


def test_an_update_that_is_refused_says_what_to_do(lab: swnb.Lab) -> None:
    controlled(lab)
    lab.site.write("/sw.js", "throw new Error('broken')")
    with pytest.raises(swnb.JavaScriptError, match="script evaluation") as caught:
        lab.registration("/").update()
    assert len(str(caught.value).split("\n")) == 2


def test_update_and_skip_waiting(lab: swnb.Lab) -> None:
    controlled(lab)
    first = lab.worker
    registration = lab.registration("/")
    assert registration.update().waiting is None  # the same bytes
    updated(lab, "// new", "installed")
    waiting = registration.waiting
    assert waiting is not None and waiting.state == "installed"
    registration.skip_waiting()
    lab.wait("activated")
    assert (waiting.role, first.role, first.state) == ("active", None, "redundant")
    assert lab.worker.version_id == waiting.version_id
    assert first.version_id in [w.version_id for w in registration.redundant]
    with pytest.raises(swnb.WorkerStopped, match="it is redundant, and the browser never starts it again"):
        first.evaluate("1")


def test_unregister(lab: swnb.Lab) -> None:
    controlled(lab)
    registration = lab.registration("/")
    assert registration.unregister() is True
    assert registration.unregistered
    assert [c.name for c in lab.clients.match_all()] == ["home"]  # it goes on for those that it controls
    assert registration.unregister() is False
    for verb in (registration.update, registration.navigation_preload):
        with pytest.raises(swnb.RegistrationUnknown):
            verb()
    lab.window("home").close()
    lab.wait("redundant")
    assert lab.registrations == []


def test_registration_properties(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    script(lab, EAGER)
    registration = lab.register("/sw.js", window=home, update_via_cache="none")
    lab.wait("active")
    assert registration.update_via_cache == "none"
    assert registration.navigation_preload() == {"enabled": False, "headerValue": "true"}
    lab.worker.evaluate("registration.navigationPreload.enable()")
    assert registration.navigation_preload() == {"enabled": True, "headerValue": "true"}
    assert (registration.scope, registration.unregistered) == (f"{lab.site.url}/", False)
    assert repr(registration) == f"<ServiceWorkerRegistration {lab.site.url}/ active: {lab.site.url}/sw.js>"


def test_a_stopped_active_worker_is_started_when_it_is_asked(lab: swnb.Lab) -> None:
    controlled(lab)
    worker = lab.worker
    worker.evaluate("globalThis.kept = 1")
    asks: list[Callable[[], object]] = [lambda: worker.evaluate("1"), worker.clients.match_all, worker.start]
    for ask in asks:
        worker.stop()
        assert (worker.running, worker.state) == ("stopped", "activated")
        lab.wait("stopped")
        ask()
        assert worker.running == "running"
    assert worker.evaluate("typeof kept") == "undefined"  # another thread


def test_a_stopped_waiting_worker_says_so(lab: swnb.Lab) -> None:
    controlled(lab)
    waiting = updated(lab, "// new", "installed").waiting
    assert waiting is not None
    waiting.stop()
    asks: list[Callable[[], object]] = [lambda: waiting.evaluate("1"), waiting.clients.match_all]
    for ask in asks:
        with pytest.raises(
            swnb.WorkerStopped, match=r"waiting worker .* is stopped: it is installed, and only an active"
        ):
            ask()


def test_stopped_in_mid_evaluate(lab: swnb.Lab) -> None:
    controlled(lab)

    async def stop_while_asked() -> object:
        worker = lab.asynchronous.worker
        pending = asyncio.ensure_future(worker.evaluate("globalThis.asked = 1; new Promise(() => {})", timeout_s=20))
        while await worker.evaluate("globalThis.asked ?? 0") != 1:
            pass
        await worker.stop()
        async with asyncio.timeout(1.0):
            return await pending

    with pytest.raises(swnb.TargetGone, match=r"the worker http://lab.localhost/sw.js was stopped"):
        lab.run(stop_while_asked)
    assert lab.worker.evaluate("'again'") == "again"


FIRST_LINE = "globalThis.ranBefore = globalThis.ran ?? 0; clients.get('first line');" + EAGER

RUN = """
globalThis.ran = (globalThis.ran ?? 0) + 1;
await (await caches.open('ran')).put('/' + crypto.randomUUID(), new Response());
globalThis.asked = 1;
await new Promise(() => {})
"""
"""An evaluation that is never over, and leaves a trace each time that it begins."""


async def stopped(worker: AsyncServiceWorker) -> None:
    await worker.stop()


async def stopped_by_the_browser(worker: AsyncServiceWorker) -> None:
    lab = worker._workers.service_workers  # nobody in swnb is told of it beforehand
    await lab.anchor.send("ServiceWorker.stopAllWorkers", {})
    while worker.running != "stopped":
        await lab.changed(1.0)


@pytest.mark.parametrize("stop", [stopped, stopped_by_the_browser])
def test_what_was_asked_when_it_was_stopped_never_runs_again(
    lab: swnb.Lab, stop: Callable[[AsyncServiceWorker], Awaitable[None]]
) -> None:
    home = controlled(lab, source=FIRST_LINE)
    home.evaluate("await caches.delete('ran')")
    mark = lab.mark()

    async def stop_while_asked() -> None:
        worker = lab.asynchronous.worker
        pending = asyncio.ensure_future(worker.evaluate(RUN, timeout_s=20))
        while await worker.evaluate("globalThis.asked ?? 0") != 1:
            pass
        await stop(worker)
        with pytest.raises(swnb.TargetGone, match="was stopped"):
            await pending

    for turn in range(1, 5):
        lab.run(stop_while_asked)
        if turn % 2:
            lab.worker.post_message("wake", window="home")
        assert lab.worker.evaluate("[globalThis.ran ?? 0, ranBefore]") == [0, 0]
        assert home.evaluate("(await (await caches.open('ran')).keys()).length") == turn
        calls = [e for e in lab.log.since(mark) if isinstance(e, CallMade) and b"first line" in e.arguments]
        assert len(calls) == turn


def test_post_message_from_a_page(lab: swnb.Lab) -> None:
    hear = "globalThis.heard = new Promise(r => addEventListener('message', e => r([e.data, e.source.url, e.origin])));"
    controlled(lab, source=EAGER + hear)
    lab.worker.post_message({"a": [1, b"\1"]}, window="home")
    data, source, origin = listed(lab.worker.evaluate("heard"))
    assert isinstance(data, dict) and data["a"][0] == 1 and bytes(data["a"][1]) == b"\1"
    assert (source, origin) == (f"{lab.site.url}/", lab.site.url)
    with pytest.raises(swnb.WindowUnknown):
        lab.worker.post_message(1, window="nobody")


def test_a_registration_without_a_page_to_act_in(lab: swnb.Lab) -> None:
    home = controlled(lab, source=SKIP)
    home.close()
    with pytest.raises(swnb.LabError, match=r"no window of http://lab.localhost is open"):
        lab.worker.post_message(1)
