"""Notifications as a desktop shows them, and what happens to them. Pure data, and how it is read from ``Notify``.

The names are those of the Desktop Notifications Specification, version 1.2.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

import msgspec

DEFAULT_ACTION: Final = "default"
"""What a click on the notification itself is called."""

INLINE_REPLY: Final = "inline-reply"
"""Key of the action that takes a text."""

SETTINGS_ACTION: Final = "settings"
"""Key of Chromium's own button, which opens its settings."""

PICTURE_MAX_BYTES: Final = 64 << 20

_BROWSER_ACTIONS: Final = (DEFAULT_ACTION, SETTINGS_ACTION, "close")
_ORIGIN: Final = re.compile(r'<a href="([^"]*)">[^<]*</a>')
_IMAGE: Final = re.compile(r'\n?<img src="file://([^"<>]*)" alt=""/>\Z')
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"


class Urgency(IntEnum):
    """Section "Urgency Levels". Chromium says CRITICAL for ``requireInteraction``, NORMAL otherwise."""

    LOW = 0
    NORMAL = 1
    CRITICAL = 2


class CloseReason(IntEnum):
    """Section "Signals", ``NotificationClosed``. For Chromium they are all the same."""

    EXPIRED = 1
    DISMISSED = 2
    CLOSED = 3
    UNDEFINED = 4


class Action(msgspec.Struct, frozen=True):
    """One thing that a user can do with a notification.

    Attributes
    ----------
    key
        What `Desktop.invoke` takes: ``default``, ``settings``, ``inline-reply``, or a button's number.
    label
        What the button says: the page's ``title`` of the action.
    """

    key: str
    label: str


class Picture(msgspec.Struct, frozen=True):
    """An icon or an image, as Chromium has made it: a PNG.

    Attributes
    ----------
    png
        The file's bytes; ``b""`` where it could not be read.
    width, height
        In pixels; 0 where that is not known.
    path
        Where it lay. Chromium removes the file when the notification is closed or replaced.
    """

    png: bytes
    width: int
    height: int
    path: str

    def __repr__(self) -> str:
        return f"Picture({self.width}×{self.height}, {len(self.png):,} bytes)"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One notification, as it is shown.

    Attributes
    ----------
    id
        Its number on this desktop, from 1. It stays when the notification is replaced.
    title, body
        The page's own text. Chromium takes newlines off the end of a body.
    origin
        Whose it is, as ``https://example.com:8443``; ``""`` where it is no page's.
    actions
        What can be done, in order: the page's buttons, then the browser's own.
    icon, image
        Pictures, or None.
    urgency
        See there.
    expire_timeout_ms
        -1: the desktop decides; 0: never (``requireInteraction``); otherwise milliseconds.
    silent
        Whether it makes no sound.
    reply_placeholder
        What stands in the field for a reply; None where there is no such field.
    app_name
        The browser's name.
    folder
        Where Chromium keeps this notification's files, as long as it knows it; ``""`` where that is not known.
    sender
        The browser's name on the bus.
    t_mono_ns
        Monotonic clock of this process when it was shown or replaced, in nanoseconds.
    """

    id: int
    title: str
    body: str
    origin: str
    actions: tuple[Action, ...]
    icon: Picture | None
    image: Picture | None
    urgency: Urgency
    expire_timeout_ms: int
    silent: bool
    reply_placeholder: str | None
    app_name: str
    folder: str
    sender: str
    t_mono_ns: int

    @property
    def buttons(self) -> tuple[Action, ...]:
        """The page's own actions, in the page's order; a key of theirs changes when the notification is replaced."""
        return tuple(action for action in self.actions if action.key not in _BROWSER_ACTIONS)

    @property
    def require_interaction(self) -> bool:
        """The page's ``requireInteraction``."""
        return self.expire_timeout_ms == 0


class Shown(msgspec.Struct, frozen=True, tag="shown"):
    """A notification came."""

    notice: Notice


