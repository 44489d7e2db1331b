"""Folders as parts of a site, and what must never be served from them."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from swnb.errors import LabError, SiteError
from swnb.origin.site import Mount, MountedFile, Redirect, Route, Site


def file_of(site: Site, target: str) -> Path:
    found = site.resolve(target)
    assert isinstance(found, MountedFile)
    return found.file


def two_lines(error: LabError) -> bool:
    return len(str(error).split("\n")) == 2


# Mounts


def test_a_mounted_folder_serves_its_files(site: Site, folder: Path) -> None:
    mount = site.mount("/", folder, headers={"X-A": "1"}, delay_s=2)
    assert mount == Mount("/", folder, (("X-A", "1"),), 2.0)
    assert file_of(site, "/a.js?v=1") == folder.resolve() / "a.js"
    assert file_of(site, "/%C3%BC%20ber.txt") == folder.resolve() / "ü ber.txt"
    assert file_of(site, "/") == folder.resolve() / "index.html"
    assert file_of(site, "/sub/") == folder.resolve() / "sub" / "index.html"
    assert site.resolve("/sub?x=1") == Redirect("/sub/?x=1")
    assert site.resolve("/none.js") is None
    assert site.resolve("/a.js/") is None


def test_files_are_seen_as_they_are_at_each_request(site: Site, folder: Path) -> None:
    site.mount("/", folder)
    assert site.resolve("/new.js") is None
    (folder / "new.js").write_text("new")
    assert file_of(site, "/new.js").read_text() == "new"
    (folder / "new.js").unlink()
    assert site.resolve("/new.js") is None


def test_a_prefix_is_whole_segments(site: Site, folder: Path) -> None:
    site.mount("/app", folder)
    assert file_of(site, "/app/a.js").name == "a.js"
    assert site.resolve("/app?x") == Redirect("/app/?x")
    assert site.resolve("/application/a.js") is None
    assert site.resolve("/a.js") is None


def test_what_is_written_wins_over_files(site: Site, folder: Path) -> None:
    site.mount("/", folder)
    own = site.write("/a.js", "own")
    assert site.resolve("/a.js") is own
    site.remove("/a.js")
    assert file_of(site, "/a.js").name == "a.js"


def test_the_longest_prefix_wins_alone(site: Site, folder: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "b.js").write_text("b")
    site.mount("/", folder)
    site.mount("/sub/", inner)
    assert file_of(site, "/sub/b.js") == inner.resolve() / "b.js"
    assert site.resolve("/sub/index.html") is None
    assert [mount.prefix for mount in site.mounts] == ["/sub/", "/"]


@pytest.mark.parametrize("bad", ["none", "root/a.js", "nul\0", "~nobody-of-this-name/x"])
def test_what_is_no_folder_is_refused_with_two_lines(site: Site, folder: Path, bad: str) -> None:
    given = bad if bad.startswith("~") else str(folder.parent / bad)
    with pytest.raises(SiteError) as caught:
        site.mount("/", given)
    assert two_lines(caught.value)
    with pytest.raises(SiteError):
        site.mount("/", None)  # type: ignore[arg-type]
    with pytest.raises(SiteError, match="query"):
        site.mount("/?x", folder)
    assert site.mounts == ()


def test_a_relative_folder_stays_where_it_was(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    site.mount("/", "root")
    monkeypatch.chdir(folder / "sub")
    assert file_of(site, "/a.js") == folder.resolve() / "a.js"


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/sub%2f..%2f..%2fsecret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/sub//index.html",
        "/a.js%00.txt",
        "/" + "n" * 5000,
        "a.js",
        "",
        "*",
    ],
)
def test_no_path_leads_out_of_a_folder(site: Site, folder: Path, target: str) -> None:
    site.mount("/", folder)
    assert site.resolve(target) is None
    assert site.resolve(target.encode()) is None


def test_no_link_leads_out_of_a_folder(site: Site, folder: Path, tmp_path: Path) -> None:
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to("..")
    (folder / "chain.txt").symlink_to("out.txt")
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("nowhere")
    (tmp_path / "root-too").mkdir()  # begins with the folder's own path, and is not in it
    (tmp_path / "root-too" / "x.js").write_text("x")
    (folder / "beside").symlink_to(tmp_path / "root-too")
    site.mount("/", folder)
    for target in ("/out.txt", "/up/secret.txt", "/up/", "/up", "/chain.txt", "/loop", "/dangling", "/beside/x.js"):
        assert site.resolve(target) is None, target


def test_an_index_that_links_out_is_not_served(site: Site, folder: Path, tmp_path: Path) -> None:
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(tmp_path / "secret.txt")
    site.mount("/", folder)
    assert site.resolve("/") is None


def test_links_that_stay_within_are_followed(site: Site, folder: Path, tmp_path: Path) -> None:
    (folder / "alias.mjs").symlink_to("a.js")
    (folder / "inner").symlink_to("sub")
    (tmp_path / "door").symlink_to(folder)
    site.mount("/", tmp_path / "door")
    found = site.resolve("/alias.mjs")
    assert isinstance(found, MountedFile)
    assert (found.file, found.name) == (folder.resolve() / "a.js", "alias.mjs")
    assert file_of(site, "/inner/") == folder.resolve() / "sub" / "index.html"


def test_what_is_no_regular_file_is_not_served(site: Site, folder: Path) -> None:
    os.mkfifo(folder / "pipe.js")
    site.mount("/", folder)
    assert site.resolve("/pipe.js") is None


# Threads


def test_one_thread_writes_while_another_resolves(site: Site, folder: Path) -> None:
    site.mount("/", folder)
    done = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not done.is_set():
            found = site.resolve("/0.js")
            if isinstance(found, Route):
                seen.add(found.body)
            assert len(site.routes) <= 50

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for turn in range(20):
            for number in range(50):
                site.write(f"/{number}.js", f"{turn}")
            for number in range(50):
                site.remove(f"/{number}.js")
    finally:
        done.set()
        reader.join()
    assert seen <= {str(turn).encode() for turn in range(20)}
