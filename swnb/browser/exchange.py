"""Asking from synchronous code: the calling thread writes to the pipe and reads the answer itself.

`Exchange.drive` runs a coroutine that awaits nothing but commands; each of them becomes a blocking exchange in the calling
thread. No hand-over between threads lies on that road, which is what makes a synchronous verb about as fast as a bare pipe.

Only one thread may read. While calls follow each other closely the loop *leases* reading to the callers: it stops watching the
pipe, and whoever calls reads, and passes to the loop all that is not its own answer. The lease is granted with the answer to a
call that the loop read, and ends `LEASE_S` after the last one, or at once when anybody has to wait long for an answer.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from swnb.browser.protocol import CommandTimeout, Message, Pending, decode_message
from swnb.browser.wake import Interruption, WakePipe
from swnb.errors import BrowserGone, Interrupted, TargetGone

if TYPE_CHECKING:
    import asyncio

    from swnb.browser.connection import Connection

T = TypeVar("T")

LEASE_S = 0.01
"""How long the loop leaves reading to callers after their last call."""

PATIENCE_S = 0.01
"""How long a caller reads: on the loop's own thread what it asked for may need that loop, since the origin lives there; elsewhere
the loop takes in what comes meanwhile at half the cost, for each message that is passed to it has to wake it."""


class NeedsLoop(Exception):  # noqa: N818  (a signal, not a fault)
    """What was driven has to wait for something that only the loop brings. Nothing was sent yet."""


LONGEST_TIMER_S = 86_400.0 * 365
"""Of a loop's timer."""

LONGEST_POLL_S = 3600.0
"""`poll` takes no more than a C int of milliseconds; who waits longer polls again."""


def _milliseconds_until(deadline: float) -> float:
    return min(max(0.0, deadline - monotonic()), LONGEST_POLL_S) * 1000


def _is_over(deadline: float) -> bool:
    return monotonic() >= deadline


