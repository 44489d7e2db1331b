"""What every fact of an agent's begins with."""

from __future__ import annotations

import msgspec


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What all facts begin with, after their word: the time."""

    t: float
