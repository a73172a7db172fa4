"""Web pages saved as one file (MHTML, RFC 2557): the page itself is the first part that is HTML."""

from __future__ import annotations

from dataclasses import replace

from miner.config import Config
from miner.model import Document
from miner.read.faults import fault

__all__ = ["is_mhtml", "read_mhtml"]


def is_mhtml(head: bytes) -> bool:
    """Tell a saved web page by its headers.

    >>> is_mhtml(b'MIME-Version: 1.0\\nContent-Type: multipart/related; type="text/html"'), is_mhtml(b"<html>")
    (True, False)
    """
    start = head[:2048].lower()
    return b"mime-version:" in start and b"multipart/related" in start


def read_mhtml(data: bytes, base: Document, config: Config) -> Document:
    """Read the page of a saved file; raises InputError when it holds none."""
    import email

    from miner.read.html import read_html  # heavy, and many archives hold none

    try:
        message = email.message_from_bytes(data)
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        content = page.get_payload(decode=True) if page is not None else None
    except RecursionError as error:
        raise fault("damaged-archive", reason="MIME") from error
    if page is None or not isinstance(content, bytes):
        raise fault("empty")
    address = str(page["Content-Location"] or message["Snapshot-Content-Location"] or "")
    found = replace(base, url=address if address.startswith("http") else base.url)
    return read_html(content, found, config, declared=page.get_content_charset())
