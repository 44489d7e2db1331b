from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from pathlib import Path

import pytest

from swnb.browser import profile
from swnb.browser.profile import Profile, sweep_stale


def abandoned(parent: Path, mark: str = "4194303 12345\n", name: str = "dead") -> Path:
    """Make what a killed owner leaves: a profile with a mark that nobody locks."""
    folder = parent / f"{profile.PREFIX}{name}"
    (folder / "data" / "Default").mkdir(parents=True)
    (folder / "data" / "Default" / "Cookies").write_text("x")
    (folder / profile.OWNER).write_text(mark)
    return folder


def grow_old(folder: Path) -> None:
    os.utime(folder, (0, 0))


def test_private_marked_and_gone_after_remove(tmp_path: Path) -> None:
    made = Profile.create(tmp_path)
    folder = Path(made.path)
    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / profile.OWNER).stat().st_mode) == 0o600
    assert (folder / profile.OWNER).read_text() == f"{os.getpid()} {profile.start_time(os.getpid())}\n"
    assert made.remove()
    assert made.remove()
    assert list(tmp_path.iterdir()) == []


def test_mode_is_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = Profile.create(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path(made.path).stat().st_mode) == 0o700
    made.remove()


def test_its_files_stay_inside_unless_the_path_is_too_long_for_a_socket(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    with tempfile.TemporaryDirectory(prefix="swnb-t-", dir="/tmp") as short:
        made, other = Profile.create(short), Profile.create(long)
        assert made.environment == {"TMPDIR": str(Path(made.path) / "tmp")}
        assert other.environment == {}
        for path in (made.user_data, made.log_path):
            assert Path(path).parent == Path(made.path)
        assert made.remove()
        assert other.remove()


def test_remove_follows_no_link_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    made = Profile.create(tmp_path)
    (Path(made.user_data) / "link").symlink_to(outside)
    assert made.remove()
    assert (outside / "precious").exists()


def test_remove_leaves_alone_what_took_its_place(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    made = Profile.create(tmp_path)
    Path(made.path).rename(tmp_path / "moved")
    Path(made.path).symlink_to(outside)
    assert not made.remove()
    assert (outside / "precious").exists()


def test_no_parent_is_an_error_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        Profile.create(tmp_path / "none")


def test_sweep_takes_the_dead_and_leaves_the_living(tmp_path: Path) -> None:
    dead = abandoned(tmp_path)
    living = Profile.create(tmp_path)
    assert sweep_stale(tmp_path) == 1
    assert not dead.exists()
    assert Path(living.path).exists()
    assert living.remove()
    assert sweep_stale(tmp_path) == 0


def test_sweep_knows_a_recycled_pid(tmp_path: Path) -> None:
    dead = abandoned(tmp_path, mark=f"{os.getpid()} 1\n")
    assert sweep_stale(tmp_path) == 1
    assert not dead.exists()


def test_sweep_leaves_a_living_owner_without_a_lock(tmp_path: Path) -> None:
    kept = abandoned(tmp_path, mark=f"{os.getpid()} {profile.start_time(os.getpid())}\n")
    assert sweep_stale(tmp_path) == 0
    assert kept.exists()


def test_sweep_leaves_what_is_locked_though_its_pid_is_unknown_here(tmp_path: Path) -> None:
    """As the profile of a container that shares the folder."""
    kept = abandoned(tmp_path)
    with (kept / profile.OWNER).open() as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        assert sweep_stale(tmp_path) == 0
    assert sweep_stale(tmp_path) == 1


def test_sweep_gives_a_creation_in_progress_its_time(tmp_path: Path) -> None:
    empty_mark = abandoned(tmp_path, mark="", name="empty")
    no_mark = tmp_path / f"{profile.PREFIX}none"
    no_mark.mkdir()
    assert sweep_stale(tmp_path) == 0
    grow_old(empty_mark)
    grow_old(no_mark)
    assert sweep_stale(tmp_path) == 2


def test_sweep_touches_no_link_no_file_and_no_other_name(tmp_path: Path) -> None:
    outside = abandoned(tmp_path, name="x").rename(tmp_path / "elsewhere")
    grow_old(outside)
    (tmp_path / f"{profile.PREFIX}link").symlink_to(outside)
    (tmp_path / f"{profile.PREFIX}file").write_text("")
    linked_mark = tmp_path / f"{profile.PREFIX}mark"
    linked_mark.mkdir()
    (linked_mark / profile.OWNER).symlink_to(outside / profile.OWNER)
    grow_old(linked_mark)
    assert sweep_stale(tmp_path) == 0
    assert (outside / "data" / "Default" / "Cookies").exists()
    assert len(list(tmp_path.iterdir())) == 4


def test_sweep_leaves_another_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = abandoned(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert sweep_stale(tmp_path) == 0
    assert kept.exists()


def test_sweep_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert sweep_stale(tmp_path / "none") == 0


def test_start_time_of_a_process() -> None:
    assert profile.start_time(os.getpid()).isdigit()
    assert profile.start_time(4194304) == "-"
