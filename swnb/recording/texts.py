"""Texts and payloads without what is the browser's own choice: ids of clients, addresses of blobs, numbers of network ports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from swnb.events import ClientIdentified, Event

UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

CHOSEN: Final = (
    rf"(?P<blob>blob:[^\s\"'\\]*?/{UUID})|(?P<uuid>{UUID})|(?P<host>localhost|127\.0\.0\.1|\[::1\]):\d{{1,5}}\b"
)
"""What a browser, or a machine, chooses anew in each run."""

COLON: Final = ord(":")
"""Is looked for by its number, and other bytes by `bytes.find`: for those that are no number ``in`` makes an error first."""

ID_SIGN: Final = "\x00id\x00"
"""What stands for the id of a client; whose it is, is compared apart."""


class Texts:
    """Takes out of texts what is the browser's choice.

    An id that nobody is known to have stays: it is what a page made up.

    Parameters
    ----------
    events
        Of a run; they tell whose an id is.

    Attributes
    ----------
    owners
        Clients by their ids.
    quick
        Whether all ids are random UUIDs, which have ``-4`` in them: a look for that is enough for most texts.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        self.owners = {str(event.id): event.client for event in events if type(event) is ClientIdentified}
        odd = sorted((id_ for id_ in self.owners if not re.fullmatch(UUID, id_)), key=len, reverse=True)
        self.quick = not odd and all(id_[13:15] == "-4" for id_ in self.owners)
        words = "|".join(re.escape(id_) for id_ in odd if id_)
        self._pattern = re.compile(rf"{CHOSEN}|(?P<odd>{words})" if words else rf"{CHOSEN}|(?P<odd>(?!))")

    def clean(self, text: str, found: list[str]) -> str:
        """Return a text without the browser's choices; the clients whose ids stood there go to `found`, in their order."""
        if self.quick and "-4" not in text and "host:" not in text and "1:" not in text and "]:" not in text:
            return text

        def instead(match: re.Match[str]) -> str:
            kind = match.lastgroup
            whole = match[0]
            if kind in {"uuid", "odd"}:
                owner = self.owners.get(whole)
                if owner is None:
                    return whole
                found.append(owner)
                return ID_SIGN
            return f"{match['host']}:*" if kind == "host" else f"{whole[:-36]}*"

        return self._pattern.sub(instead, text)

    def clean_bytes(self, content: bytes, found: list[str]) -> bytes:
        """Do the same with the JSON of a payload."""
        if self.quick and content.find(b"-4") < 0 and COLON not in content:
            return content
        return self.clean(content.decode("latin-1"), found).encode("latin-1")

    def whose(self, id_: str) -> str:
        """Return the client with an id; ``?`` for one that nobody is known to have, ``""`` for none."""
        return self.owners.get(id_, "?") if id_ else ""
