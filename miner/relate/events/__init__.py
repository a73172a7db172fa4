"""What is told as an event: candidates → decision → cast → time."""

from miner.relate.events.explain import EventAccount, explain_events
from miner.relate.events.report import find_events

__all__ = ["EventAccount", "explain_events", "find_events"]
