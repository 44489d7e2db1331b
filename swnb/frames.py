"""Tables for pandas, where it is there; swnb does not depend on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from swnb.errors import SwnbError


def data_frame(columns: Mapping[str, Sequence[object]]) -> Any:
    """Return a ``pandas.DataFrame`` of these columns.

    Raises
    ------
    SwnbError
        If pandas is not there.
    """
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise SwnbError(
            f"pandas cannot be imported: {error}",
            "install it (`%pip install pandas`), or go without: a log and its messages are lists, too",
        ) from error
    return pandas.DataFrame(dict(columns))
