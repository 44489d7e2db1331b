"""What is kept of the scripts of service workers: which bytes, when, and not too many."""

from __future__ import annotations

from pathlib import Path

import pytest

from swnb.origin import scripts
from swnb.origin.scripts import Scripts
from tests.unit.origin.harness import Running

MAIN, PAGE = "http://lab.localhost/sw.js", "http://lab.localhost/"


def serve(kept: Scripts, path: str, body: str, when: int, referrer: str = PAGE, *, main: bool = False) -> bool:
    url = f"http://lab.localhost{path}"
    wanted = kept.wants(url, referrer, main=main)
    if wanted:
        kept.keep(url, body.encode(), len(body), when)
    return wanted


def texts(kept: Scripts, url: str = MAIN) -> list[tuple[int, str | None, int, int]]:
    return [(each.number, each.text(), each.first_ns, each.last_ns) for each in kept.revisions(url)]


def test_the_same_bytes_again_are_the_same_script() -> None:
    kept = Scripts()
    for when, body in ((1, "a"), (2, "a"), (3, "b"), (4, "a"), (9, "a")):
        serve(kept, "/sw.js", body, when, main=True)
    assert texts(kept) == [(1, "a", 1, 2), (2, "b", 3, 3), (3, "a", 4, 9)]
    first, _, third = kept.revisions(MAIN)
    assert first.body is third.body  # kept once
    assert [each and each.number for each in (kept.at(MAIN, when) for when in (0, 1, 2, 3, 100))] == [None, 1, 1, 2, 3]


def test_what_a_page_asks_for_is_kept_only_where_a_worker_imports_it() -> None:
    kept = Scripts()
    assert not serve(kept, "/lib.js", "1", 1)
    assert serve(kept, "/sw.js", "importScripts('/lib.js')", 2, main=True)
    assert not serve(kept, "/lib.js", "1", 3, f"{PAGE}other.js")
    assert serve(kept, "/lib.js", "1", 4, MAIN)
    assert serve(kept, "/lib.js", "2", 5)  # an update check, for which a page stands
    assert texts(kept, f"{PAGE}lib.js") == [(1, "1", 4, 4), (2, "2", 5, 5)]


def test_imports_belong_to_the_worker_that_installed_meanwhile() -> None:
    kept = Scripts()
    serve(kept, "/sw.js", "one", 10, main=True)
    serve(kept, "/a.js", "a1", 11, MAIN)
    serve(kept, "/b.js", "b1", 12, MAIN)
    serve(kept, "/sw.js", "one", 20, main=True)  # the check finds another a.js
    serve(kept, "/a.js", "a2", 21)
    serve(kept, "/b.js", "b1", 22, MAIN)
    serve(kept, "/sw.js", "two", 30, main=True)  # which no longer imports b.js
    serve(kept, "/a.js", "a2", 31, MAIN)

    def imported(until: int) -> list[str | None]:
        main = kept.at(MAIN, until)
        assert main is not None
        return [each.text() for each in kept.imported(main, until)]

    assert imported(15) == ["a1", "b1"]
    assert imported(25) == ["a2", "b1"]
    assert imported(35) == ["a2"]


def test_modules_name_the_one_that_imports_them() -> None:
    kept = Scripts()
    serve(kept, "/sw.js", "import './m1.js'", 1, main=True)
    serve(kept, "/m1.js", "import './m2.js'", 2, MAIN)
    serve(kept, "/m2.js", "2", 3, f"{PAGE}m1.js")
    main = kept.at(MAIN, 9)
    assert main is not None
    assert [each.url for each in kept.imported(main, 9)] == [f"{PAGE}m1.js", f"{PAGE}m2.js"]


def test_only_the_last_revisions_are_kept() -> None:
    kept = Scripts()
    for when in range(scripts.REVISIONS + 5):
        serve(kept, "/sw.js", f"{when}", when, main=True)
    numbers = [each.number for each in kept.revisions(MAIN)]
    assert numbers == list(range(6, scripts.REVISIONS + 6))
    assert kept.at(MAIN, 3) is None


