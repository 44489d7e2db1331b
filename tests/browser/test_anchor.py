from __future__ import annotations

from collections.abc import Iterator

import pytest

from swnb.events import WorkerStateChanged
from swnb.lab.lab import Lab
from swnb.vocab import ServiceWorkerState

pytestmark = pytest.mark.slow


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        lab.site.write("/sw.js", "/* one */")
        lab.open("/", name="home")
        lab.register("/sw.js")
        lab.wait("active")
        yield lab


def own_pages(lab: Lab) -> list[str]:
    from swnb.browser.anchor import Anchor

    return [t.url for t in lab.asynchronous.browser.targets.pages() if Anchor.is_own(t)]


def test_the_first_window_carries_the_domain_and_no_blank_page_is_open(lab: Lab) -> None:
    assert own_pages(lab) == []


def test_when_its_window_closes_another_one_carries_it(lab: Lab) -> None:
    lab.open("/", name="second")
    lab.window("home").close()
    lab.site.write("/sw.js", "/* two */")
    lab.registration("/").update()
    lab.wait("installed")
    assert own_pages(lab) == []


def test_with_no_window_left_what_happens_to_workers_is_still_heard(lab: Lab) -> None:
    home = lab.window("home")
    home.reload()
    lab.site.write("/sw.js", "/* two */")
    lab.registration("/").update()
    lab.wait("installed")
    assert lab.registration("/").waiting is not None
    mark = lab.mark()
    home.close()  # the last client of the old worker goes, so the waiting one activates
    event = lab.wait("activated", mark=mark)
    assert isinstance(event, WorkerStateChanged)
    assert event.state is ServiceWorkerState.ACTIVATED
    assert lab.worker.evaluate("1 + 1") == 2
    assert lab.windows == []
    assert len(own_pages(lab)) == 1
    lab.worker.stop()
    assert lab.worker.evaluate("2 + 2") == 4


def test_a_lab_without_any_window_can_be_asked() -> None:
    with Lab() as lab:
        assert lab.registrations == []
        assert lab.windows == []
