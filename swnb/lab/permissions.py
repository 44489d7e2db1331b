"""What the lab's pages may do without asking the user: the permissions of their origins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from swnb.errors import InvalidArgument, JavaScriptError, ProtocolError, SwnbError, nearest
from swnb.events import PermissionSet, PermissionsReset

if TYPE_CHECKING:
    from swnb.browser.session import Session
    from swnb.lab.window import AsyncWindow
    from swnb.log import Log
    from swnb.origin.site import Site

SETTINGS: Final = ("granted", "denied", "prompt")
"""What a permission can be; `PermissionStatus.state` in the specification."""

NAMES: Final = (
    "notifications",
    "push",
    "background-sync",
    "periodic-background-sync",
    "background-fetch",
    "persistent-storage",
    "payment-handler",
    "geolocation",
    "camera",
    "microphone",
    "speaker-selection",
    "display-capture",
    "captured-surface-control",
    "midi",
    "clipboard-read",
    "clipboard-write",
    "accelerometer",
    "gyroscope",
    "magnetometer",
    "ambient-light-sensor",
    "idle-detection",
    "screen-wake-lock",
    "system-wake-lock",
    "nfc",
    "storage-access",
    "top-level-storage-access",
    "window-management",
    "fullscreen",
    "pointer-lock",
    "keyboard-lock",
    "local-fonts",
    "local-network",
    "local-network-access",
    "loopback-network",
    "web-app-installation",
)
"""Names that Chromium 156 takes; those of service workers first."""

DESCRIPTORS: Final[dict[str, dict[str, bool]]] = {
    "push": {"userVisibleOnly": True},
    "fullscreen": {"allowWithoutGesture": True},
}
"""What belongs to a name: without it the browser refuses."""

TIED: Final = {"push": "notifications", "notifications": "push"}
"""Chromium has one setting for both."""

QUERY: Final = "async (descriptor) => (await navigator.permissions.query(descriptor)).state"

DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


class AsyncPermissions:
    """Permissions of the lab's sites and of other origins, for asynchronous code.

    Notifications are granted for the lab's sites from the start, unless the browser is one that ran already: the notifications
    of such a one come to its user's own desktop.

    Parameters
    ----------
    root
        The browser's session.
    log
        Where the events go.
    sites
        Gives the lab's sites, its own first.
    windows
        Gives the open windows.
    owned
        Whether the browser is the lab's own.
    """

    def __init__(
        self,
        root: Session,
        log: Log,
        sites: Callable[[], Sequence[Site]],
        windows: Callable[[], Sequence[AsyncWindow]],
        *,
        owned: bool,
    ) -> None:
        self._root = root
        self._log = log
        self._sites = sites
        self._windows = windows
        self._first = {"notifications": "granted"} if owned else {}
        self._everywhere: dict[str, str] = {}
        self._told: dict[str, dict[str, str]] = {}
        self._begin()

    def _begin(self) -> None:
        """Grant what is granted from the start. Nobody waits: what is sent later is carried out later."""
        self._everywhere = dict(self._first)
        self._told = {}
        for site in self._sites():
            self.joined(site)

    def joined(self, site: Site) -> None:
        """A site is there: what was set for all is set for it, too. Any thread may call it."""
        known = self._told.get(site.url, {})
        for name, setting in self._everywhere.items():
            if name not in known:
                self._root.post("Browser.setPermission", _params(name, setting, site.url))
                self._remember(site.url, name, setting)

    def _remember(self, origin: str, name: str, setting: str) -> None:
        told = self._told.setdefault(origin, {})
        told[name] = setting
        if name in TIED:
            told[TIED[name]] = setting

    async def set(self, name: str, setting: str, origin: str | None = None) -> None:
        """Set what `navigator.permissions.query` answers, and the browser does, from now on.

        A change comes to pages and workers as ``change`` of their ``PermissionStatus``. ``push`` and ``notifications`` are one
        setting in Chromium. While it is denied, `getNotifications()` finds none; those that are shown stay on the desktop until
        they are clicked, which comes to nobody.

        Parameters
        ----------
        name
            As in the Permissions API: ``notifications``, ``periodic-background-sync``, ``geolocation``, …
        setting
            ``granted``, ``denied`` or ``prompt``.
        origin
            A site's label, an origin or a URL; by default all sites of the lab, those that are made later included.

        Raises
        ------
        InvalidArgument
            If there is no such permission, setting or origin, or this Chromium does not let it be set.
        """
        known(name, NAMES, "permission")
        known(setting, SETTINGS, "setting of a permission")
        origins = [site.url for site in self._sites()] if origin is None else [self._origin(origin)]
        self._log.act("permissions.set")
        if origin is None:
            self._everywhere[name] = setting
        for one in origins:
            try:
                await self._root.send("Browser.setPermission", _params(name, setting, one))
            except ProtocolError as error:
                raise InvalidArgument(
                    f"this Chromium does not let {name!r} be set for {one}: {error.message}",
                    "another version may: `swnb doctor` tells which one this is",
                ) from None
            self._remember(one, name, setting)
        self._log.append(PermissionSet(name=name, setting=setting, origin="" if origin is None else origins[0]))

    async def get(self, name: str, origin: str | None = None) -> str | None:
        """Return a permission's setting: as a page of the origin is told, where one is open, else as it was set here.

        Parameters
        ----------
        origin
            A site's label, an origin or a URL; by default the lab's own site.

        Returns
        -------
        str or None
            ``granted``, ``denied`` or ``prompt``; None where no page is open and nothing was set.

        Raises
        ------
        InvalidArgument
            If there is no such permission or origin.
        """
        known(name, NAMES, "permission")
        whole = self._sites()[0].url if origin is None else self._origin(origin)
        for window in self._windows():
            if _origin_of(window.url) == whole and not window.crashed:
                try:
                    state = await window.realm.call(QUERY, _descriptor(name), timeout_s=5.0)
                except JavaScriptError:  # some can be set and not be asked for
                    break
                except SwnbError:  # it is closed, or blocked
                    continue
                if state in SETTINGS:
                    return str(state)
        return self._told.get(whole, {}).get(name)

    def told(self, origin: str | None = None) -> dict[str, dict[str, str]]:
        """Return what was set, by origin and by permission, what is granted from the start included.

        Parameters
        ----------
        origin
            Of this one alone.

        Raises
        ------
        InvalidArgument
            If there is no such origin.
        """
        whole = None if origin is None else self._origin(origin)
        return {one: dict(settings) for one, settings in self._told.items() if whole in (None, one)}

    async def reset(self) -> None:
        """Take back all that was set, of every origin of the browser; the lab's sites may show notifications, as at its start."""
        self._log.act("permissions.reset")
        await self._root.send("Browser.resetPermissions")
        self._begin()
        self._log.append(PermissionsReset())

    def _origin(self, told: str) -> str:
        """Return what was given as an origin.

        Raises
        ------
        InvalidArgument
            If it is none, and no site's label.
        """
        found = next((site.url for site in self._sites() if site.name == told.lower()), None) or _origin_of(told)
        if found is None:
            labels = [site.name for site in self._sites()]
            near = nearest(told, labels)
            hint = f"did you mean {near!r}? " if near else ""
            raise InvalidArgument(
                f"{told!r} is no origin, and no site of the lab is called so",
                f"{hint}sites: {', '.join(labels)}; another one: `%sw origin {told}`, or give a whole URL",
            )
        return found


def known(word: str, words: Sequence[str], what: str) -> None:
    """Check that a word is one of those that there are.

    Raises
    ------
    InvalidArgument
        If it is not, with the nearest one.
    """
    if word not in words:
        near = nearest(word, words) if isinstance(word, str) else None
        hint = f"did you mean {near!r}? " if near else ""
        raise InvalidArgument(f"there is no {what} {word!r}", f"{hint}there are: {', '.join(words)}")


def _params(name: str, setting: str, origin: str) -> dict[str, Any]:
    return {"permission": _descriptor(name), "setting": setting, "origin": origin}


def _descriptor(name: str) -> dict[str, Any]:
    return {"name": name, **DESCRIPTORS.get(name, {})}


def _origin_of(url: str) -> str | None:
    """Return the origin of a URL; None for one that has none of its own (``about:blank``)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower().removesuffix(DEFAULT_PORTS[parts.scheme])}"