class Exchange:
    """The synchronous road of one connection.

    At most one thread drives at a time; another one that tries gets `NeedsLoop` and goes by the loop.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: int | None = None
        self._drive_lock = threading.Lock()
        self._read_lock = threading.Lock()
        self._leased = False
        self._last_use = 0.0
        self._interruption = Interruption()
        self._sent = False
        self._nested: asyncio.Future[None] | None = None
        self._closed = False
        self._wake = WakePipe()
        self._waiting = select.poll()
        self._waiting.register(self._wake.fileno, select.POLLIN)
        self._reading: select.poll | None = None
        if connection.transport.fileno is not None:
            self._reading = select.poll()
            self._reading.register(connection.transport.fileno, select.POLLIN)
            self._reading.register(self._wake.fileno, select.POLLIN)

    # ---- driving ------------------------------------------------------------------------------------------------

    @property
    def driving(self) -> bool:
        """Whether the calling thread is inside `drive`."""
        return self._driver is not None and self._driver == threading.get_ident()

    def drive(self, make: Callable[[], Coroutine[Any, Any, T]], interruption: Interruption | None = None) -> T:
        """Run a coroutine that awaits nothing but commands to its end in this very thread.

        Raises
        ------
        NeedsLoop
            If that cannot be had here: the transport is a websocket, another thread is driving, or the coroutine said so
            before it sent anything.
        Interrupted
            If `interrupt` was called with this `interruption`, before or meanwhile, and the coroutine let it pass.
        """
        if self._reading is None or not self._drive_lock.acquire(blocking=False):
            raise NeedsLoop
        self._driver = threading.get_ident()
        self._interruption = interruption or Interruption()
        self._sent = False
        coroutine = make()
        try:
            coroutine.send(None)
        except StopIteration as stop:
            result: T = stop.value
            return result
        except NeedsLoop:
            if self._sent:  # it must not be done twice
                raise TargetGone("what was asked", "was stopped in between; what it was told first is done") from None
            raise
        finally:
            self._driver = None
            self._drive_lock.release()
            coroutine.close()
            if self._closed:
                self.close()
        raise RuntimeError("what is driven awaited something other than a command")

    def interrupt(self, interruption: Interruption) -> None:
        """Make the drive that was given `interruption` raise `Interrupted`, now or once it begins. Safe in a signal's handler."""
        interruption.came = interruption.due = True
        self._wake.wake()
        if self._nested is not None and self._interruption is interruption:
            self._connection.loop.call_soon_threadsafe(finish, self._nested)

    # ---- one command --------------------------------------------------------------------------------------------

    def ask(self, method: str, params: Message, session_id: str, timeout_s: float) -> Message:
        """Send a command and block until its answer is here; see `Connection.send` for what it raises."""
        connection = self._connection
        connection.check_open()
        self._sent = True
        pending, payload = connection.protocol.command(method, params, session_id, self._on_settled)
        deadline = monotonic() + timeout_s
        try:
            if threading.get_ident() == connection.loop_thread:
                self._ask_on_loop(pending, payload, deadline)
            else:
                if not self._ask_leased(pending, payload, deadline):
                    connection.transport.write(payload)
                self._await_loop(pending, deadline)
        finally:
            connection.protocol.forget(pending)
        if not pending.done:
            raise CommandTimeout(method, timeout_s)
        return pending.result()

    def _ask_on_loop(self, pending: Pending, payload: bytes, deadline: float) -> None:
        """Block the loop for a moment; where that is not enough, run it, re-entered, until the answer is here."""
        connection = self._connection
        loop = connection.loop
        if connection.transport.write(payload):  # what does not fit into the pipe goes out while the loop runs
            self._pump(pending, min(deadline, monotonic() + PATIENCE_S), connection.dispatch)
        if pending.done or _is_over(deadline):
            return
        nested = self._nested = loop.create_future()
        pending.on_settled = lambda _: finish(nested)
        timer = loop.call_later(min(deadline - monotonic(), LONGEST_TIMER_S), finish, nested)
        driver, self._driver = self._driver, None  # what else runs on the loop meanwhile awaits as usual
        try:
            if not self._interruption.due:
                loop.run_until_complete(nested)
        finally:
            self._nested = None
            self._driver = driver
            timer.cancel()
        if not pending.done:
            self._check_interrupted()

    def _ask_leased(self, pending: Pending, payload: bytes, deadline: float) -> bool:
        """Write and read here, if reading is leased to callers; False if it is not, and nothing was done."""
        if not self._leased or not self._read_lock.acquire(blocking=False):
            return False
        passed = 0

        def pass_on(message: Message) -> None:
            nonlocal passed
            passed += 1
            loop.call_soon_threadsafe(self._connection.dispatch, message)

        loop = self._connection.loop
        try:
            if not self._still_leased():  # the loop may have taken it back in between
                return False
            self._last_use = monotonic()
            self._connection.transport.write(payload)
            self._pump(pending, min(deadline, monotonic() + PATIENCE_S), pass_on)
            self._last_use = monotonic()
        finally:
            self._read_lock.release()
            if not pending.done and not loop.is_closed():  # it takes long: the loop reads on
                loop.call_soon_threadsafe(self.end_lease)
            elif passed and not loop.is_closed():
                # the next verb shall know what this one heard
                seen = threading.Event()
                loop.call_soon_threadsafe(seen.set)
                seen.wait(1.0)
            if len(self._connection.protocol.pending) > 1 and not loop.is_closed():
                loop.call_soon_threadsafe(self.end_lease)
        return True

    def _pump(self, pending: Pending, deadline: float, other: Callable[[Message], None]) -> None:
        """Read until `pending` is settled, the deadline is over or the user interrupts."""
        assert self._reading is not None
        poll, transport = self._reading.poll, self._connection.transport
        while not pending.done:
            self._check_interrupted()
            ready = poll(_milliseconds_until(deadline))
            if not ready and _is_over(deadline):
                return
            for fd, _ in ready:
                if fd == self._wake.fileno:
                    self._wake.drain()
                    continue
                messages = transport.read()
                if messages is None:
                    self._connection.loop.call_soon_threadsafe(self._connection.on_messages, None)
                    pending.settle(failure=BrowserGone("it ended"))
                    return
                for raw in messages:
                    message = decode_message(raw)
                    if message.get("id") == pending.id:
                        pending.settle(message)
                    else:
                        other(message)

    def _await_loop(self, pending: Pending, deadline: float) -> None:
        """Wait until the loop has read the answer. On a pipe, since a signal's handler cannot end the wait for a lock."""
        while not pending.done:
            self._check_interrupted()
            if not self._waiting.poll(_milliseconds_until(deadline)) and _is_over(deadline):
                return
            self._wake.drain()

    def _check_interrupted(self) -> None:
        if self._interruption.due:
            self._interruption.due = False  # what clears up afterwards may ask again
            raise Interrupted

    def _on_settled(self, _: Pending) -> None:
        """Wake the thread that asked, if another one brought the answer; after the loop brought it, lease reading to callers."""
        if self._driver is None or self._driver == threading.get_ident():
            return
        if threading.get_ident() == self._connection.loop_thread:
            self._grant_lease()
        self._wake.wake()

    # ---- the lease; all on the loop -----------------------------------------------------------------------------

    def _grant_lease(self) -> None:
        connection = self._connection
        if self._leased or connection.closed is not None or self._reading is None or connection.protocol.pending:
            return
        connection.transport.detach()
        self._leased = True
        self._last_use = monotonic()
        connection.loop.call_later(LEASE_S, self._check_lease)

    def _still_leased(self) -> bool:
        return self._leased

    def _check_lease(self) -> None:
        if not self._leased:
            return
        rest = self._last_use + LEASE_S - monotonic()
        if rest > 0 or not self.end_lease():
            self._connection.loop.call_later(max(rest, LEASE_S / 2), self._check_lease)

    def end_lease(self) -> bool:
        """Let the loop read again; False if a caller is reading just now, who passes on all that it reads."""
        if not self._leased:
            return True
        if not self._read_lock.acquire(blocking=False):
            return False
        self._leased = False
        self._read_lock.release()
        if self._connection.closed is None:
            self._connection.transport.attach(self._connection.loop, self._connection.on_messages)
        return True

    def close(self) -> None:
        """Close the wake pipe; where a thread is driving just now, it does so at its end."""
        self._leased = False
        self._closed = True
        if not self._drive_lock.acquire(blocking=False):
            self._wake.wake()
            return
        self._wake.close()
        self._drive_lock.release()


def finish(future: asyncio.Future[None]) -> None:
    """Wake whoever awaits `future`; a second call does nothing."""
    if not future.done():
        future.set_result(None)
