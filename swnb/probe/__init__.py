"""Hearing every context: the agents that go into them, how they get there, and what becomes of what they say."""
