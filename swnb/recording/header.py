"""The first line of a recording, which says what it was made with, and its last one."""

from __future__ import annotations

from typing import Any, Final

import msgspec

FORMAT: Final = 1
"""Number of the format that is written. A change that an older reader would misread makes another number."""


class Before(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """What was there when the recording began, of a lab that had run before: what its replay cannot do again.

    Attributes
    ----------
    windows
        URLs by names.
    registrations
        Script URLs by scopes.
    """

    windows: dict[str, str] = {}
    registrations: dict[str, str] = {}


class Header(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """What a recording was made with.

    Attributes
    ----------
    format
        Number of its format.
    swnb, chromium, python
        Versions.
    packages
        Versions of the packages that matter, by name.
    platform, locale
        Of the machine, and of the process.
    lab, origin
        Name of the lab, and URL of its site.
    configuration
        The lab's settings.
    attach
        The policy of attaching, which is part of each experiment.
    probe
        sha256 of the scripts that listened in pages and workers, in hexadecimal.
    began
        Wall clock of its beginning, ISO 8601 in UTC.
    t_mono_ns
        Monotonic clock at that moment, in nanoseconds: the clock of events and commands.
    seq
        The first event that it holds is this one of the lab's log.
    before
        What was there already; None for a lab that began with the recording.
    """

    format: int = 0
    swnb: str = ""
    chromium: str = ""
    python: str = ""
    packages: dict[str, str] = {}
    platform: str = ""
    locale: str = ""
    lab: str = ""
    origin: str = ""
    configuration: dict[str, Any] = {}
    attach: str = ""
    probe: str = ""
    began: str = ""
    t_mono_ns: int = 0
    seq: int = 0
    before: Before | None = None


class End(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """The last line of a recording that was closed in order.

    Attributes
    ----------
    ended
        Wall clock, ISO 8601 in UTC.
    t_mono_ns
        Monotonic clock, in nanoseconds.
    seq
        The event that would have been the next one.
    redacted
        How many passages were taken out before they were written.
    left_out
        How many lines could not be written; as a rule they were longer than a reader takes.
    """

    ended: str = ""
    t_mono_ns: int = 0
    seq: int = 0
    redacted: int = 0
    left_out: int = 0
