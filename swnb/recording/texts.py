"""Texts and payloads without what is the browser's own choice: ids of clients, addresses of blobs, numbers of network ports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from swnb.events import CallAnswered, CallMade, ClientAppeared, ClientIdentified, Event

UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

CHOSEN: Final = (
    rf"(?P<blob>blob:[^\s\"'\\]*?/{UUID})|(?P<uuid>{UUID})|(?P<host>localhost|127\.0\.0\.1|\[::1\]):\d{{1,5}}\b"
)
"""What a browser, or a machine, chooses anew in each run."""

COLON: Final = ord(":")
"""Is looked for by its number, and other bytes by `bytes.find`: for those that are no number ``in`` makes an error first."""

NAMING: Final = frozenset((CallAnswered, CallMade, ClientAppeared, ClientIdentified))
"""Kinds of event that say whose an id is."""

RESULT_ID: Final = re.compile(rf'"id", ?"({UUID})"'.encode())
"""The id of a client that is a call's result, in the JSON of its wire."""

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
        self.owners = _owners(events)
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


def _owners(events: Iterable[Event]) -> dict[str, str]:
    """Return whose each id is: who was identified, and what `navigate` answered with, which may be gone before it can be asked."""
    owners: dict[str, str] = {}
    heirs: dict[str, str] = {}
    navigations: dict[int, str] = {}
    found: list[tuple[str, str]] = []
    for event in events:
        if type(event) not in NAMING:
            continue
        match event:
            case ClientIdentified():
                owners[str(event.id)] = event.client
            case ClientAppeared(former=str(former)):
                heirs.setdefault(former, event.client)
            case CallMade(function="WindowClient.navigate", on_client=str(on_client)):
                navigations[event.seq] = on_client
            case CallAnswered(cause=int(cause)) if cause in navigations:
                if result := RESULT_ID.search(event.result):
                    found.append((navigations[cause], result[1].decode()))
    for former, id_ in found:
        heir = heirs.get(owners.get(former, ""))
        if heir is not None:
            owners.setdefault(id_, heir)
    return owners
