"""A private desktop for the browser: Chromium's notifications come here over D-Bus, and can be clicked, answered, dismissed."""

from __future__ import annotations

from swnb.desktop.desktop import Desktop

__all__ = ["Desktop"]
