"""Each view's JavaScript alone, in a real browser, on a model made up here."""
