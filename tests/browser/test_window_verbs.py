"""What windows do: pop-ups, loads that come late or never, reloads, redirects, other origins."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import swnb
from swnb.lab.windows import LoadFailed
from tests.browser.scenes import EAGER, controlled, page, script

DEAD = "http://example.com/"
QUICK_S = 0.3
PATIENT_S = 20.0


@pytest.fixture
def impatient(lab: swnb.Lab) -> Iterator[swnb.Lab]:
    """The same lab, with a short time-out until the test is over."""
    settings = lab.asynchronous.settings
    settings.timeout_s = QUICK_S
    yield lab
    settings.timeout_s = PATIENT_S


def href(window: swnb.Window) -> object:
    return window.evaluate("location.href")


def test_the_first_window_where_nothing_was_written(lab: swnb.Lab) -> None:
    home = lab.open("/")
    assert (home.name, home.url, home.closed, home.crashed) == ("window", f"{lab.site.url}/", False, False)
    ask = "[isSecureContext, 'serviceWorker' in navigator, document.visibilityState]"
    assert home.evaluate(ask) == [True, True, "visible"]
    assert "%%sw file" in str(home.evaluate("document.body.textContent"))


def test_an_unknown_path_is_a_document_of_the_origin(lab: swnb.Lab) -> None:
    lost = lab.open("/nowhere?a=1#b", name="lost")
    assert lost.url == f"{lab.site.url}/nowhere?a=1#b"
    ask = "[origin, location.hash, performance.getEntriesByType('navigation')[0].responseStatus]"
    assert lost.evaluate(ask) == [lab.site.url, "#b", 404]
    lab.register(script(lab), window=lost)
    lab.wait("controlled", window="lost")


def test_automatic_names(lab: swnb.Lab) -> None:
    first, second, third = (lab.open("/") for _ in range(3))
    assert [w.name for w in lab.windows] == ["window", "window2", "window3"]
    assert lab.windows == [first, second, third]
    assert lab.window("window2") == second
    first.close()
    assert lab.open("/").name == "window"


def test_pop_ups_are_named_after_their_opener(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    for _ in range(2):
        mark = lab.mark()
        home.evaluate("globalThis.popped = open('/', '_blank', 'popup'); 0")
        lab.wait("loaded", mark=mark)
    assert [w.name for w in lab.windows] == ["home", "home-popup", "home-popup2"]
    assert lab.window("home-popup").evaluate("opener.location.href") == f"{lab.site.url}/"
    lab.window("home-popup").evaluate("open('/?x', '_blank', 'popup'); 0")
    lab.wait("loaded", window="home-popup-popup")
    home.evaluate("popped.close()")
    lab.wait("closed", window="home-popup2")
    assert [w.name for w in lab.windows] == ["home", "home-popup", "home-popup-popup"]
    home.close()
    assert [w.name for w in lab.windows] == ["home-popup", "home-popup-popup"]


def test_another_host_says_how_to_open_the_network(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    acts: list[Callable[[], object]] = [lambda: lab.open(DEAD, name="far"), lambda: home.goto(DEAD)]
    for act in acts:
        with pytest.raises(LoadFailed) as caught:
            act()
        what, todo = str(caught.value).split("\n")
        assert what.startswith(f"{DEAD} could not be loaded")
        assert "open_network=True" in todo
        assert "%sw start --open-network" in todo
    assert lab.window("far").url == DEAD
    for window in (home, lab.window("far")):
        assert href(window.goto("/")) == f"{lab.site.url}/"


def test_a_slow_page_keeps_its_window_and_what_it_showed(impatient: swnb.Lab) -> None:
    lab = impatient
    lab.site.write("/slow", "late", content_type="text/html", delay_s=60.0)
    lab.site.write("/quick", "quick", content_type="text/html")
    late = r"/slow has not loaded within 0.3 s \(the window 'home' stays open\)\nlook for what it waits for.*timeout_s"
    with pytest.raises(LoadFailed, match=late):
        lab.open("/slow", name="home")
    lab.asynchronous.settings.timeout_s = PATIENT_S
    home = lab.window("home")
    assert (home.url, href(home)) == ("about:blank", "about:blank")
    assert home.goto("/quick").evaluate("document.body.textContent") == "quick"
    lab.site.write("/quick", "slower", content_type="text/html", delay_s=60.0)
    acts: list[tuple[Callable[[], object], str]] = [
        (lambda: home.goto("/slow"), late),
        (home.reload, "/quick has not loaded within 0[.]3 s"),
    ]
    for act, where in acts:
        lab.asynchronous.settings.timeout_s = QUICK_S
        with pytest.raises(LoadFailed, match=where):
            act()
        lab.asynchronous.settings.timeout_s = PATIENT_S
        # a load that goes on would keep the window from answering
        assert home.evaluate("document.body.textContent", timeout_s=10.0) == "quick"
    lab.site.write("/quick", "again", content_type="text/html")
    assert home.reload().evaluate("document.body.textContent") == "again"


def test_a_page_with_a_part_that_never_comes_can_be_looked_at(impatient: swnb.Lab) -> None:
    lab = impatient
    lab.site.write("/part.js", "", delay_s=60.0)
    lab.site.write("/", "<p>here</p><script async src=/part.js></script>", content_type="text/html")
    with pytest.raises(LoadFailed, match=r"/ has not loaded within 0\.3 s"):
        lab.open("/", name="home")
    assert lab.window("home").evaluate("document.body.textContent", timeout_s=10.0) == "here"


def test_a_page_with_a_slow_part_is_waited_for(lab: swnb.Lab) -> None:
    lab.site.write("/part.js", "globalThis.part = 1", delay_s=0.2)
    assert page(lab, "/", "home", "<script async src=/part.js></script>").evaluate("part") == 1
    assert lab.window("home").reload().evaluate("part") == 1


def test_reload_with_bypass_is_not_controlled(lab: swnb.Lab) -> None:
    home = controlled(lab)
    ask = "navigator.serviceWorker.controller?.state ?? null"
    for bypass, state in ((True, None), (False, "activated"), (True, None)):
        home.evaluate("globalThis.old = 1")
        assert home.reload(bypass=bypass) is home
        assert home.evaluate("typeof old") == "undefined"
        assert home.evaluate(ask) == state
        assert len(lab.clients.match_all()) == (state is not None)


def test_goto(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    page(lab, "/next?q=1", "other").close()
    home.evaluate("globalThis.kept = 1")
    for fragment in ("#part", "#part", "#another"):
        assert home.goto(f"/{fragment}") is home
        assert home.url == f"{lab.site.url}/{fragment}"
        assert home.evaluate("[kept, location.hash]") == [1, fragment]
    home.goto("/next?q=1#there")
    assert (home.url, home.creation_url) == (f"{lab.site.url}/next?q=1#there",) * 2
    assert home.evaluate("typeof kept") == "undefined"
    assert href(home.goto(f"{lab.site.url}/")) == f"{lab.site.url}/"
    assert href(home.goto("about:blank")) == "about:blank"
    assert home.goto("data:text/html,<p>there").evaluate("document.body.textContent") == "there"
    home.goto("/")
    for bad in ("http://[x/", "nothing:of-the-sort"):
        with pytest.raises(swnb.SwnbError) as caught:
            home.goto(bad)
        assert len(str(caught.value).splitlines()) == 2
    assert href(home) == f"{lab.site.url}/"


def test_redirects_end_where_they_lead(lab: swnb.Lab) -> None:
    other = lab.origin("other")
    other.write("/end", "end", content_type="text/html")
    lab.site.write("/end", "end", content_type="text/html")
    lab.site.write("/there", "", status=302, headers={"Location": "/end"})
    lab.site.write("/away", "", status=301, headers={"Location": f"{other.url}/end"})
    home = lab.open("/there", name="home")
    assert (home.url, href(home)) == (f"{lab.site.url}/end",) * 2
    assert href(home.goto("/away")) == f"{other.url}/end"
    lab.site.write("/self", "", status=302, headers={"Location": "/self"})
    with pytest.raises(LoadFailed, match="/self could not be loaded"):
        home.goto("/self")


def test_closed_twice(lab: swnb.Lab) -> None:
    home = page(lab, "/", "home")
    home.close()
    home.close()
    assert (home.closed, lab.windows, repr(home)) == (True, [], f"<Window 'home' {lab.site.url}/ (closed)>")
    verbs: list[Callable[[], object]] = [
        lambda: home.evaluate("1"), home.reload, lambda: home.goto("/"), lambda: home.page
    ]  # fmt: skip
    for verb in verbs:
        with pytest.raises(swnb.TargetGone, match="the window 'home' was closed\n"):
            verb()


def test_no_load_is_missed(lab: swnb.Lab) -> None:
    lab.site.write("/tiny", "", content_type="text/html")
    for number in range(30):
        mark = lab.mark()
        window = lab.open(f"/tiny?{number}")
        assert window.evaluate("document.readyState") == "complete"
        assert lab.wait("loaded", window="window", mark=mark) is not None
        window.close()
    window = lab.open("/tiny")
    for _ in range(30):
        assert window.reload().evaluate("document.readyState") == "complete"


def test_other_origins(lab: swnb.Lab) -> None:
    other = lab.origin("other")
    assert lab.origin("OTHER") is other
    other.write("/", "<title>other</title>", content_type="text/html")
    other.write("/in", "<script>parent.postMessage(origin, '*')</script>", content_type="text/html")
    stranger = lab.open(f"{other.url}/", name="stranger")
    assert stranger.evaluate("[origin, isSecureContext, document.title]") == [other.url, True, "other"]
    heard = "<script>globalThis.heard = new Promise(r => onmessage = e => r([e.origin, e.data]))</script>"
    home = page(lab, "/", "home", f"{heard}<iframe src={other.url}/in></iframe>")
    assert home.evaluate("heard") == [other.url, other.url]
    with pytest.raises(swnb.JavaScriptError) as caught:
        home.evaluate("frames[0].document")
    assert caught.value.name == "SecurityError"


def test_a_frame_of_another_origin_has_a_storage_of_its_own(lab: swnb.Lab) -> None:
    other = lab.origin("other")
    other.write("/sw.js", EAGER)
    other.write("/in", "in", content_type="text/html")
    stranger = lab.open(f"{other.url}/", name="stranger")
    lab.register(f"{other.url}/sw.js", scope=f"{other.url}/", window=stranger)
    lab.wait("controlled", window="stranger")
    home = page(lab, "/", "home", f"<iframe src={other.url}/in></iframe>")
    worker = lab.find_worker(scope=f"{other.url}/")
    # *.localhost are sites of their own, and what is embedded in another site is in another partition
    assert [c.url for c in worker.clients.match_all(include_uncontrolled=True)] == [f"{other.url}/"]
    home.goto(f"{other.url}/in")
    assert {c.name for c in worker.clients.match_all()} == {"home", "stranger"}
