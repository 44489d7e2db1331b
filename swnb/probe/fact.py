"""What every fact of an agent's begins with."""

import msgspec


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What all facts begin with, after their word: the time."""

    t: float
