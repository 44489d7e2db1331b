"""Live views: widgets that follow a lab, each with its Python, JavaScript and CSS beside each other.

A view asks its `Feed` for what is new, at most ten times a second, and sends that alone; the front end keeps what it was told. What
a view looks like without a kernel stands in a display of its own beside it, which the living view hides: see `view`.
"""