def test_of_a_long_one_it_is_only_known_that_it_was_served() -> None:
    kept = Scripts()
    serve(kept, "/sw.js", "x" * scripts.LONGEST, 1, main=True)
    serve(kept, "/sw.js", "x" * (scripts.LONGEST + 1), 2, main=True)
    assert [(each.body is None, each.size) for each in kept.revisions(MAIN)] == [
        (False, scripts.LONGEST),
        (True, scripts.LONGEST + 1),
    ]


def test_all_together_they_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "TOTAL", 10)
    monkeypatch.setattr(scripts, "URLS", 3)
    kept = Scripts()
    for when in range(6):
        serve(kept, f"/{when}.js", f"{when}" * 4, when, main=True)
    found = {when: [each.text() for each in kept.revisions(f"{PAGE}{when}.js")] for when in range(6)}
    assert found == {0: [], 1: [], 2: [], 3: [], 4: ["4444"], 5: ["5555"]}
    assert not kept.wants(f"{PAGE}lib.js", f"{PAGE}0.js", main=False)  # that worker is forgotten


def test_it_is_read_as_a_browser_does() -> None:
    kept = Scripts()
    kept.wants(MAIN, "", main=True)
    kept.keep(MAIN, b"\xef\xbb\xbf\xc3\xbc\xff", 6, 1)
    assert kept.revisions(MAIN)[0].text() == "ü\ufffd"


# What the server gives to it

WORKER = {"Sec_Fetch_Dest": "serviceworker", "Service_Worker": "script", "Referer": PAGE}


def test_the_server_keeps_what_a_worker_gets(running: Running, tmp_path: Path) -> None:
    lab = running.lab
    lab.write("/sw.js?v=1", "written")
    (tmp_path / "sw.js").write_text("on disk")
    lab.mount("/disk/", tmp_path)
    assert running.get("/sw.js?v=1", **WORKER).body == b"written"
    assert running.get("/disk/sw.js", **WORKER).body == b"on disk"
    assert [each.text() for each in lab.scripts.revisions(f"{lab.url}/sw.js?v=1")] == ["written"]
    assert [each.text() for each in lab.scripts.revisions(f"{lab.url}/disk/sw.js")] == ["on disk"]
    assert running.get("/disk/sw.js", Sec_Fetch_Dest="script", Referer=f"{lab.url}/sw.js?v=1").body == b"on disk"
    (main,) = lab.scripts.revisions(f"{lab.url}/sw.js?v=1")
    assert [each.url for each in lab.scripts.imported(main, 1 << 62)] == [f"{lab.url}/disk/sw.js"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Service_Worker": "script"},
        {"Sec_Fetch_Dest": "empty", "Service_Worker": "script"},  # what a page can send
        {"Sec_Fetch_Dest": "script", "Service_Worker": "script", "Referer": PAGE},
        {"Sec_Fetch_Dest": "worker", "Referer": PAGE},
    ],
)
def test_the_server_keeps_nothing_else(running: Running, headers: dict[str, str]) -> None:
    running.lab.write("/sw.js", "1")
    assert running.get("/sw.js", **headers).body == b"1"
    assert running.lab.scripts.revisions(MAIN) == ()


def test_what_is_no_script_is_not_kept(running: Running) -> None:
    lab = running.lab
    lab.write("/broken.js", "no", status=500)
    lab.write("/packed.js", b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    running.get("/broken.js", **WORKER)
    running.get("/missing.js", **WORKER)
    running.get("/packed.js", **WORKER)
    assert [lab.scripts.revisions(f"{lab.url}/{name}.js") for name in ("broken", "missing")] == [(), ()]
    assert [(each.text(), each.size) for each in lab.scripts.revisions(f"{lab.url}/packed.js")] == [(None, 2)]


def test_a_long_file_is_served_whole_and_not_kept(running: Running, tmp_path: Path) -> None:
    (tmp_path / "sw.js").write_bytes(b"x" * (scripts.LONGEST + 1))
    running.lab.mount("/", tmp_path)
    assert len(running.get("/sw.js", **WORKER).body) == scripts.LONGEST + 1
    assert [(each.body, each.size) for each in running.lab.scripts.revisions(MAIN)] == [(None, scripts.LONGEST + 1)]
