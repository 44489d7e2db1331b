"""The origins of an `AsyncLab`, where its paths lead, and what its pages may do without asking the user."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swnb.errors import NotStarted
from swnb.lab.permissions import AsyncPermissions
from swnb.lab.windows import absolute
from swnb.origin.late import LateServer
from swnb.origin.site import Site

if TYPE_CHECKING:
    from swnb.browser.browser import Browser
    from swnb.lab.prepare import Prepared
    from swnb.lab.settings import Settings
    from swnb.lab.windows import AsyncWindows
    from swnb.log import Log


class Origins:
    """It is `AsyncLab` that sets what is declared here."""

    site: Site
    _sites: dict[str, Site]
    _server: LateServer | None
    settings: Settings
    log: Log
    _windows: AsyncWindows
    _permissions: AsyncPermissions | None = None

    def _begin_origins(self, prepared: Prepared) -> None:
        """Serve the sites, as soon as there is time for it."""
        self._server = LateServer(prepared.listener)
        if self.settings.connect is not None:  # hosts cannot be mapped in a browser that runs already
            for site in self._sites.values():
                site.url = f"http://{site.name}.localhost:{prepared.port}"
        for site in self._sites.values():
            self._server.add(site)

    def _begin_permissions(self, browser: Browser) -> None:
        """Let the sites show notifications, and keep documents back until their windows are heard; nothing is waited for."""
        if self._server is not None:
            self._server.before_document = partial(_heard, browser)
            browser.targets.keeps_back = partial(_keeps_back, self, browser)
        self._permissions = AsyncPermissions(
            browser.root, self.log, lambda: self.sites, self._windows.windows, owned=browser.owned
        )

    @property
    def permissions(self) -> AsyncPermissions:
        """What the lab's pages may do without asking the user.

        Raises
        ------
        NotStarted
            If the lab is not started.
        """
        if self._permissions is None:
            raise NotStarted
        return self._permissions

    def origin(self, name: str) -> Site:
        """Return the site of ``http://NAME.localhost/``, made on first use.

        Raises
        ------
        SiteError
            If `name` is no label of a host name.
        """
        label = name.lower()
        if label not in self._sites:
            port = self.site.url.partition("localhost")[2]
            site = self._sites[label] = Site(label, f"http://{label}.localhost{port}")
            if self._server is not None:
                self._server.add(site)
            if self._permissions is not None:
                self._permissions.joined(site)
        return self._sites[label]

    @property
    def sites(self) -> tuple[Site, ...]:
        """All sites, the lab's own first."""
        return tuple(self._sites.values())

    def absolute(self, url: str) -> str:
        """Return a path or URL as a whole URL of the lab's site."""
        return absolute(self.site.url, url)


def _keeps_back(origins: Origins, browser: Browser, url: str) -> bool:
    """Tell whether the document at a URL comes from the lab's own server for certain, which keeps it back: see `_heard`.

    That is so for the first window of a fresh profile alone: later the browser's cache, or a worker, may answer in its place.
    """
    if origins._windows.any_yet or browser.service_workers.registrations or not browser.owned:
        return False
    return any(url == site.url or url.startswith(f"{site.url}/") for site in origins.sites)


async def _heard(browser: Browser) -> None:
    """Return once new windows are heard. Nearly all are held until then; a worker's `openWindow` brings others."""
    if browser.service_workers.registrations or browser.targets.unheld:
        await browser.targets.caught_up()
