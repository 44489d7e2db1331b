from __future__ import annotations

from typing import Any

import pytest

import swnb
from swnb.lab.settings import Settings
from swnb.vocab import Loop


def test_defaults() -> None:
    settings = Settings()
    assert (settings.loop, settings.timeout_s, settings.connect, settings.open_network) == (
        Loop.THREAD,
        30.0,
        None,
        False,
    )


@pytest.mark.parametrize(("wrong", "near"), [("hedaed", "headed"), ("timeout", "timeout_s"), ("xyzzy", None)])
def test_an_unknown_setting_names_the_nearest(wrong: str, near: str | None) -> None:
    wrong_settings: dict[str, Any] = {wrong: 1}
    with pytest.raises(swnb.InvalidArgument, match=f"a lab has no setting '{wrong}'") as caught:
        swnb.Lab(**wrong_settings)
    assert (f"did you mean {near!r}?" in caught.value.todo) is (near is not None)
    assert "open_network" in caught.value.todo
    with pytest.raises(swnb.InvalidArgument):
        swnb.AsyncLab(**wrong_settings)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("loop", "threads", "'threads' is no kind of loop"),
        ("timeout_s", 0, "timeout_s is 0"),
        ("timeout_s", float("nan"), "timeout_s is nan"),
        ("timeout_s", "1", "timeout_s is '1'"),
        ("connect", "http://127.0.0.1:9222", "is no address of a browser"),
    ],
)
def test_values_out_of_range(setting: str, value: object, words: str) -> None:
    settings: dict[str, Any] = {setting: value}
    with pytest.raises(swnb.InvalidArgument, match=words) as caught:
        swnb.Lab(**settings)
    assert caught.value.todo


def test_the_kernel_s_loop_needs_one_that_runs() -> None:
    with pytest.raises(swnb.SwnbError, match="no loop is running in this thread"):
        swnb.Lab(loop="kernel").start()
