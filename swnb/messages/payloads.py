"""Payloads in a few characters, however wide, deep or damaged they are."""

from __future__ import annotations

from reprlib import Repr
from typing import Any

from swnb.events import Payload


class _Preview(Repr):
    """Short however wide, deep or cyclic a value is; what cannot show itself says its type alone."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxdict, self.maxlist, self.maxstring, self.maxother = 4, 6, 6, 48, 48

    def repr_instance(self, x: object, level: int) -> str:
        try:
            text = repr(x)
        except Exception:  # nested too deeply, most often
            return f"<{type(x).__name__}>"
        return text if len(text) <= self.maxother else f"{text[: self.maxother - 1]}…"


_preview = _Preview()


def data_or_none(payload: Payload) -> Any:
    """Return a payload's value, or None where it was not kept."""
    try:
        return payload.data
    except LookupError:
        return None


def preview(payload: Payload) -> str:
    """Return a payload in a few characters."""
    if not payload.content:
        return f"({payload.size:,} bytes, not kept)" if payload.size else ""
    try:
        return _preview.repr(payload.data)
    except Exception as error:  # what is kept is what an agent said: it may be damaged
        return f"({payload.size:,} bytes: {type(error).__name__})"
