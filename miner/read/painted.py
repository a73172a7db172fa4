"""What is painted on a PDF page beside its text, in the order of painting: what lies behind a character, and what over it."""

from __future__ import annotations

import ctypes
from collections.abc import Container, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as raw
from numpy.typing import NDArray

__all__ = ["WHITE", "Sheet", "Sides", "address_of", "clip_of"]

WHITE = 250
"""From this on, of 255, all three colours of a thing make it white."""
_SCAN = 0.5
"""Share of a page that pictures cover, from which unpainted text is what OCR saw in them."""
_MOST_OBJECTS = 20_000
"""Objects of a page that are looked at."""
_MOST_CLIPS = 200
"""Edges of clips, and segments of paths, that are looked at."""
_OPAQUE = 250
"""Opacity, of 255, from which nothing shows through."""
_FLAT = 0.1
"""Points of type up to which there is nothing to see."""

Sides = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


class _Painted(NamedTuple):
    """A thing on a page: its place in the order of painting, its box, and whether it is white, a picture, and hides all below."""

    order: int
    sides: Sides
    white: bool
    picture: bool
    solid: bool


class Sheet:
    """One page. What is asked for first is looked up once."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.sides: Sides = page.get_bbox()  # the other boxes do not know what a page inherits

    @cached_property
    def is_scan(self) -> bool:
        """Whether pictures cover most of the page."""
        return bool(_areas(self._boxes[self._pictures]).sum() > _SCAN * self._area)

    def is_backed(self, sides: Sides, order: int | None) -> bool:
        """Tell whether the topmost thing under a character has a colour of its own; without `order` all are under it."""
        under = _holds(self._boxes, sides)
        if order is not None:
            under &= self._orders < order
        return bool(under.any()) and not self._whites[np.flatnonzero(under)[-1]]

    def is_covered(self, sides: Sides, order: int | None) -> bool:
        """Tell whether something was painted over a character; a scan over the text that was read in it does not count."""
        if order is None or not self._covers.any():
            return False
        return bool((_holds(self._boxes, sides) & self._covers & (self._orders > order)).any())

    @cached_property
    def order(self) -> dict[int, int]:
        """The place of every object in the order of painting, by its address."""
        return {address_of(one): at for at, one in enumerate(self._objects)}

    def flat_text(self, known: Container[int]) -> int:
        """Count the pieces of text that are not `known` and are set in next to no size."""
        size, matrix = ctypes.c_float(), raw.FS_MATRIX()
        found = 0
        for one in self._objects:
            if raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_TEXT and address_of(one) not in known:
                raw.FPDFTextObj_GetFontSize(one, ctypes.byref(size))
                raw.FPDFPageObj_GetMatrix(one, ctypes.byref(matrix))
                found += abs(size.value) * max(abs(matrix.c), abs(matrix.d)) < _FLAT
        return found

    @cached_property
    def _objects(self) -> list[Any]:
        number = min(_MOST_OBJECTS, raw.FPDFPage_CountObjects(self.page.raw))
        return [raw.FPDFPage_GetObject(self.page.raw, at) for at in range(number)]

    @cached_property
    def _painted(self) -> list[_Painted]:
        found = (_painted(one, at) for at, one in enumerate(self._objects))
        return [painted for painted in found if painted is not None]

    @cached_property
    def _boxes(self) -> NDArray[np.float64]:
        return np.array([painted.sides for painted in self._painted], dtype=np.float64).reshape(-1, 4)

    @cached_property
    def _orders(self) -> NDArray[np.int64]:
        return np.array([painted.order for painted in self._painted], dtype=np.int64)

    @cached_property
    def _whites(self) -> NDArray[np.bool_]:
        return np.array([painted.white for painted in self._painted], dtype=np.bool_)

    @cached_property
    def _pictures(self) -> NDArray[np.bool_]:
        return np.array([painted.picture for painted in self._painted], dtype=np.bool_)

    @cached_property
    def _covers(self) -> NDArray[np.bool_]:
        solid = np.array([painted.solid for painted in self._painted], dtype=np.bool_)
        return solid & ~self._pictures if self.is_scan else solid

    @property
    def _area(self) -> float:
        return max(1.0, (self.sides[2] - self.sides[0]) * (self.sides[3] - self.sides[1]))


def address_of(one: Any) -> int:
    """Return what tells one of PDFium's objects from the others."""
    return ctypes.cast(one, ctypes.c_void_p).value or 0


