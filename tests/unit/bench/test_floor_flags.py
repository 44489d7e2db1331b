"""The floor drives the very browser that swnb does."""

from __future__ import annotations

from swnb.browser.launch import command_line
from tests.bench.floor import FLAGS, host_rules


def test_the_floor_has_every_flag_of_swnb() -> None:
    ours = command_line("chromium", profile="profile", origin_port=4711, sandbox=True)[1:]
    machine = {"--disable-dev-shm-usage"}  # depends on the size of /dev/shm alone
    theirs = {*FLAGS, host_rules(4711)}
    assert theirs == {
        flag
        for flag in ours
        if flag.startswith("--") and not flag.startswith("--user-data-dir=") and flag not in machine
    }
