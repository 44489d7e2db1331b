"""The peers: pyppeteer on its own transport, Playwright's synchronous and asynchronous API, on the same Chromium.

They start it with their own default flags; added are the host mapping of the common site and, for root,
``--no-sandbox``. What they cannot carry by themselves (pyppeteer: any typed array) crosses as base64, decoded on the
other side, as the floor does it. Playwright brings a typed array to Python as a list of numbers, so the way out is
base64 there too; bytes into the worker are its own.
"""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

from tests.bench import material
from tests.bench.contest import Batch, Contestant, Stage, proof_of
from tests.bench.floor import host_rules

LIST_FUNCTION = f"() => {material.LIST}"
SEND_FUNCTION = f"data => {material.ARRAY_PROOF}"
MAKE_FUNCTION = f"() => {{ {material.MAKE_ARRAYS} return 0; }}"


def flags(port: int) -> list[str]:
    """Return the flags that a peer's own defaults lack."""
    return [host_rules(port), *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def array_expression(name: str) -> str:
    """Return the worker's expression for an array as base64."""
    return f"array{name}.toBase64()"


class AsyncContestant(Contestant):
    """A contestant whose calls are awaited, on a loop of its own; in a kernel on the kernel's, by ``*_async``."""

    loop: asyncio.AbstractEventLoop

    async def start_async(self) -> int:
        """Like `start`."""
        raise NotImplementedError

    async def prepare_async(self, stage: Stage) -> None:
        """Like `prepare`."""
        raise NotImplementedError

    async def close_async(self) -> None:
        """Like `close`."""
        raise NotImplementedError

    def start(self) -> int:
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        return self.loop.run_until_complete(self.start_async())

    def prepare(self, stage: Stage) -> None:
        self.loop.run_until_complete(self.prepare_async(stage))

    def close(self) -> None:
        self.loop.run_until_complete(self.close_async())
        self.loop.close()

    def batch(self, name: str, count: int) -> Batch:
        return self.loop.run_until_complete(self.batch_async(name, count))

    async def batch_async(self, name: str, count: int) -> Batch:
        """Time `count` calls, each awaited within one running task."""
        call = cast(Callable[[], Awaitable[object]], self.operation(name))
        clock = time.perf_counter
        times_s: list[float] = []
        result: object = 0
        for _ in range(count):
            begin = clock()
            result = await call()
            times_s.append(clock() - begin)
        return Batch(times_s, proof_of(result))


class Pyppeteer(AsyncContestant):
    """pyppeteer's `launch`, its websocket, and a `CDPSession` of its own on the worker's target."""

    browser: Any
    worker: Any

    async def start_async(self) -> int:
        from pyppeteer.launcher import launch

        self.browser = await launch(
            executablePath=self.executable,
            args=flags(self.port),
            handleSIGINT=False,
            handleSIGTERM=False,
            handleSIGHUP=False,
        )
        page = (await self.browser.pages())[0]
        await page.goto(material.ORIGIN + "/")
        await page.evaluate(f"() => {material.REGISTER}")
        target = next(target for target in self.browser.targets() if target.type == "service_worker")
        self.worker = await target.createCDPSession()
        await self.evaluate("clients.claim()")
        return len(await self.evaluate(material.LIST))

    async def evaluate(self, expression: str) -> Any:
        """Return an expression's value."""
        parameters = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = await self.worker.send("Runtime.evaluate", parameters)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")

    async def prepare_async(self, stage: Stage) -> None:
        if stage == "frames":
            page = await self.browser.newPage()
            await page.goto(f"{material.ORIGIN}/frames.html", timeout=60_000)
            await self.evaluate("clients.claim()")
        elif stage == "arrays":
            await self.evaluate(f"{material.MAKE_ARRAYS} 0")

    def operation(self, name: str) -> Callable[[], object]:
        verb, _, argument = name.partition(":")
        match verb:
            case "evaluate":
                return lambda: self.evaluate("1")
            case "match_all":
                return lambda: self.evaluate(material.LIST)
            case "array_out":
                return lambda: self.array_out(argument)
            case "array_in":
                data = material.array_bytes(argument)
                return lambda: self.array_in(data)
        raise ValueError(name)

    async def array_out(self, name: str) -> bytes:
        """Return the bytes of the worker's array."""
        return base64.b64decode(await self.evaluate(array_expression(name)))

    async def array_in(self, data: bytes) -> int:
        """Hand bytes to the worker."""
        text = base64.b64encode(data).decode()
        script = f'{{ const data = Uint8Array.fromBase64("{text}"); {material.ARRAY_PROOF} }}'
        return cast(int, await self.evaluate(script))

    async def close_async(self) -> None:
        await self.browser.close()


class PlaywrightSync(Contestant):
    """Playwright's synchronous API."""

    playwright: Any
    browser: Any
    context: Any
    worker: Any

    def start(self) -> int:
        from playwright.sync_api import sync_playwright

        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(executable_path=self.executable, args=flags(self.port))
        self.context = self.browser.new_context()
        page = self.context.new_page()
        page.goto(material.ORIGIN + "/")
        page.evaluate(f"() => {material.REGISTER}")
        self.worker = self.context.service_workers[0]
        self.worker.evaluate("() => clients.claim()")
        return len(self.worker.evaluate(LIST_FUNCTION))

    def prepare(self, stage: Stage) -> None:
        if stage == "frames":
            self.context.new_page().goto(f"{material.ORIGIN}/frames.html", timeout=60_000)
            self.worker.evaluate("() => clients.claim()")
        elif stage == "arrays":
            self.worker.evaluate(MAKE_FUNCTION)

    def operation(self, name: str) -> Callable[[], object]:
        verb, _, argument = name.partition(":")
        worker = self.worker
        match verb:
            case "evaluate":
                return lambda: worker.evaluate("1")
            case "match_all":
                return lambda: worker.evaluate(LIST_FUNCTION)
            case "array_out":
                return lambda: base64.b64decode(worker.evaluate(array_expression(argument)))
            case "array_in":
                data = material.array_bytes(argument)
                return lambda: worker.evaluate(SEND_FUNCTION, data)
        raise ValueError(name)

    def close(self) -> None:
        self.browser.close()
        self.playwright.stop()


class PlaywrightAsync(AsyncContestant):
    """Playwright's asynchronous API."""

    playwright: Any
    browser: Any
    context: Any
    worker: Any

    async def start_async(self) -> int:
        from playwright.async_api import async_playwright

        self.playwright = await async_playwright().start()
        self.browser = await self.playwright.chromium.launch(executable_path=self.executable, args=flags(self.port))
        self.context = await self.browser.new_context()
        page = await self.context.new_page()
        await page.goto(material.ORIGIN + "/")
        await page.evaluate(f"() => {material.REGISTER}")
        self.worker = self.context.service_workers[0]
        await self.worker.evaluate("() => clients.claim()")
        return len(await self.worker.evaluate(LIST_FUNCTION))

    async def prepare_async(self, stage: Stage) -> None:
        if stage == "frames":
            page = await self.context.new_page()
            await page.goto(f"{material.ORIGIN}/frames.html", timeout=60_000)
            await self.worker.evaluate("() => clients.claim()")
        elif stage == "arrays":
            await self.worker.evaluate(MAKE_FUNCTION)

    def operation(self, name: str) -> Callable[[], object]:
        verb, _, argument = name.partition(":")
        worker = self.worker
        match verb:
            case "evaluate":
                return lambda: worker.evaluate("1")
            case "match_all":
                return lambda: worker.evaluate(LIST_FUNCTION)
            case "array_out":
                return lambda: self.array_out(argument)
            case "array_in":
                data = material.array_bytes(argument)
                return lambda: worker.evaluate(SEND_FUNCTION, data)
        raise ValueError(name)

    async def array_out(self, name: str) -> bytes:
        """Return the bytes of the worker's array."""
        return base64.b64decode(await self.worker.evaluate(array_expression(name)))

    async def close_async(self) -> None:
        await self.browser.close()
        await self.playwright.stop()
