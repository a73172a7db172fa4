"""What a rule or a model proposes as a name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from miner.offsets import Span


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
    evidence: str | None = None
    """What was kept of the decision (`grounds`)."""

    @property
    def span(self) -> Span:
        """The characters of the passage that it covers."""
        return Span(self.start, self.end)

    def shifted(self, by: int) -> Found:
        """Return it moved by `by` characters."""
        return replace(self, start=self.start + by, end=self.end + by)