def clip_of(one: Any) -> Sides | None:
    """Return the box within which an object is painted, or None where nothing cuts it off."""
    clip = raw.FPDFPageObj_GetClipPath(one)
    number = raw.FPDFClipPath_CountPaths(clip) if clip else 0
    boxes = [box for at in range(min(number, _MOST_CLIPS)) if (box := _clip_box(clip, at)) is not None]
    if not boxes:
        return None
    left, bottom, right, top = zip(*boxes, strict=True)
    return max(left), max(bottom), min(right), min(top)


def _clip_box(clip: Any, at: int) -> Sides | None:
    number = raw.FPDFClipPath_CountPathSegments(clip, at)
    if not 0 < number <= _MOST_CLIPS:  # a shape that is hard to follow is taken to cut nothing off
        return None
    return _around([raw.FPDFClipPath_GetPathSegment(clip, at, n) for n in range(number)])


def _points(segments: list[Any]) -> Iterator[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    for segment in segments:
        if raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            yield x.value, y.value


def _around(segments: list[Any]) -> Sides | None:
    points = list(_points(segments))
    if not points:
        return None
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)


def _painted(one: Any, order: int) -> _Painted | None:
    """Return what an object other than text paints, or None where it leaves the page as it was."""
    kind = raw.FPDFPageObj_GetType(one)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        return None
    if kind == raw.FPDF_PAGEOBJ_PATH:
        white, solid = _fill(one)
        if white and not solid:
            return None
    else:
        white = False
        solid = kind == raw.FPDF_PAGEOBJ_IMAGE and not raw.FPDFPageObj_HasTransparency(one)
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(one, *map(ctypes.byref, sides)):
        return None
    left, bottom, right, top = (side.value for side in sides)
    picture = kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
    return _Painted(order, (left, bottom, right, top), white, picture, solid)


def _fill(path: Any) -> tuple[bool, bool]:
    """Return whether a path paints nothing but white, and whether it is a rectangle that hides all below."""
    if not _is_filled(path):
        return True, False
    white, opaque = _colour(path)
    return white, opaque and _is_rectangle(path)


def _is_filled(path: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    known = raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke))
    return not known or bool(fill.value)


def _colour(path: Any) -> tuple[bool, bool]:
    """Return whether a path is filled with white (or nothing), and whether it hides what lies under it."""
    colours = [ctypes.c_uint() for _ in range(4)]
    if not raw.FPDFPageObj_GetFillColor(path, *map(ctypes.byref, colours)):
        return False, False
    *shades, alpha = (colour.value for colour in colours)
    opaque = alpha >= _OPAQUE and not raw.FPDFPageObj_HasTransparency(path)
    return min(shades) >= WHITE or alpha == 0, opaque


def _is_rectangle(path: Any) -> bool:
    number = raw.FPDFPath_CountSegments(path)
    if not 4 <= number <= 6:
        return False
    points = list(_points([raw.FPDFPath_GetPathSegment(path, at) for at in range(number)]))
    across, up = {round(x, 1) for x, _ in points}, {round(y, 1) for _, y in points}
    return len(across) == len(up) == 2


def _holds(boxes: NDArray[np.float64], sides: Sides) -> NDArray[np.bool_]:
    """Tell which boxes hold the middle of a character."""
    across, up = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    left, bottom, right, top = boxes.T
    inside: NDArray[np.bool_] = (left <= across) & (across <= right) & (bottom <= up) & (up <= top)
    return inside


def _areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
