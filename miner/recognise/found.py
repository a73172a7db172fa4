"""What a rule or a model proposes as a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from miner.offsets import Span
from miner.text import AnnotatedText

_BEFORE_BRAND = re.compile(
    r"(?:企业|公司|品牌|巨头|展商|参展商|车企|药企|集团|厂商|机构|供应商|零售商|走进|走访|参观|来自)[“\"]?$"
)
_AFTER_BRAND = re.compile(
    r"[”\"]?(?:集团|公司|展台|展位|展区|品牌|等(?:企业|品牌|公司|展台|\d)|中国区|大中华区|亚太区|总裁|副总裁|董事长|总经理|首席|创始人|CEO|方面|负责人|相关负责人|"
    r"带来|首发|首次参展|连续\w届参展|展出|携|推出|参展|宣布|在华|旗下|亮相|与[^,。]{1,12}签|签约|[(][a-z])"
)


@dataclass(slots=True)
class Found:
    """A name that some rule or model proposes: what it is, who says so, and how sure that is (0 to 1).

    Never changed once made; not frozen, because a frozen one takes three times as long to make, and there are many.
    """

    start: int
    end: int
    label: str
    method: str
    confidence: float

    @property
    def span(self) -> Span:
        """The characters of the passage that it covers."""
        return Span(self.start, self.end)

    def shifted(self, by: int) -> Found:
        """Return it moved by `by` characters."""
        return replace(self, start=self.start + by, end=self.end + by)


def acts_as_company(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether the words around a stretch speak of it as of a company: 企业…, …展台, …总裁, …带来."""
    before = _BEFORE_BRAND.search(passage.folded, max(0, start - 8), start)
    return before is not None or _AFTER_BRAND.match(passage.folded, end) is not None
