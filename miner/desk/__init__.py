"""The office's desk: its list of target enterprises, what the coverage says of them, and the workbook it keeps.

An office that courts exhibitors keeps three things by hand: a base of enterprises, a list of targets with a plan of
contacts, and a record of each target before, during and after an expo. All three come out of the database here. What the
office itself wrote (who is in charge, which stage, what is next) lies in tables of its own, which no run touches.
"""

from __future__ import annotations

__all__ = ["MATCHED"]

MATCHED = {
    "sure": "一致",
    "confirmed": "已确认",
    "doubtful": "待确认",
    "none": "未见报道",
    "refused": "已否定",
}
"""How a target is matched to an enterprise, by the code in `targets.matched`."""
