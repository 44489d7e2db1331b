"""The labs of one shell, by name, and which of them is meant where none is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from swnb.errors import AlreadyStarted, InvalidArgument, SwnbError
from swnb.magics.near import near

if TYPE_CHECKING:
    from swnb.lab.lab import Lab

FIRST = "lab"
"""Name of the lab that is started where none is named."""


class Labs:
    """The labs of one shell.

    Parameters
    ----------
    settings
        Gives the settings of a new lab: the configured ones, with given ones in their place.

    Attributes
    ----------
    current
        Name of the lab that is meant where none is named.
    client_ids
        Of the clients that verbs answered last, for completion.
    """

    def __init__(self, settings: Callable[..., dict[str, object]]) -> None:
        self.settings = settings
        self._labs: dict[str, Lab] = {}
        self.current = FIRST
        self.client_ids: list[str] = []

    @property
    def all(self) -> list[Lab]:
        """Every lab that was started or written to, stopped ones included."""
        return list(self._labs.values())

    @property
    def names(self) -> list[str]:
        """Names of the labs that are started."""
        return [name for name, lab in self._labs.items() if lab.started]

    def get(self, name: str | None = None) -> Lab | None:
        """Return the lab of that name, by default the current one; None if there is none yet.

        Raises
        ------
        InvalidArgument
            If another name was given than that of a lab.
        """
        if name is not None and name not in self._labs and self._labs:
            meant = near(name, self._labs)
            hint = f"did you mean {meant!r}? " if meant else ""
            raise InvalidArgument(
                f"no lab is named {name!r}", f"{hint}labs: {', '.join(self._labs)}; start it: `%sw start --lab {name}`"
            )
        return self._labs.get(name or self.current)

    def remember(self, result: object) -> None:
        """Note the clients of a verb's result."""
        from swnb.clients.data import ClientData, ClientList

        if isinstance(result, ClientList):
            self.client_ids = [client.id for client in result]
        elif isinstance(result, ClientData):
            self.client_ids = [result.id, *(known for known in self.client_ids if known != result.id)][:1000]

    def to_be(self, name: str | None = None) -> Lab:
        """Return the lab of that name, started or not: its sites can be written to before the start and after the end."""
        found = self.get(name)
        if found is None:
            from swnb.lab.lab import Lab

            found = self._labs[name or self.current] = Lab(name or self.current)
        return found

    def start(self, name: str | None, settings: dict[str, object]) -> Lab:
        """Start a lab and make it the current one. The files of an earlier one of that name are kept.

        Raises
        ------
        AlreadyStarted
            If it is started, and its browser lives.
        """
        from swnb.lab.lab import Lab

        name = name or self.current
        former = self._labs.get(name)
        if former is not None:
            if former.alive:
                raise AlreadyStarted(name)
            self._end(former)  # its browser died, or it was stopped
        lab = Lab(name, **settings)
        if former is not None:
            _copy_sites(former, lab)
        lab.start()
        self._labs[name] = lab
        self.current = name
        return lab

    def use(self, name: str) -> Lab:
        """Make another lab the current one."""
        lab = self.get(name)
        if lab is None:
            raise InvalidArgument(f"no lab is named {name!r}", f"start it: `%sw start --lab {name}`")
        self.current = name
        return lab

    def stop(self, lab: Lab) -> None:
        """Stop one lab. Where it was the current one, another that is started becomes it."""
        lab.stop()
        started = self.names
        if self.current not in started and started:
            self.current = started[-1]

    def stop_all(self) -> None:
        """Stop all of them, whatever becomes of each."""
        for lab in self.all:
            self._end(lab)

    @staticmethod
    def _end(lab: Lab) -> None:
        with suppress(SwnbError):  # its browser is gone; nothing is left to be stopped
            lab.stop()


def _copy_sites(former: Lab, lab: Lab) -> None:
    for site in former.asynchronous.sites:
        new = lab.origin(site.name)
        for route in site.routes:
            headers = dict(route.headers)
            content_type = None if any(name.lower() == "content-type" for name in headers) else ""
            new.write(
                route.path,
                route.body,
                headers=headers,
                status=route.status,
                delay_s=route.delay_s,
                content_type=content_type,
            )
        for mount in site.mounts:
            if mount.folder.is_dir():
                new.mount(mount.prefix, mount.folder, headers=dict(mount.headers), delay_s=mount.delay_s)