class Replaced(msgspec.Struct, frozen=True, tag="replaced"):
    """A notification changed in place (the page gave the same tag)."""

    notice: Notice
    before: Notice


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """A notification went: by the user (`Desktop.close`), or, with the reason CLOSED, by the page or the browser."""

    notice: Notice
    reason: CloseReason


class Invoked(msgspec.Struct, frozen=True, tag="invoked"):
    """The user invoked an action; Chromium was told."""

    notice: Notice
    action: str


class Replied(msgspec.Struct, frozen=True, tag="replied"):
    """The user wrote a reply; Chromium was told."""

    notice: Notice
    text: str


Change = Shown | Replaced | Closed | Invoked | Replied
"""What happens on a desktop, in order."""


def read_notice(body: Sequence[Any], notice_id: int, sender: str, t_mono_ns: int) -> Notice:
    """Return the notification that the arguments of a call of ``Notify`` describe; its pictures are read from their files.

    Parameters
    ----------
    body
        The call's arguments, of the signature ``susssasa{sv}i``.
    notice_id
        The number it gets.
    sender
        Who called.
    t_mono_ns
        When.
    """
    app_name, _, app_icon, title, text, actions, hints, expire_timeout_ms = body
    origin, message, image_path = read_body(text)
    values = {key: hint.value for key, hint in hints.items()}
    icon_path = _first(values, "image-path", "image_path")
    urgency = values.get("urgency", 1)
    placeholder = values.get("x-kde-reply-placeholder-text")
    return Notice(
        id=notice_id,
        title=title,
        body=message,
        origin=origin,
        actions=tuple(Action(key, label) for key, label in zip(actions[::2], actions[1::2], strict=False)),
        icon=read_picture(icon_path) if icon_path else None,
        image=read_picture(image_path) if image_path else None,
        urgency=Urgency(urgency) if urgency in (0, 1, 2) else Urgency.NORMAL,
        expire_timeout_ms=expire_timeout_ms,
        silent=values.get("suppress-sound") is True,
        reply_placeholder=placeholder if isinstance(placeholder, str) else None,
        app_name=app_name,
        folder=_folder(app_icon),
        sender=sender,
        t_mono_ns=t_mono_ns,
    )


def read_body(markup: str) -> tuple[str, str, str]:
    """Take Chromium's markup apart; return the origin, the page's text, and the path of an image (``""`` for none).

    It is a link to the origin and an empty line, the text, and the image; of the text it escapes ``&``, ``<`` and ``>``.
    """
    origin = image_path = ""
    if link := _ORIGIN.match(markup):
        origin = _unescaped(link[1]).removesuffix("/")
        markup = markup[link.end() :].removeprefix("\n\n")
    if image := _IMAGE.search(markup):
        image_path = _unquoted(image[1])
        markup = markup[: image.start()]
    return origin, _unescaped(markup), image_path


def _unescaped(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _unquoted(path: str) -> str:
    from urllib.parse import unquote

    return unquote(path)


def _folder(app_icon: str) -> str:
    """Return the folder of the application's icon, which Chromium writes for each notification anew."""
    folder, _, name = _unquoted(app_icon.removeprefix("file://")).rpartition("/")
    return folder if app_icon.startswith("file:///") and name == "logo.png" else ""


def _first(values: Mapping[str, object], *keys: str) -> str:
    return next((value for key in keys if isinstance(value := values.get(key), str)), "")


def read_picture(path: str) -> Picture:
    """Return the picture at `path`, now: the file goes with the notification. What cannot be read is an empty picture."""
    path = path.removeprefix("file://")
    png = b""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(fd, "rb") as file:
            if stat.S_ISREG(os.fstat(fd).st_mode):
                png = file.read(PICTURE_MAX_BYTES)
    except (OSError, ValueError):
        pass
    is_png = png.startswith(_PNG_START) and len(png) >= 24
    width, height = (int.from_bytes(png[i : i + 4], "big") for i in (16, 20)) if is_png else (0, 0)
    return Picture(png, width, height, path)
