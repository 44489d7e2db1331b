"""The Python mirror of the Clients API: what it answers is asked of the worker itself, call by call."""
