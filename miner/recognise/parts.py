"""Two names compared part by part: what the longer has and the shorter lacks, which regions and legal forms they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from miner.language.gazetteer import words_of
from miner.language.name_forms import abbreviates, known_company, without_regions
from miner.language.name_tokens import NameToken, name_tokens

_LEGAL = {"集团": "g", "股份": "s", "控股": "h", "有限": "y", "公司": "c"}
"""The words of a legal form, in short."""


def part_signs(short: str, full: str) -> Iterator[str]:
    """Yield what the parts of one folded name are to those of the other: which are lacking, which are written shorter."""
    mine, theirs = name_tokens(short), name_tokens(full)
    match = matched(mine, theirs)
    lacking, own = _kinds(match.lacking), _kinds(match.own)
    yield f"lacks {lacking}"
    yield f"has its own {own}"
    yield f"lacks {lacking}, has its own {own}"
    yield from (f"lacks a {kind}" for kind in set(lacking))
    yield from (f"has its own a {kind}" for kind in set(own))
    yield from (f"written shorter {way}" for way in match.shorter)
    if not match.in_order:
        yield "parts in another order"
    yield from _places(match.lacking, theirs)
    yield from _forms(mine, theirs, match)


def _places(lacking: Sequence[NameToken], theirs: Sequence[NameToken]) -> Iterator[str]:
    """Yield where in the longer name the parts stand that the shorter lacks."""
    if not lacking:
        return
    last = next((token for token in reversed(theirs) if token.kind != "L"), None)
    yield "the last part is lacking" if lacking[-1] == last else "an inner part is lacking"
    if theirs[0] == lacking[0]:
        known = theirs[0].kind == "O" and known_company(theirs[0].text) is not None
        yield f"the first part is lacking, {'a known name' if known else theirs[0].kind}"


def _forms(mine: Sequence[NameToken], theirs: Sequence[NameToken], match: PartsMatch) -> Iterator[str]:
    """Yield what the legal forms of two names say."""
    legal = f"legal {_legal(mine)} and {_legal(theirs)}"
    yield legal
    if not (match.lacking or match.own or match.shorter):
        yield f"the same parts, {legal}"
    if _is_registered(mine) and _is_registered(theirs):
        yield f"two registered names, lacks {_kinds(match.lacking)}, has its own {_kinds(match.own)}"
        yield f"two registered names, {'other' if match.lacking or match.own else 'the same'} parts"


def _is_registered(tokens: Sequence[NameToken]) -> bool:
    form = _legal(tokens)
    return "c" in form and ("y" in form or "s" in form)


def _legal(tokens: Sequence[NameToken]) -> str:
    form = "".join(token.text for token in tokens if token.kind == "L")
    return "".join(letter for word, letter in _LEGAL.items() if word in form) or "-"


def _kinds(tokens: Sequence[NameToken]) -> str:
    return "".join(sorted(token.kind for token in tokens)) or "-"


class PartsMatch(NamedTuple):
    """How the parts of two names answer to each other, legal forms left out."""

    lacking: list[NameToken]
    """Parts of the longer name that the shorter has not."""
    own: list[NameToken]
    shorter: list[str]
    in_order: bool


def matched(mine: Sequence[NameToken], theirs: Sequence[NameToken]) -> PartsMatch:
    """Lay the parts of a shorter name onto those of a longer one: equal ones first, then those written shorter."""
    free = dict(enumerate(_named(theirs)))
    own: list[NameToken] = []
    shorter: list[str] = []
    places: list[int] = []
    for token in _named(mine):
        at = _first(free, token, _same)
        if at is None and (at := _first(free, token, _alike)) is not None:
            shorter.append(_way(token, free[at]))
        if at is None:
            own.append(token)
        else:
            del free[at]
            places.append(at)
    return PartsMatch(list(free.values()), own, shorter, places == sorted(places))


def _named(tokens: Sequence[NameToken]) -> list[NameToken]:
    return [token for token in tokens if token.kind != "L"]


def _first(
    free: Mapping[int, NameToken], token: NameToken, agree: Callable[[NameToken, NameToken], bool]
) -> int | None:
    return next((at for at, other in free.items() if agree(token, other)), None)


def _same(one: NameToken, other: NameToken) -> bool:
    """Tell whether two parts are equal; a region may be written with its unit or without."""
    both_regions = one.kind == other.kind == "R"
    return one.text == other.text or (
        both_regions and (one.text.startswith(other.text) or other.text.startswith(one.text))
    )


def _alike(one: NameToken, other: NameToken) -> bool:
    """Tell whether the one abbreviates the other, or most of their characters are the same."""
    if "R" in (one.kind, other.kind):
        return False
    short, full = sorted((one.text, other.text), key=len)
    return in_order(short, full) or len(set(short) & set(full)) >= max(2, len(short) - 1)


def _way(one: NameToken, other: NameToken) -> str:
    inside = "in" if one.text in other.text else "holds" if other.text in one.text else "apart"
    return f"{inside} {one.kind}{other.kind}"


def in_order(short: str, full: str) -> bool:
    """Tell whether the characters of one text are in another, in their order.

    >>> in_order("妇联", "妇女联合会"), in_order("联妇", "妇女联合会")
    (True, False)
    """
    letters = iter(full)
    return all(letter in letters for letter in short)


def region_signs(short: str, full: str) -> Iterator[str]:
    """Yield how the regions of two bodies answer to each other, and whether a bare 市委 fits the body of a named city."""
    mine, theirs = name_tokens(short), name_tokens(full)
    own, others = _of_kind(mine, "R"), _of_kind(theirs, "R")
    yield f"regions {_levels(own)} and {_levels(others)}"
    if own and others:
        yield "same last region" if _same(own[-1], others[-1]) else "another last region"
    bare, rest = _without(mine), _without(theirs)
    if bare == rest:
        yield "the same without regions"
    elif min(len(bare), len(rest)) > 1 and abbreviates(*sorted((bare, rest), key=len)):
        yield "abbreviates without regions"
    if is_bare(short) and not full.startswith(short[0]):
        yield from _bare_unit(short, full, others)


def is_bare(name: str) -> bool:
    """Tell whether a body's name begins with the unit of a region that it does not name: 市公安局."""
    return name[0] in words_of("name_forms", "region_end")


def _bare_unit(short: str, full: str, regions: Sequence[NameToken]) -> Iterator[str]:
    fits = bool(regions) and regions[-1].text.endswith(short[0])
    yield "the unit is the longer's" if fits else "the unit is not the longer's"
    tail = full.endswith((short, short[1:])) or without_regions(full) in (short, short[1:])
    yield f"a unit and {'the same' if tail else 'another'} body, {'its own' if fits else 'another'} region"


def fits_unit(bare: str, full: str) -> bool:
    """Tell whether a bare 市公安局 may be the body of a named city.

    >>> fits_unit("市公安局", "上海市公安局"), fits_unit("州公安局", "上海市公安局")
    (True, False)
    """
    regions = _of_kind(name_tokens(full), "R")
    own = bool(regions) and regions[-1].text.endswith(bare[0])
    return own and (full.endswith((bare, bare[1:])) or abbreviates(bare[1:], without_regions(full)))


def _of_kind(tokens: Sequence[NameToken], kind: str) -> list[NameToken]:
    return [token for token in tokens if token.kind == kind]


def _without(tokens: Sequence[NameToken]) -> str:
    return "".join(token.text for token in tokens if token.kind != "R")


def _levels(regions: Sequence[NameToken]) -> str:
    return "".join(token.text[-1] if is_bare(token.text[-1]) else "-" for token in regions)
