"""``lab.views``: the live views of a lab."""

from __future__ import annotations

from swnb.errors import InvalidArgument
from swnb.lab.async_lab import AsyncLab
from swnb.views.live import assets
from swnb.views.live.clients import ClientsView


class Views:
    """Makes live views of one lab; each call makes a new one."""

    def __init__(self, lab: AsyncLab) -> None:
        self._lab = lab

    def clients(self, *, language: str = "en") -> ClientsView:
        """Return the live table of clients.

        Parameters
        ----------
        language
            That it speaks: ``en``, ``fr``.

        Raises
        ------
        InvalidArgument
            If there is no table of words in that language.
        """
        if language not in assets.languages():
            raise InvalidArgument(f"no view speaks {language!r}", f"there are {', '.join(assets.languages())}")
        return ClientsView(self._lab, language=language)
