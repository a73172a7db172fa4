"""Pages without a text layer → placed lines, through RapidOCR: the extra `ocr`, with its models inside."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any

from miner.model import Box
from miner.read.faults import fault
from miner.read.geometry import Placed, order

Recognise = Callable[[Any, float], list[Placed]]
"""An image as an array of height × width × 3 bytes, and points a pixel → its lines in reading order, in points."""
_LEAST_SCORE = 0.5
_LONGEST_SIDE = 4000
"""Pixels to which a larger image is reduced before text is sought."""


@lru_cache(maxsize=1)
def load_ocr() -> Recognise:
    """Load the recogniser, once; raises InputError with the code `no-ocr` when the extra is not installed."""
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError as error:
        raise fault("no-ocr", where="1") from error
    engine = RapidOCR(max_side_len=_LONGEST_SIDE)

    def recognise(image: Any, scale: float) -> list[Placed]:
        found, _ = engine(image)
        height = image.shape[0]
        return order(
            [
                _placed(corners, text, height, scale)
                for corners, text, score in found or []
                if score >= _LEAST_SCORE
            ]
        )

    return recognise


def open_image(data: bytes) -> Any:
    """Return the pixels of an image file as an array of height × width × 3 bytes."""
    import numpy
    from PIL import Image  # comes with the extra

    with Image.open(BytesIO(data)) as image:
        return numpy.asarray(image.convert("RGB"))


def _placed(corners: Any, text: str, height: int, scale: float) -> Placed:
    across, down = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    box = Box(
        min(across) * scale, (height - max(down)) * scale, max(across) * scale, (height - min(down)) * scale
    )
    return Placed(text, box, round(min(box.top - box.bottom, box.right - box.left), 2))
