"""The live desktop: its notifications as cards that can be clicked."""

from __future__ import annotations

from swnb.errors import InvalidArgument
from swnb.lab.async_lab import AsyncLab
from swnb.lab.notification_data import NotificationData
from swnb.lab.notification_list import NotificationList
from swnb.views import notified
from swnb.views.live import assets
from swnb.views.live.notification_rows import NotificationRows, button_name
from swnb.views.live.view import View


class NotificationsView(View):
    """Notifications as cards, the newest first, with the buttons that they have; those that are gone stay a while.

    To show it does not bring a desktop to life.
    """

    _esm = assets.esm("notifications")
    _css = assets.css("notifications")

    def __init__(self, lab: AsyncLab, *, language: str = "en") -> None:
        self._rows = NotificationRows(lab)
        super().__init__(lab, language=language)

    def news(self, number: int) -> tuple[int, dict[str, object] | None]:
        """Return the rows that changed, pictures that are new, and the numbers of those that have no card any more."""
        return self._rows.since(number)

    async def do(self, verb: str, of: str, given: dict[str, object]) -> None:
        """Click the notification with the number `of`, a button of it, or dismiss it; a notebook's own verbs do it.

        Raises
        ------
        NotificationUnknown, NotificationGone, NoSuchAction, NotificationTimeout, ClickDropped, WaitFailed
            As the verbs.
        """
        if verb not in ("click", "dismiss"):
            await super().do(verb, of, given)
        if not (of.isascii() and of.isdecimal() and len(of) < 9):
            raise InvalidArgument(f"{of!r} is no number of a notification", "load the page anew")
        one = self.feed.lab.notifications.numbered(int(of))
        if verb == "dismiss":
            await one.dismiss()
            return
        asked, reply = given.get("action"), given.get("reply")
        action = asked if isinstance(asked, str) and asked else None
        for button in one.actions:  # its name may be longer than what was sent
            if button_name(button.name or button.label) == action:
                action = button.name or button.label
        await one.click(action, reply=reply if isinstance(reply, str) else None)

    def html(self) -> str:
        """Return the table of notifications, those that are gone among them."""
        return notified.notifications(self._all())

    def text(self) -> str:
        """Return the same as plain text."""
        return repr(self._all())

    def _all(self) -> NotificationList[NotificationData]:
        book = self._rows.book
        records = () if book is None else book.records
        return NotificationList(lambda: records, NotificationData)
