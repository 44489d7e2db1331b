"""Runs again what was kept, recordings and notebooks, and says whether it came out the same.

`found` looks for what there is to verify, `verify` runs one item; ``swnb verify`` and the pytest plugin are made of them.
"""
