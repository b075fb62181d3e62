# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Charts as SVG text, which a notebook or a browser shows: no library is needed."""

from __future__ import annotations

from html import escape
from typing import List, Optional, Sequence, Tuple

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 36, 40

Point = Tuple[str, Optional[float], Optional[float], Optional[float]]
"""A label, a value, and the interval that it lies in; None: there is none."""


def _steps(low: float, high: float) -> List[float]:
    """Round numbers that hold low to high, four to eight of them."""
    span = high - low or 1.0
    size = 10.0 ** len(str(int(span))) if span >= 1 else 1.0
    while True:
        for part in (1.0, 0.5, 0.2):
            step = size * part
            if span / step >= 3:
                first = int(low // step)
                last = max(-int(-high // step), first + 1)
                return [step * i for i in range(first, last + 1)]
        size /= 10


def _number(value: float) -> str:
    return f"{value:.6g}"


def line(points: Sequence[Point], *, title: str = "", percent: bool = False) -> str:
    """A line through the points from left to right, its intervals as a band.

    Where there is no value the line is broken. ``percent``: shares are shown as
    percentages.
    """
    values = [it for point in points for it in point[1:] if it is not None]
    steps = _steps(min(values, default=0.0), max(values, default=1.0))
    low, high = steps[0], steps[-1]
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(i: int) -> str:
        return _number(_LEFT + width * (i + 0.5) / max(1, len(points)))

    def y(value: float) -> str:
        return _number(_TOP + height * (high - value) / (high - low))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">{escape(title)}</text>',
    ]
    for step in steps:
        shown = f"{100 * step:.4g} %" if percent else f"{step:.4g}"
        parts.append(
            f'<path d="M{_LEFT} {y(step)}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 6}" y="{y(step)}" dy="4" text-anchor="end">{shown}</text>'
        )
    every = max(1, -(-len(points) // 8))
    for i in range(0, len(points), every):
        parts.append(
            f'<text x="{x(i)}" y="{_HEIGHT - 16}" text-anchor="middle">'
            f"{escape(points[i][0])}</text>"
        )
    run: List[int] = []
    for i, point in enumerate([*points, ("", None, None, None)]):
        if point[1] is not None:
            run.append(i)
            continue
        if run:
            parts += _run(points, run, x, y)
        run = []
    return "\n".join([*parts, "</svg>"])


def _run(points: Sequence[Point], run: List[int], x: object, y: object) -> List[str]:
    assert callable(x) and callable(y)
    parts = []
    if all(points[i][2] is not None and points[i][3] is not None for i in run):
        upper = [f"{x(i)} {y(points[i][3])}" for i in run]
        lower = [f"{x(i)} {y(points[i][2])}" for i in reversed(run)]
        parts.append(
            f'<path d="M{"L".join(upper + lower)}Z" fill="#2a6f97" fill-opacity="0.2"/>'
        )
    middle = [f"{x(i)} {y(points[i][1])}" for i in run]
    parts.append(
        f'<path d="M{"L".join(middle)}" fill="none" stroke="#2a6f97" stroke-width="2"/>'
    )
    parts += [f'<circle cx="{x(i)}" cy="{y(points[i][1])}" r="3" fill="#2a6f97"/>' for i in run]
    return parts
