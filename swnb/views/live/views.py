"""``lab.views``: the live views of a lab."""

from __future__ import annotations

from swnb.lab.async_lab import AsyncLab
from swnb.views.live.clients import ClientsView


class Views:
    """Makes live views of one lab; each call makes a new one.

    Parameters
    ----------
    language
        That they speak: ``en``, ``fr``.
    """

    def __init__(self, lab: AsyncLab, language: str = "en") -> None:
        self._lab = lab
        self.language = language

    def clients(self) -> ClientsView:
        """Return the live table of clients."""
        return ClientsView(self._lab, language=self.language)
