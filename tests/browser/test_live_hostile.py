"""What pages write is text in every view's static form: nothing of it runs, and nothing becomes a link or a picture."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import swnb

PAYLOADS = [
    "\u202egnp.exe \u2066x\u2069 \u0000\u2028\ud800",
    "<script>top.ran = 1</script>",
    "<img src=x onerror='top.ran = 1'>",
    "javascript:top.ran=1",
    '"><svg onload=top.ran=1><a href="javascript:top.ran=1">x</a>',
    "'><iframe srcdoc='<script>top.ran=1</script>'></iframe>",
    "</text></svg></title></style></textarea></td></tr></table><script>top.ran=1</script>",
    "<style>@import 'http://lab.localhost/seen'; * { background: url(http://lab.localhost/seen) }</style>",
    "<meta http-equiv=refresh content='0;url=javascript:top.ran=1'><base href=http://evil/>",
    "<form action=javascript:top.ran=1><button autofocus onfocus=top.ran=1>x</button></form>",
    "&lt;script&gt;top.ran=1&lt;/script&gt; &#60;script&#62;",
    "{{constructor.constructor('top.ran=1')()}} ${top.ran=1} <%= top.ran=1 %>",
    "<math><mtext><table><mglyph><style><img src=x onerror=top.ran=1>",
]

VIEWS = ["clients", "timeline", "workers", "notifications", "console"]

WORKER = """addEventListener("install", event => event.waitUntil(skipWaiting()));
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("message", event => {
  console.log(event.data);
  event.source.postMessage({[event.data]: event.data});
  registration.showNotification(event.data, {body: event.data, tag: event.data, data: event.data, actions: [{action: event.data, title: event.data}]});
  setTimeout(() => { throw new Error(event.data); });
});"""  # noqa: E501


@pytest.fixture(scope="module")
def lab() -> Iterator[swnb.Lab]:
    """A lab in which everything that can be written is hostile."""
    with swnb.Lab("hostile") as made:
        hostile = made.origin("hostile")
        hostile.write("/sw.js", WORKER)
        hostile.write("/", "<!doctype html><title>x</title>", content_type="text/html")
        home = made.open("http://hostile.localhost/", name="<b>home</b>")
        home.evaluate("await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready; 0")
        made.wait("controlled")
        source = """navigator.serviceWorker.onmessage = () => {};
for (const text of JSON.parse(payloads)) {
  document.title = text;
  history.pushState(0, "", "/?" + text + "#" + text);
  console.error("%s", text, {[text]: text});
  navigator.serviceWorker.controller.postMessage(text);
  new BroadcastChannel(text).postMessage(text);
}
await new Promise(done => setTimeout(done, 300)); 0"""
        home.evaluate(source, inputs={"payloads": json.dumps(PAYLOADS)})
        home.evaluate(
            "const f = document.createElement('iframe'); f.src = '/?' + text; document.body.append(f);"
            " await new Promise(done => f.onload = done); 0",
            inputs={"text": PAYLOADS[0]},
        )
        deadline = time.monotonic() + 20
        while len(made.notifications) < len(PAYLOADS) - 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        made.settle()
        yield made


@pytest.mark.parametrize("view", [*VIEWS, "dashboard", "log", "messages", "world", "clientlist"])
def test_a_static_form_is_text(lab: swnb.Lab, view: str) -> None:
    if view == "dashboard":
        html = lab.dashboard().html()
    elif view in VIEWS:
        html = getattr(lab.views, view)().html()
    else:
        from swnb.views import formatters, heard, standing

        html = {
            "log": lambda: heard.events(lab.log),
            "messages": lambda: heard.messages(lab.log.messages()) + "".join(map(heard.message, lab.log.messages())),
            "world": lambda: standing.world(lab.world),
            "clientlist": lambda: formatters.client_list(
                lab.find_worker(scope="http://hostile.localhost/").clients.match_all(include_uncontrolled=True)
            ),
        }[view]()
    sandbox = lab.origin("reader")
    sandbox.write(
        "/static", f"<!doctype html><meta charset=utf-8><title>static</title><body>{html}", content_type="text/html"
    )
    reader = lab.open("http://reader.localhost/static", name="reader")
    try:
        assert (
            reader.evaluate("await new Promise(done => setTimeout(() => done(globalThis.ran ?? 'nothing'), 150))")
            == "nothing"
        )
        active = "script, img:not([src^='data:image/png']), iframe, object, embed, a[href], form, base, style, link"
        assert (
            reader.evaluate(f"[...document.querySelectorAll({json.dumps(active)})].map(e => e.outerHTML).join()") == ""
        )
        resources = (
            "performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.endsWith('favicon.ico')).join()"
        )
        handlers = "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on')).join()"
        assert reader.evaluate(handlers) == ""
        assert reader.evaluate(resources) == ""
        if view != "clientlist":  # urls are percent-encoded there
            assert "top.ran" in str(reader.evaluate("document.body.textContent"))  # it is there, as text
        for svg in ("script", "foreignObject", "use", "image", "animate", "set", "a"):
            assert reader.evaluate(f"document.querySelectorAll('svg {svg}').length") == 0
    finally:
        reader.close()


def test_a_report_runs_its_own_timeline_alone(lab: swnb.Lab, tmp_path: Path) -> None:
    made = lab.views.report(tmp_path / "report.html", title=PAYLOADS[1])
    site = lab.origin("report")
    site.mount("/", tmp_path)
    reader = lab.open("http://report.localhost/report.html", name="report")
    try:
        shown = "await new Promise(done => { const look = () => { const n = document.querySelectorAll('.swnb-tl-label').length;"
        shown += " n ? done(n) : setTimeout(look, 20) }; look() })"
        assert int(str(reader.evaluate(shown))) > 3
        assert reader.evaluate("globalThis.ran ?? 'nothing'") == "nothing"
        assert reader.evaluate("document.querySelectorAll('body img, iframe, a[href], form').length") == 0
        assert reader.evaluate("[...document.scripts].map(e => e.type).join()") == "application/json,module"
        resources = (
            "performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.endsWith('favicon.ico')).join()"
        )
        assert reader.evaluate(resources) == ""
        assert reader.evaluate("document.title") == PAYLOADS[1]
        rows = "document.querySelector('.swnb-tl-label').click(); await new Promise(r => setTimeout(r, 100));"
        assert "event" in str(reader.evaluate(f"{rows} document.querySelector('.swnb-tl-open').textContent"))
        assert made.stat().st_size < 3_000_000
    finally:
        reader.close()


def test_nothing_ran_in_the_lab_s_own_pages(lab: swnb.Lab) -> None:
    assert lab.window("<b>home</b>").evaluate("globalThis.ran ?? 'nothing'") == "nothing"
