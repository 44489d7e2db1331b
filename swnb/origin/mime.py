"""MIME types by a file's extension: a table of our own, since the machine's registry differs from one to the next."""

from __future__ import annotations

BINARY = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"

_TEXTUAL = {
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js mjs cjs",
    "text/plain": "txt text log ini cfg toml yaml yml py ts tsx jsx rst diff",
    "text/markdown": "md markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/vtt": "vtt",
    "text/calendar": "ics",
    "text/cache-manifest": "appcache",
}
_OTHER = {
    "application/json": "json map ipynb",
    "application/ld+json": "jsonld",
    "application/geo+json": "geojson",
    "application/manifest+json": "webmanifest",
    "application/xml": "xml xsl",
    "application/xhtml+xml": "xhtml xht",
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/wasm": "wasm",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/gzip": "gz",
    "application/x-tar": "tar",
    "application/rtf": "rtf",
    "application/ogg": "ogx",
    "application/vnd.apple.mpegurl": "m3u8",
    "application/dash+xml": "mpd",
    "application/signed-exchange;v=b3": "sxg",
    "application/webbundle": "wbn",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/x-icon": "ico cur",
    "image/tiff": "tif tiff",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/mp2t": "m2ts",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "font/collection": "ttc",
}
TYPES = {
    extension: f"{mime}; charset=utf-8" if table is _TEXTUAL else mime
    for table in (_TEXTUAL, _OTHER)
    for mime, extensions in table.items()
    for extension in extensions.split()
}
"""Extension without its dot → the whole ``Content-Type``."""


def type_of_name(name: str) -> str | None:
    """Return the ``Content-Type`` for a file's name or a path, or None where its extension says nothing."""
    last = name.rpartition("/")[2]
    return TYPES.get(last.rpartition(".")[2].lower()) if "." in last else None


def type_of_written(path: str, body: str | bytes) -> str:
    """Return the ``Content-Type`` of what was written from a cell.

    The extension decides; without a known one, a folder's path or a text that begins as HTML does is HTML, another
    text is plain text, and bytes are bytes.
    """
    known = type_of_name(path)
    if known is not None:
        return known
    if not isinstance(body, str):
        return HTML if path.endswith("/") else BINARY
    begins_as_html = body[:256].lstrip().lower().startswith(("<!doctype html", "<html"))
    return HTML if path.endswith("/") or begins_as_html else TEXT
