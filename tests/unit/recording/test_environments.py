from __future__ import annotations

from msgspec.structs import replace

from swnb.recording import Header
from swnb.recording.environments import Change, differences

ONE = Header(
    format=1,
    swnb="0.1.0",
    chromium="Chrome/140",
    packages={"ipykernel": "7.0", "tornado": "6.4"},
    configuration={"attach": "hold", "timeout_s": 30.0, "executable": None},
    attach="hold",
    began="2025-01-01T00:00:00.000+00:00",
    t_mono_ns=5,
)


def test_clocks_are_no_difference() -> None:
    assert differences(ONE, replace(ONE, began="2026-01-01T00:00:00.000+00:00", t_mono_ns=7, seq=9)) == ()


def test_what_differs_is_named_with_both_values() -> None:
    other = replace(
        ONE,
        chromium="Chrome/156",
        packages={"ipykernel": "7.1", "msgspec": "0.20"},
        configuration={"attach": "detached", "timeout_s": 30.0, "executable": "/opt/chromium"},
        attach="detached",
    )
    assert differences(ONE, other) == (
        Change("Chromium", "Chrome/140", "Chrome/156"),
        Change("attach", "hold", "detached"),
        Change("ipykernel", "7.0", "7.1"),
        Change("msgspec", "none", "0.20"),
        Change("tornado", "6.4", "none"),
        Change("Lab.executable", "null", "/opt/chromium"),
    )
    assert str(differences(ONE, other)[0]) == "Chromium: Chrome/140, then Chrome/156"


def test_a_setting_that_only_one_of_them_knows_counts_where_it_is_used() -> None:
    def made(**configuration: object) -> Header:
        return replace(ONE, configuration=configuration)

    assert differences(made(), made(at_once=False, executable=None, arguments=[])) == ()
    assert differences(made(at_once=False), made(at_once=True)) == (Change("Lab.at_once", "false", "true"),)
    (change,) = differences(made(), made(at_once=True))
    assert (change.name, change.other) == ("Lab.at_once", "true")
