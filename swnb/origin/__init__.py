"""The origin: a small web server on a loopback port, whose pages live at ``http://lab.localhost/``.

``listen`` binds the port and costs nothing to import, so that the browser can be started with the port's number while
the rest is still being imported; ``site`` holds what is served, as data; ``server`` speaks HTTP (tornado), and ``early`` the
little of it that a start needs, until there is time to import tornado.
"""

from __future__ import annotations

from swnb.origin.listen import bind_loopback

__all__ = ["bind_loopback"]
