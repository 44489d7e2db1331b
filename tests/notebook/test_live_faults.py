"""Live views where a notebook is busy, interrupted, restarted: they go on, or stay as they were, and break nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.notebook.front_end import PANEL, Notebook, front_end, ready

pytestmark = pytest.mark.slow

SITE = """import time
lab.site.write("/sw.js", '''addEventListener("install", e => e.waitUntil(skipWaiting()));
addEventListener("message", e => e.source.postMessage({echo: e.data}));''')
lab.site.write("/", "<!doctype html><title>home</title><script>navigator.serviceWorker.onmessage = () => 0</script>")
lab.site.write("/slow.html", "<!doctype html>slow", delay_s=2)
home = lab.open("/", name="home")
lab.register("/sw.js", window=home); lab.wait("active"); lab.clients.claim();"""

CHATTER = """home.evaluate(
  "globalThis.n = 0; globalThis.chat = setInterval(() => navigator.serviceWorker.controller.postMessage(++n), 20); 0");"""

QUIET = "home.evaluate('clearInterval(chat); 0'); lab.settle()"

LAST = "document.querySelectorAll('.swnb-clients')[{nth}].tBodies[0].rows[0].cells[5].innerText"

BEGUN_S = 0.3
"""Until a verb that takes 2 s has begun in a kernel that nobody can ask; were it late, it would be interrupted before it began."""

BUSY = "[...document.querySelectorAll('.jp-InputPrompt')].at(-1).innerText.includes('*')"
"""A cell runs; the kernel's own state is said to be idle when a button's message, beside the cell, was handled."""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    with front_end("lab", tmp_path_factory.mktemp("jupyter"), ["%load_ext swnb\nlab = %sw start", SITE]) as found:
        found.command("notebook:run-all-cells")
        found.until("document.querySelector('.swnb-clients')?.tBodies[0].rows.length === 1")
        found.idle()
        yield found


def press(notebook: Notebook, verb: str, text: str | None = None, nth: int = 0) -> None:
    """Press a button of the first client of a table, and write what it asks for."""
    view = f"document.querySelectorAll('.swnb-clients')[{nth}]"
    notebook.value(f"{view}.querySelector('[data-verb={verb}]').click(); 0")
    if text is not None:
        form = f"const input = {view}.closest('.swnb-view').querySelector('form input')"
        script = f"{form}; input.value = text; input.form.requestSubmit(); 0"
        notebook.value(script, text=text)


def numbers(notebook: Notebook, count: int, nth: int = 0) -> list[int]:
    """Return numbers of the echoes that are shown one after the other while the kernel is busy."""
    seen: list[int] = []
    deadline = time.monotonic() + 10
    while len(seen) < count and time.monotonic() < deadline:
        shown = notebook.value(f"[{BUSY}, {LAST.format(nth=nth)}.match(/\\d+(?=\\}}?$)/)?.[0] ?? null]")
        if shown[0] and shown[1] is not None and int(shown[1]) not in seen:
            seen.append(int(shown[1]))
        time.sleep(0.05)
    return seen


def test_a_view_goes_on_while_a_cell_blocks(notebook: Notebook) -> None:
    notebook.run(CHATTER)
    notebook.begin("time.sleep(3)")
    seen = numbers(notebook, 5)
    assert len(seen) == 5
    assert seen == sorted(seen)
    notebook.idle()
    notebook.run(QUIET)
    last = int(notebook.run("int(home.evaluate('n'))").rpartition("\n")[2])
    notebook.until(f"{LAST.format(nth=0)}.includes(text)", text=f"{{'echo': {last}}}")


def test_a_button_works_while_a_cell_blocks(notebook: Notebook) -> None:
    notebook.begin("time.sleep(4); 'slept'")
    notebook.until(BUSY)
    began = time.monotonic()
    press(notebook, "post", '"while it sleeps"')
    notebook.until(f"{LAST.format(nth=0)}.includes('while it sleeps') && {BUSY}", limit_s=3.5)
    assert time.monotonic() - began < 3.5
    notebook.idle()
    assert "slept" in notebook.output()


def test_an_interrupt_ends_the_cell_and_not_what_a_button_began(notebook: Notebook) -> None:
    notebook.begin("time.sleep(30)")
    notebook.until(BUSY)
    press(notebook, "navigate", "/slow.html")
    time.sleep(BEGUN_S)
    notebook.value(f"{PANEL}.sessionContext.session.kernel.interrupt(); 0")
    notebook.idle()
    assert "KeyboardInterrupt" in notebook.output()
    notebook.until("document.querySelector('.swnb-clients').tBodies[0].rows[0].innerText.includes('/slow.html')")
    assert (
        notebook.value(
            "document.querySelector('.swnb-clients').closest('.swnb-view').querySelector('.swnb-error').innerText"
        )
        == ""
    )
    assert "slow.html" in notebook.run("home.url")


def test_an_idle_kernel_that_is_interrupted_while_a_button_s_verb_runs(notebook: Notebook) -> None:
    press(notebook, "reload")  # of the page that is slow
    time.sleep(BEGUN_S)
    notebook.value(f"await {PANEL}.sessionContext.session.kernel.interrupt(); 0")
    assert "slow.html" in notebook.run("home.url")
    press(notebook, "navigate", "/")
    notebook.until(
        "document.querySelector('.swnb-clients').tBodies[0].rows[0].cells[2].innerText.endsWith('localhost/')"
    )


def test_many_buttons_at_once_while_messages_flow(notebook: Notebook) -> None:
    notebook.run(CHATTER)
    notebook.begin("time.sleep(2)")
    notebook.until(BUSY)
    for number in range(10):
        press(notebook, "post", f'"press {number}"')
    notebook.idle()
    notebook.run(QUIET)
    posted = notebook.run(
        "[m.data for m in lab.log.messages(sender='w1') if isinstance(m.data, str) and m.data.startswith('press')]"
    )
    for number in range(10):
        assert f"'press {number}'" in posted
    assert notebook.value("document.querySelectorAll('.swnb-clients [aria-busy]').length") == 0


def test_in_the_kernel_s_own_loop_a_button_waits_for_the_cell(notebook: Notebook) -> None:
    notebook.run("%sw stop")
    notebook.run("lab = %sw start --loop kernel")
    notebook.run(SITE)
    notebook.until("document.querySelectorAll('.swnb-clients')[1].tBodies[0].rows.length === 1")
    notebook.begin("time.sleep(2); 'slept'")
    notebook.until(BUSY)
    press(notebook, "post", '"after it"', nth=1)
    time.sleep(0.5)
    assert "after it" not in notebook.value(LAST.format(nth=1))
    notebook.until(f"{LAST.format(nth=1)}.includes('after it')")
    assert "slept" in notebook.output()
    press(notebook, "reload", nth=1)
    assert notebook.run("home.evaluate('document.title')").endswith("'home'")
    assert "10 views" in notebook.run("lab.dashboard()\n%sw snapshot\n%sw dashboard\n%sw snapshot")


def test_a_kernel_that_is_restarted_leaves_what_was_there(notebook: Notebook) -> None:
    before = len(notebook.console_errors())
    notebook.value(f"{PANEL}.sessionContext.session.kernel.restart().then(() => globalThis.restarted = true); 0")
    notebook.until("globalThis.restarted")
    notebook.idle()
    assert "home" in notebook.value("document.querySelector('.swnb-dashboard').innerText")
    press(notebook, "reload")
    said = notebook.until(
        "document.querySelector('.swnb-clients').closest('.swnb-view').querySelector('.swnb-error').innerText"
    )
    assert said.startswith("reload, home: No kernel answers")
    assert len(said.splitlines()) == 2
    notebook.run("%load_ext swnb")
    notebook.run("lab = %sw start")
    notebook.run(SITE)
    notebook.until(
        "[...document.querySelectorAll('.swnb-clients')].at(-1).tBodies[0].rows[0]?.innerText.includes('● w1')"
    )
    assert len(notebook.console_errors()) - before <= 1
    stills = "[...document.querySelectorAll('[data-swnb-still]')]"
    notebook.until(f"{stills}.every(still => still.textContent.includes('home'))")


def test_a_page_that_is_loaded_anew_after_a_restart_has_the_static_forms(notebook: Notebook) -> None:
    notebook.run("%sw snapshot")
    notebook.value(f"{PANEL}.sessionContext.session.kernel.restart().then(() => globalThis.restarted = 2); 0")
    notebook.until("globalThis.restarted === 2")
    notebook.saved()
    notebook.window.reload()
    ready(notebook, 2)
    stills = "[...document.querySelectorAll('[data-swnb-still]')]"
    notebook.until(f"{stills}.length > 2 && {stills}.every(still => still.checkVisibility())")
    assert [text for text in notebook.value(f"{stills}.map(still => still.textContent)") if "home" not in text] == []
    assert notebook.value("document.querySelectorAll('.swnb-view').length") == 0
