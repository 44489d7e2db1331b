from __future__ import annotations

import os

import pytest

from swnb.browser import launch
from swnb.errors import InvalidArgument


def flags(**options: object) -> list[str]:
    defaults: dict[str, object] = {"profile": "/profile", "origin_port": 8123}
    return launch.command_line("/chromium", **{**defaults, **options})  # type: ignore[arg-type]


def test_it_speaks_over_the_pipe_with_its_own_profile_and_no_tab() -> None:
    argv = flags()
    assert argv[0] == "/chromium"
    assert "--remote-debugging-pipe" in argv
    assert "--user-data-dir=/profile" in argv
    assert "--no-startup-window" in argv
    assert all(argument.startswith("--") for argument in argv[1:])


@pytest.mark.parametrize(
    ("port", "open_network", "rules"),
    [
        (8123, False, ["--host-resolver-rules=MAP *.localhost:80 127.0.0.1:8123, MAP * ~NOTFOUND"]),
        (8123, True, ["--host-resolver-rules=MAP *.localhost:80 127.0.0.1:8123"]),
        (None, False, ["--host-resolver-rules=MAP * ~NOTFOUND"]),
        (None, True, []),
    ],
)
def test_what_resolves(port: int | None, open_network: bool, rules: list[str]) -> None:
    argv = flags(origin_port=port, open_network=open_network)
    assert [flag for flag in argv if "host-resolver" in flag] == rules


def test_headed() -> None:
    assert "--headless" in flags()
    assert "--headless" not in flags(headed=True)


def test_sandbox_is_off_only_for_root_or_on_request() -> None:
    assert ("--no-sandbox" in flags()) == (os.geteuid() == 0)
    assert "--no-sandbox" not in flags(sandbox=True)
    assert "--no-sandbox" in flags(sandbox=False)


def test_hidden_pages_keep_their_slow_timers() -> None:
    assert not any("timer-throttling" in flag for flag in flags())
    assert "--disable-backgrounding-occluded-windows" in flags()


def test_the_users_flags_come_last_and_features_are_joined() -> None:
    argv = flags(extra=["--lang=de", "--disable-features=One,Two", "--disable-features=Three"])
    assert argv.index("--lang=de") > max(argv.index("--disable-sync"), argv.index("--headless"))
    features = [flag for flag in argv if flag.startswith("--disable-features=")]
    assert len(features) == 1
    assert features[0].endswith(",One,Two,Three")


@pytest.mark.parametrize(
    "flag",
    [
        "--remote-debugging-port=9222",
        "-remote-debugging-port=0",
        "--remote-debugging-pipe",
        "--user-data-dir=/home/me",
        "--host-resolver-rules=MAP * 1.2.3.4",
        "--headless=old",
        "--temp-profile",
        "--dump-dom",
        "--version",
        "--",
        "-",
        "",
        "http://example.org/",
        "--a\0b",
    ],
)
def test_a_flag_that_would_break_the_lab_is_refused(flag: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        flags(extra=["--lang=de", flag])
    assert str(caught.value).count("\n") == 1


def test_one_string_instead_of_a_list_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="give a list"):
        flags(extra="--lang=de --mute-audio")
