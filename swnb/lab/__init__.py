"""The lab: a browser, an origin, windows and workers behind one object, asynchronous or not."""
