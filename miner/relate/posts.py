"""Who holds which title at which body, as the text says it.

Titles are read leftwards from a name (徐汇区委副书记、区长骆晓岚), piece by piece: a title, the body that stands before it, a
joint (、 or 兼), the next title. A piece without a body of its own belongs to the body before it, unless a party body
cannot hold it (区委副书记、区长). Titles after a name count as well (习近平总书记; 施一丁，某协会会长; 张三任某公司总裁), a
list of names can share one title (区领导黄河、苏敏), and 公司 or 其 before a title means the company last spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from miner.language.fold import fold
from miner.language.gazetteer import gazetteer, words_of
from miner.language.words import tagged
from miner.model import FIELDS, Annotated, Mention, Post
from miner.offsets import Span

_MAX_MODIFIER = 16
_JOINT = re.compile(r"\s?(?:、|兼任|兼|暨|及|和|,)\s?$")
_TIGHT_JOINT = re.compile(r"\s?(?:、|兼任|兼|暨)\s?$")
_CLAUSE = re.compile(r"[,。;:!?\n、“”《》]")
_BREAKS = re.compile(r"[,。;:!?\n、“”《》()]|(?:的|了|在|是|由|对|向|为|给|被|把|称|说)")
_PARTY = re.compile(r"(?:省|市|区|县|镇|州|党|中央|自治区)委$|中共中央$|党组$|党工委$|支部$")
_STATE_TITLE = re.compile(
    r"(?:区|市|县|省|镇|乡|州|自治区主席|局|部|厅|司|处|科|所|主任|主席|总理|总统|委员长|政协主席)长?$"
)
_UNIT = re.compile(r"[\u4e00-\u9fff]{1,14}(?:处|科|司|室|局|学院|系|所|办|组|中心|委员会|分会|委|院|部)$")
_UNIT_HEADS = frozenset({"主任", "处长", "科长", "室长", "部长", "所长", "站长", "司长", "课长"})
_DEPUTY = re.compile(r"(?:常务副|执行副|副|原|代|前)+$")
_BRANCH = re.compile(
    r"[\u4e00-\u9fffa-z]{0,8}(?:区域总部|总部|事业群|事业部|分公司|子公司|分行|支行|分部|制造基地|研究院|研究所)$"
)
"""A part of a company with a name of its own: it is the body of the post (中国能建华南区域总部|总经理)."""
_SMALL = frozenset({"事业部", "总部", "分公司", "子公司", "研究院", "研究所", "分行", "支行"})
"""Parts without a name of their own: they stay in the title, unless the title is their head's."""
_COREF = re.compile(
    r"(?:该|本|这家|这一|我们|上述)?(?:公司|企业|集团|品牌|机构)$|其$|该(?:司|行|所)$|(?:同事|搭档)、$"
)
_COREF_BODY = re.compile(
    r"(?:该|本|这家|这一)?(中心|委员会|实验室|联席会|协会|联盟|学会|商会|联合会|基金会|研究院|研究所|大学|学院|医院)$"
)
_ROLE = re.compile(r"(?:企业|公司|机构|集团|平台|工厂|单位|商会|协会|学校|医院|银行|事务所|车企|药企)$")
_SHARED = re.compile(
    r"(?:领导|^副.{1,3}$|^前.{2,6}$|委员|常委|代表|专家|教授|院士|学者|研究员|设计师|律师|艺术家|演员|志愿者|创始人|合伙人|工程师|技师|学生|研究生|队员|运动员|选手|导演|作家|诗人|画家|大使|财长|外长|董事|监事|顾问|职员|员工|店员)$"
)
_IN_CHARGE = re.compile(r"(?:负责|主管|分管)[^,。;:!?、“”]{1,14}的$")
_TAKES = re.compile(r"(?:担任|出任|任职|就任|时任|曾任)[^,。;:!?“”]{0,30}$")
_OF_THE_FIRM = re.compile(r"(?:该|这家|本)?(?:公司|企业|集团|机构)的")
_APPOSED = re.compile(
    r"\s?(?:,\s?|\(\s?|(?:是|为|系|现任|时任|曾任|(?:当时|后来|一度)?(?:曾经?|一直|长期|现)?担任|被选为|被推选为|任|出任|就任|当选为?|获任|升任|被任命为|受聘为|受聘担任|接任|兼任)(?:了)?\s?)(?:现任|时任|曾任|任|原|新任)?"
)
_BE = re.compile(
    r"\s?(?:(?:当时|后来|一度)?(?:曾经?|一直|长期|现)?担任|被选为|被推选为|是|为|系|现任|时任|曾任|任|担任|出任|就任|当选|获任|升任|被任命|受聘|接任|兼任)"
)
_NOT_POSTS = frozenset(
    {
        "代表",
        "先生",
        "女士",
        "小姐",
        "夫人",
        "老师",
        "博士",
        "同志",
        "记者",
        "同学",
        "师傅",
        "学生",
        "老人",
        "编辑",
        "作者",
        "助理",
        "秘书",
    }
)
_MINISTER = re.compile(r"部长|大臣|国务秘书")
_STATE_HEADS = frozenset({"国家主席", "国家副主席"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """One title with the body written before it."""

    start: int
    title: Span
    body: Span | None = None
    mention: Mention | None = None
    text: str = ""


@dataclass(slots=True)
class _Field:
    """What the grammar looks at in one field."""

    name: str
    text: str
    folded: str
    people: list[Mention]
    bodies: list[Mention]
    ends: dict[int, Mention] = field(default_factory=dict)
    starts: dict[int, Mention] = field(default_factory=dict)
    title_starts: dict[int, int] = field(default_factory=dict)
    """Where the longest title that ends at an offset begins."""
    title_ends: dict[int, int] = field(default_factory=dict)
    bare_bodies: dict[int, int] = field(default_factory=dict)
    """Where bodies that are no mentions (区委 before a title) begin, by their ends."""


def find_posts(annotated: Annotated) -> tuple[Post, ...]:
    """Return the posts of an article in text order, each once for a person, title and body."""
    found: list[Post] = []
    for name in FIELDS:
        view = _view(annotated, name)
        if view is not None:
            found.extend(_posts_of(annotated, view))
    unique: dict[tuple[int, str, str], Post] = {}
    for post in found:
        unique.setdefault((post.person, fold(post.title), fold(post.organization_text)), post)
    return tuple(_without_repeats(list(unique.values())))


def _without_repeats(posts: list[Post]) -> Iterator[Post]:
    """Leave out a post without a body whose title the same person holds at a named one."""
    placed = {(post.person, fold(post.title)) for post in posts if post.organization_text}
    for post in posts:
        if post.organization_text or (post.person, fold(post.title)) not in placed:
            yield post


def _view(annotated: Annotated, name: str) -> _Field | None:
    mentions = [mention for mention in annotated.mentions if mention.field == name]
    people = [mention for mention in mentions if mention.label == "person"]
    if not people:
        return None
    text = annotated.article.text(name)
    view = _Field(
        name, text, fold(text), people, [mention for mention in mentions if mention.label != "person"]
    )
    view.ends = {mention.span.end: mention for mention in view.bodies}
    view.starts = {mention.span.start: mention for mention in view.bodies}
    for hit in gazetteer().hits(view.folded):
        if hit.term.kind == "title":
            view.title_starts[hit.end] = min(hit.start, view.title_starts.get(hit.end, hit.start))
            view.title_ends[hit.start] = max(hit.end, view.title_ends.get(hit.start, hit.end))
        elif hit.term.kind == "body" and hit.term.sort in ("party", "government", "ministry"):
            view.bare_bodies[hit.end] = min(hit.start, view.bare_bodies.get(hit.end, hit.start))
    return view


def _posts_of(annotated: Annotated, view: _Field) -> Iterator[Post]:
    shared: list[_Piece] = []
    previous: Mention | None = None
    body_before: _Piece | None = None
    for person in view.people:
        gap = view.folded[previous.span.end : person.span.start] if previous else None
        chained = (
            gap is not None
            and re.fullmatch(r"\s?(?:\([^()]{0,30}\))?\s?(?:、|和|与|及|以及)\s?", gap) is not None
        )
        pieces = _pieces_before(view, person.span.start)
        if not pieces and chained:
            pieces = [piece for piece in shared if _SHARED.search(piece.title.of(view.folded))]
        elif pieces and pieces[0].body is None and previous is not None and body_before is not None:
            between = view.folded[previous.span.end : pieces[0].start]
            if re.fullmatch(r"\s?(?:\([^()]{0,30}\))?\s?(?:、|和|与|及|以及)\s?", between):
                pieces = [_with_body(view, pieces[0], body_before), *pieces[1:]]
        after = list(_pieces_after(view, person.span.end))
        for piece in (*pieces, *after):
            yield _post(annotated, view, person, piece)
        shared = pieces
        placed = [piece for piece in pieces if piece.body is not None]
        body_before = placed[-1] if placed else body_before if chained else None
        previous = person


def _with_body(view: _Field, piece: _Piece, other: _Piece) -> _Piece:
    if other.body is None or not _may_hold(view, other.body, piece.title):
        return piece
    return _Piece(piece.start, piece.title, other.body, other.mention, other.text)


def _pieces_before(view: _Field, end: int) -> list[_Piece]:
    """Read the titles that end where a name begins, and their bodies, from right to left; return them in text order."""
    pieces: list[_Piece] = []
    at = end
    while at > 0 and view.folded[at - 1] == " ":
        at -= 1
    if (
        at > 1
        and view.folded[at - 1] == "的"
        and at - 1 in view.title_starts
        and _TAKES.search(view.folded, max(0, at - 48), view.title_starts[at - 1])
    ):
        at -= 1
    while len(pieces) < 8:
        start = view.title_starts.get(at)
        if start is None:
            break
        piece = _piece(view, start, at)
        pieces.append(piece)
        edge = _before_setting(view, piece)
        joint = (_TIGHT_JOINT if piece.body is None else _JOINT).search(view.folded, max(0, edge - 3), edge)
        if joint is None or view.title_starts.get(joint.start()) is None:
            break
        at = joint.start()
    return _joined(view, pieces[::-1])


def _before_setting(view: _Field, piece: _Piece) -> int:
    """Return where a piece begins, with words before its body that belong to the body's full name (进博会|…领导小组办公室)."""
    if piece.body is None:
        return piece.start
    at = piece.start
    while at > max(0, piece.start - 10) and not _BREAKS.match(view.folded, at - 1):
        if view.folded[at - 1] in "兼暨" and at - 1 in view.title_starts:
            return at
        at -= 1
    return at if at > 0 and view.folded[at - 1] == "、" else piece.start


def _piece(view: _Field, start: int, end: int) -> _Piece:
    """Return the title that ends at `end`, grown over its modifiers, with the body before it."""
    if view.folded[start:end] in _STATE_HEADS:
        return _Piece(start, Span(start, end))
    inner = _mention_inside(view, start, end)
    if inner is not None:
        return _Piece(inner.span.start, Span(inner.span.end, end), inner.span, inner)
    core = start
    start = _over_modifiers(view, start)
    charge = _IN_CHARGE.search(view.folded, max(0, start - 20), start)
    if charge is not None and charge.start() in view.ends and view.ends[charge.start()].label != "place":
        paid = view.ends[charge.start()]
        return _Piece(paid.span.start, Span(start, end), paid.span, paid)
    body = _body_ending(view, start)
    if body is not None:
        if body.label == "place":
            owner = view.ends.get(body.span.start)
            if owner is not None and owner.label != "place":
                return _Piece(owner.span.start, Span(body.span.start, end), owner.span, owner)
        return _with_part(view, body, Span(start, end), core) or _Piece(
            body.span.start, Span(start, end), body.span, body
        )
    bare = view.bare_bodies.get(start)
    if bare is not None and start - bare >= 2:
        return _Piece(bare, Span(start, end), Span(bare, start))
    near = _nearest_body(view, start)
    if near is not None:
        parted = _with_part(view, near, Span(start, end), core)
        if parted is not None:
            return parted
        between = Span(near.span.end, start)
        if near.label == "organization" and _UNIT.fullmatch(between.of(view.folded)):
            return _Piece(near.span.start, Span(start, end), Span(near.span.start, start), near)
        return _Piece(near.span.start, Span(near.span.end, end), near.span, near)
    return _unnamed(view, start, end)


def _mention_inside(view: _Field, start: int, end: int) -> Mention | None:
    """Return the body that a title's first characters belong to (盐湖市委|书记, where 市委书记 is a title as well)."""
    for at in range(end - 2, start, -1):
        mention = view.ends.get(at)
        if (
            mention is not None
            and mention.label == "organization"
            and mention.span.start < start
            and at in view.title_ends
        ):
            return mention
    return None


def _with_part(view: _Field, body: Mention, title: Span, core: int) -> _Piece | None:
    """Return the title with the part of its body that stands between both: a unit, or a branch of a company. None when none does."""
    start = body.span.end
    head = _head_start(view, start, core)
    if _unit(view, start, head, core, title.end):
        return _Piece(body.span.start, Span(head, title.end), Span(body.span.start, head), body)
    branch = _branch(view, start, title.start, core) if body.label == "enterprise" else None
    if branch is None:
        return None
    return _Piece(body.span.start, Span(branch, title.end), Span(body.span.start, branch), body)


def _branch(view: _Field, start: int, title: int, core: int) -> int | None:
    """Return where the part of a company that stands between its name and a title ends, None when there is none."""
    for at in range(core, start + 1, -1):
        match = _BRANCH.fullmatch(view.folded, start, at)
        if match is not None and view.folded[start:at] not in _SMALL:
            return at
    return None


def _head_start(view: _Field, start: int, core: int) -> int:
    """Return where a head's title begins with its 副 and the like (货币信贷处|副处长)."""
    deputy = _DEPUTY.search(view.folded, start, core)
    return deputy.start() if deputy else core


def _unit(view: _Field, start: int, head: int, core: int, end: int) -> bool:
    """Tell whether what stands between a body and a head's title is the body's unit (国家电网|物资部|主任)."""
    if view.folded[core:end] not in _UNIT_HEADS:
        return False
    small = view.folded[start:head] in _SMALL
    return not small and _UNIT.fullmatch(view.folded, start, head) is not None


def _over_modifiers(view: _Field, start: int) -> int:
    modifiers = words_of("titles", "modifier")
    floor = start - _MAX_MODIFIER
    while start > 0 and start > floor:
        if start in view.ends and view.ends[start].label != "place":
            break
        for length in range(min(8, start), 0, -1):
            if view.folded[start - length : start] in modifiers:
                crossing = any(
                    start - length < e < start and m.label != "place"
                    for e, m in _ends_near(view, start, length)
                )
                if not crossing:
                    start -= length
                    break
        else:
            if start > 1 and view.folded[start - 1] in "及和与" and _modifier_ends(view, start - 1):
                start -= 1
                continue
            break
    return start


def _modifier_ends(view: _Field, end: int) -> bool:
    return any(
        view.folded[max(0, end - length) : end] in words_of("titles", "modifier") for length in range(2, 7)
    )


def _ends_near(view: _Field, start: int, length: int) -> Iterator[tuple[int, Mention]]:
    for end in range(start - length + 1, start):
        if end in view.ends:
            yield end, view.ends[end]


def _body_ending(view: _Field, end: int) -> Mention | None:
    at = end
    if at > 0 and view.folded[at - 1] == ")":
        opening = view.folded.rfind("(", max(0, at - 40), at)
        at = opening if opening > 0 and opening in view.ends else at
    if (
        at > 0
        and view.folded[at - 1] == "的"
        and at - 1 in view.ends
        and view.ends[at - 1].label in ("enterprise", "organization")
    ):
        return view.ends[at - 1]
    return view.ends.get(at)


def _nearest_body(view: _Field, start: int) -> Mention | None:
    named = {person.span.end for person in view.people}
    for at in range(start - 1, max(0, start - _MAX_MODIFIER) - 1, -1):
        if at in named or _BREAKS.match(view.folded, at):
            return None
        mention = view.ends.get(at)
        if mention is not None:
            minister = (
                mention.label == "place"
                and start - at <= 6
                and _MINISTER.match(view.folded, start) is not None
            )
            return mention if mention.label in ("enterprise", "organization") or minister else None
    return None


def _unnamed(view: _Field, start: int, end: int) -> _Piece:
    """Return a title whose body is a bare word (公司, 其), a description (某租赁企业) or not written at all."""
    left = view.folded[max(0, start - 12) : start]
    coref = _COREF.search(left)
    corporate = view.folded[start:end] not in words_of("titles", "honour") and _is_corporate(
        view.folded[start:end]
    )
    named = _COREF_BODY.search(left)
    if named:
        told = _last_ending(view, start - len(named.group()), named[1])
        if told is not None:
            return _Piece(start - len(named.group()), Span(start, end), told.span, told)
    if coref:
        described = _described(view, start)
        if described is not None and described.end - described.start > coref.end() - coref.start() + 1:
            return _Piece(described.start, Span(start, end), described, None)
        known = _last_enterprise(view, start)
        if known is not None:
            return _Piece(start - len(coref.group()), Span(start, end), known.span, known)
        return _Piece(start - len(coref.group()), Span(start, end))
    if _ROLE.search(left):
        described = _described(view, start)
        if described is not None:
            return _Piece(described.start, Span(start, end), described, None)
    if corporate and (
        start == 0 or (_CLAUSE.match(view.folded, start - 1) and view.folded[start - 1] != "、")
    ):
        known = _last_enterprise(view, start)
        if known is not None:
            return _Piece(start, Span(start, end), known.span, known)
    return _Piece(start, Span(start, end))


def _is_corporate(title: str) -> bool:
    return any(
        title.endswith(word)
        for word in (
            "总裁",
            "总监",
            "总经理",
            "经理",
            "董事长",
            "ceo",
            "执行官",
            "创始人",
            "董事",
            "官",
            "合伙人",
        )
    )


def _last_enterprise(view: _Field, before: int) -> Mention | None:
    """Return the company last spoken of: in this paragraph, or else in the one before."""
    floor = view.folded.rfind("\n", 0, before)
    floor = view.folded.rfind("\n", 0, floor) if floor > 0 else floor
    last = None
    for mention in view.bodies:
        if mention.span.end > before:
            break
        if mention.label == "enterprise" and mention.span.start > floor:
            last = mention
    return last


def _last_ending(view: _Field, before: int, word: str) -> Mention | None:
    """Return the organization last named whose name ends with a word: 协会 after 上海市新能源行业协会."""
    last = None
    for mention in view.bodies:
        if mention.span.end > before:
            break
        if mention.label == "organization" and mention.span.of(view.folded).endswith(word):
            last = mention
    return last


def _described(view: _Field, end: int) -> Span | None:
    """Return a described body (河南某私营工程租赁企业) that ends where a title begins."""
    floor = max(0, end - 24)
    for match in _CLAUSE.finditer(view.folded, floor, end):
        floor = match.end()
    words = tagged(view.folded[floor:end])
    start = end
    for word, tag, at in zip(
        reversed(words.words), reversed(words.tags), reversed(words.starts), strict=True
    ):
        if (word in words_of("naming", "stop") and word not in ("某", "一家", "家")) or tag in (
            "p",
            "c",
            "uj",
            "ul",
            "d",
        ):
            break
        if tag == "v" and word not in words_of("naming", "name_verb"):
            break
        start = floor + at
    return Span(start, end) if end - start > 2 else None


def _joined(view: _Field, pieces: list[_Piece]) -> list[_Piece]:
    """Join titles of one body (党委书记、董事长) and keep those apart that the body before cannot hold."""
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and piece.body is None and joined[-1].body is not None:
            last = joined[-1]
            if last.body is not None and not _may_hold(view, last.body, piece.title):
                joined.append(piece)
            else:
                joined[-1] = _Piece(
                    last.start, Span(last.title.start, piece.title.end), last.body, last.mention
                )
        elif joined and piece.body is None and joined[-1].body is None:
            joined[-1] = _Piece(joined[-1].start, Span(joined[-1].title.start, piece.title.end))
        else:
            joined.append(piece)
    return joined


def _may_hold(view: _Field, body: Span, title: Span) -> bool:
    """Tell whether a body has such a title: a party committee has no mayor."""
    words = title.of(view.folded)
    return not (_PARTY.search(body.of(view.folded)) and _STATE_TITLE.search(words) and "书记" not in words)


def _pieces_after(view: _Field, end: int) -> Iterator[_Piece]:
    """Yield the titles that follow a name: directly, after a comma or bracket, or after 任 and its like."""
    direct = view.title_ends.get(end)
    if (
        direct is not None
        and view.folded[end:direct] not in _NOT_POSTS
        and direct not in {p.span.start for p in view.people}
    ):
        yield _Piece(end, Span(end, direct))
        return
    link = _APPOSED.match(view.folded, end)
    if link is None:
        return
    be = _BE.match(view.folded, end) is not None
    start = link.end()
    clause = _CLAUSE.search(view.folded, start)
    stop = clause.start() if clause else len(view.folded)
    mention = view.starts.get(start)
    firm = _OF_THE_FIRM.match(view.folded, start) if be else None
    told = _last_enterprise(view, start) if firm is not None else None
    if firm is not None and told is not None:
        mention, title_at = told, firm.end()
    elif mention is not None and mention.span.end <= stop:
        title_at = mention.span.end + (be and view.folded.startswith("的", mention.span.end))
    elif be:
        title_at = start
    else:
        return
    title_end = _chain_end(view, title_at, stop)
    if title_end is None or (
        not be and view.folded[title_end : title_end + 1] not in (",", "。", ")", ";", "\n", "")
    ):
        return
    title = Span(title_at, title_end)
    if _BREAKS.search(title.of(view.folded).replace("、", "")) or any(
        p.span.start == title_end for p in view.people
    ):
        return
    yield _Piece(start, title, mention.span if mention else None, mention)


def _chain_end(view: _Field, start: int, stop: int) -> int | None:
    """Return where the titles that begin near `start` end: 董事长、总经理 counts as one chain."""
    end = next(
        (e for e in range(min(stop, start + _MAX_MODIFIER), start, -1) if e in view.title_starts), None
    )
    while end is not None and view.folded[end : end + 1] in ("、", "兼"):
        following = next(
            (e for e in range(end + 10, end + 1, -1) if view.title_starts.get(e, -1) > end), None
        )
        if following is None:
            break
        end = following
    return end


def _post(annotated: Annotated, view: _Field, person: Mention, piece: _Piece) -> Post:
    title, body, mention = piece.title, piece.body, piece.mention
    folded_title = title.of(view.folded)
    start = min(piece.start, person.span.start)
    organization = (
        mention.entity if mention is not None and body is not None and body == mention.span else None
    )
    return Post(
        article_id=annotated.article.id,
        field=view.name,
        span=Span(start, max(person.span.end, title.end)),
        person=person.entity,
        title=title.of(view.text).strip(),
        organization_text=body.of(view.text) if body is not None else "",
        organization=organization if folded_title else None,
        confidence=0.9 if mention is not None else 0.75,
    )
