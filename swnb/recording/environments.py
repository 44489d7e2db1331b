"""In what two recordings were made differently: versions, settings, the machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from swnb.recording.header import Header

NAMES: Final = {
    "chromium": "Chromium",
    "swnb": "swnb",
    "python": "Python",
    "platform": "platform",
    "locale": "locale",
    "attach": "attach",
    "probe": "probe",
}
"""Fields of a header that are compared, and what people call them, the weightiest first."""

APART: Final = ("attach",)
"""Settings that stand in the header by themselves."""

NOTHING: Final = "none"
"""What stands for what one of the two does not have."""


class Change(NamedTuple):
    """One thing that is not the same.

    Attributes
    ----------
    name
        What: ``Chromium``, a package's name, ``Lab.timeout_s``.
    one, other
        In the first recording, and in the second.
    """

    name: str
    one: str
    other: str

    def __str__(self) -> str:
        return f"{self.name}: {self.one}, then {self.other}"


UNSET = ({"", "false"}, {"", "null"}, {"", "[]"})
"""A setting that one swnb has and the other does not know yet, and that is not used."""


def differences(one: Header, other: Header) -> tuple[Change, ...]:
    """Return in what two recordings were made differently: versions, settings, the machine. Clocks are no difference."""
    found = [Change(name, getattr(one, field), getattr(other, field)) for field, name in NAMES.items()]
    found += _changes("", one.packages, other.packages)
    settings = _changes("Lab.", _settings(one), _settings(other))
    found += [change for change in settings if {change.one, change.other} not in UNSET]
    return tuple(
        Change(change.name, change.one or NOTHING, change.other or NOTHING)
        for change in found
        if change.one != change.other
    )


def _settings(header: Header) -> dict[str, str]:
    return {name: _plain(value) for name, value in header.configuration.items() if name not in APART}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _changes(prefix: str, one: Mapping[str, str], other: Mapping[str, str]) -> list[Change]:
    return [Change(prefix + name, one.get(name, ""), other.get(name, "")) for name in sorted(one.keys() | other.keys())]
