"""What is told as an event: candidates → decision → cast → time."""

from miner.relate.events.report import find_events

__all__ = ["find_events"]
