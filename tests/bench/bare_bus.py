"""A bus and a notification service by hand, which clicks each notification as soon as it is shown."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from typing import Any

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"


class BareBus:
    """``dbus-daemon``, and a thread that serves notifications with dbus-fast."""

    def __init__(self) -> None:
        command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        self.daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.daemon.stdout is not None
        self.address = self.daemon.stdout.readline().strip()
        self.loop = asyncio.new_event_loop()
        self.served = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.served.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve())
        self.served.set()
        self.loop.run_forever()

    async def _serve(self) -> None:
        from dbus_fast.aio import MessageBus
        from dbus_fast.constants import MessageType
        from dbus_fast.message import Message

        bus = await MessageBus(self.address).connect()
        shown = 0

        def clicked(number: int, sender: str) -> None:
            signal = Message.new_signal(PATH, NAME, "ActionInvoked", "us", [number, "default"])
            signal.destination = sender
            bus.send(signal)

        def handle(message: Any) -> Any:
            nonlocal shown
            if message.message_type is not MessageType.METHOD_CALL or message.interface != NAME:
                return None
            match message.member:
                case "Notify":
                    shown += 1
                    bus.send(Message.new_method_return(message, "u", [shown]))
                    clicked(shown, message.sender)
                case "GetCapabilities":
                    bus.send(Message.new_method_return(message, "as", [["actions", "body"]]))
                case "GetServerInformation":
                    bus.send(Message.new_method_return(message, "ssss", ["by hand", "nobody", "1", "1.2"]))
                case _:
                    bus.send(Message.new_method_return(message))
            return True

        bus.add_message_handler(handle)
        await bus.request_name(NAME)

    def end(self) -> None:
        """End thread and daemon."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.daemon.kill()
        self.daemon.wait()
        assert self.daemon.stdout is not None
        self.daemon.stdout.close()
