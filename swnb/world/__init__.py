"""What is true now: clients, service workers, registrations and channels, folded from the events of a log and from nothing else."""

from __future__ import annotations

from .channels import Channels
from .rows import ChannelRow, ClientRow, RegistrationRow, WorkerRow
from .views import Clients, Registrations, View, Workers
from .world import World

__all__ = [
    "ChannelRow",
    "Channels",
    "ClientRow",
    "Clients",
    "RegistrationRow",
    "Registrations",
    "View",
    "WorkerRow",
    "Workers",
    "World",
]
