"""The session that must work, cell by cell, in a real kernel with a real Chromium, on both bridges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.notebook.session import Kernel

HOME = "http://lab.localhost/"
OTHER = "http://lab.localhost/other.html"


@pytest.fixture
def fresh() -> Iterator[Kernel]:
    kernel = Kernel()
    try:
        yield kernel
    finally:
        kernel.end()


@pytest.mark.slow
@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_the_whole_session(fresh: Kernel, loop: str) -> None:
    run = fresh.ok
    option = "" if loop == "thread" else " --loop kernel"
    begun = run(f"%load_ext swnb\n%sw start{option}")
    assert begun.texts == ["<Dashboard of lab 'lab'>", "", "<Lab 'lab' http://lab.localhost running>"]

    written = run(
        "%%sw file /sw.js\n"
        'addEventListener("install", e => e.waitUntil(skipWaiting()));\n'
        'addEventListener("message", e => e.source.postMessage({echo: e.data, n: 1n, when: new Date(0)}));'
    ).text
    assert written.startswith("/sw.js  200  Content-Type: text/javascript")
    assert "text/html" in run("%%sw file /index.html\n<!doctype html><title>home</title>").text

    output = run(
        "%sw open / --as home\n"
        "%sw register /sw.js --in home\n"
        "%sw wait active\n"
        "%sw clients                              # controlled windows: none yet\n"
        "%sw clients --include-uncontrolled       # home, marked uncontrolled\n"
        "%sw claim\n"
        "%sw clients                              # home, controlled\n"
    )
    window, registration, none, uncontrolled, controlled = output.texts
    assert output.kinds == ["display_data"] * 4 + ["execute_result"]
    assert window == f"<Window 'home' {HOME}>"
    assert registration.startswith(f"<ServiceWorkerRegistration {HOME}")
    assert none == "no clients"
    assert uncontrolled.splitlines()[2].split()[:6] == ["home", "window", "(top-level)", HOME, "no", "visible"]
    assert controlled.splitlines()[2].split()[:6] == ["home", "window", "(top-level)", HOME, "yes", "visible"]
    assert "○ no" in output.results[3]["text/html"]
    assert "● <strong>yes</strong>" in output.results[4]["text/html"]

    run("limit = 3")
    evaluated = run(
        "%%sw worker -i limit -o urls\n"
        'const all = await clients.matchAll({includeUncontrolled: true, type: "all"});\n'
        "all.slice(0, limit).map(c => c.url)\n"
    )
    assert evaluated.text == f"['{HOME}']"
    assert run("urls == ['http://lab.localhost/']").text == "True"

    run(
        "%%sw page home -o reply\n"
        "const channel = new MessageChannel();\n"
        "const answer = new Promise(resolve => channel.port1.onmessage = e => resolve(e.data));\n"
        "navigator.serviceWorker.controller.postMessage({hi: [1, 2]}, [channel.port2]);\n"
        "await Promise.race([answer, new Promise(r => navigator.serviceWorker.onmessage = e => r(e.data))])"
    )
    run("import datetime, swnb")
    epoch = "datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)"
    assert run(f"dict(reply) == {{'echo': {{'hi': [1, 2]}}, 'n': swnb.BigInt(1), 'when': {epoch}}}").text == "True"

    navigated = run("%sw navigate home /other.html\n%sw get home").texts
    assert [OTHER in text and "controlled" in text for text in navigated] == [True, True]
    assert navigated[0] == navigated[1]

    assert run("%sw stop").results == []
    assert fresh.fails("%sw clients")[0] == "NotStarted: `%sw clients` needs a browser, and none is started"


@pytest.mark.slow
@pytest.mark.parametrize("loop", ["thread", "kernel"])
def test_a_kernel_that_ends_takes_browser_and_profile_with_it(fresh: Kernel, loop: str) -> None:
    fresh.ok(f"%load_ext swnb\nlab = %sw start --loop {loop}")
    started = "lab.asynchronous.prepared.started"
    pid, profile = eval(fresh.ok(f"({started}.process.pid, str({started}.profile.path))").text)
    assert psutil.pid_exists(pid)
    assert Path(profile).is_dir()
    fresh.end()
    assert not psutil.pid_exists(pid)
    assert not Path(profile).exists()


@pytest.mark.slow
def test_a_configuration_holds_for_what_is_started() -> None:
    kernel = Kernel("--Lab.timeout_s=7", "--Lab.loop=kernel", "--SwMagics.max_rows=5")
    try:
        kernel.ok("%load_ext swnb")
        kernel.ok("lab = %sw start --timeout 8;")
        settings = "(lab.settings.timeout_s, str(lab.settings.loop))"
        assert kernel.ok(settings).text == "(8.0, 'kernel')"
        assert "Current: 5" in kernel.ok("%config SwMagics").printed
        kernel.ok("%sw stop")
        kernel.ok("%config Lab.loop = 'thread'")
        kernel.ok("lab = %sw start;")
        assert kernel.ok(settings).text == "(7.0, 'thread')"
        kernel.ok("%config Lab.timeout_s = 6")
        assert kernel.ok("lab.asynchronous.settings.timeout_s").text == "6.0"
    finally:
        kernel.end()
