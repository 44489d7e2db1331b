"""Chromium over the DevTools protocol: start it, speak to it, know its targets.

One class, one altitude: transport → connection → session → targets → realm.
"""
