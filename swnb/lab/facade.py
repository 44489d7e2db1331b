"""The objects of a lab for synchronous code. Each verb is the asynchronous one of the same name, brought to its end.

`Caller.ask` is for what only asks a realm: it is driven in the calling thread where that is possible.
"""

from swnb.lab.caller import Caller
from swnb.lab.sync_clients import Client, Clients, WindowClient
from swnb.lab.sync_windows import PyppeteerObject, Window
from swnb.lab.sync_workers import ServiceWorker, ServiceWorkerRegistration

__all__ = [
    "Caller",
    "Client",
    "Clients",
    "PyppeteerObject",
    "ServiceWorker",
    "ServiceWorkerRegistration",
    "Window",
    "WindowClient",
]
