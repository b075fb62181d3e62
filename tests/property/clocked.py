# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Conditions of which the clock decides a part: in the store's zone, in a named
one, or in that which an attribute of the customer names."""

import datetime
from dataclasses import dataclass
from typing import Any, Union
from zoneinfo import ZoneInfo

import language as cel
from histories import ZONES
from oracle import EPOCH, MICRO
from windowed import Windowed

# The attribute of histories that names a zone now and then.
PLACE = "country"
NAMED = [*ZONES, "Asia/Tokyo", "+05:30"]

PARTS = {
    "getFullYear": (lambda it: it.year, range(1969, 2030)),
    "getMonth": (lambda it: it.month - 1, range(12)),
    "getDate": (lambda it: it.day, range(1, 32)),
    "getDayOfMonth": (lambda it: it.day - 1, range(31)),
    "getDayOfWeek": (lambda it: it.isoweekday() % 7, range(7)),
    "getDayOfYear": (lambda it: it.timetuple().tm_yday - 1, range(366)),
    "getHours": (lambda it: it.hour, range(24)),
    "getMinutes": (lambda it: it.minute, range(0, 60, 15)),
}


def clock_in(zone, us):
    """What a clock of the zone shows; a failure where there is no such zone."""
    if zone[:1] in ("+", "-"):
        sign = -1 if zone[0] == "-" else 1
        offset = sign * datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
        return EPOCH + us * MICRO + offset
    if zone not in NAMED:
        raise cel.Failure("zone")
    utc = (EPOCH + us * MICRO).replace(tzinfo=datetime.timezone.utc)
    return utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@dataclass
class ClockPart(cel.Node):
    name: str
    zone: Union[None, str, cel.Customer]  # None: the store's

    def text(self) -> str:
        if isinstance(self.zone, cel.Customer):
            return f"now.{self.name}({self.zone.text()})"
        return f"now.{self.name}({'zone' if self.zone is None else repr(self.zone)})"

    def value(self, env: cel.Env) -> Any:
        if self.zone is None:
            return PARTS[self.name][0](env.oracle.local(env.now))
        zone = self.zone if isinstance(self.zone, str) else self.zone.value(env)
        return PARTS[self.name][0](clock_in(zone, env.now))


class Clocked(Windowed):
    def condition(self):
        rng = self.rng
        parts = [self.clock() for _ in range(rng.choice([1, 1, 2, 3]))]
        parts += [self.part() for _ in range(rng.choice([0, 1, 1, 2]))]
        rng.shuffle(parts)
        made = parts[0]
        for part in parts[1:]:
            operator = rng.choice(["&&", "&&", "||"])
            if isinstance(made, cel.Logic) and made.operator == operator:
                made = cel.Logic(operator, [*made.operands, part])
            else:
                made = cel.Logic(operator, rng.sample([made, part], 2))
        return cel.Not(made) if rng.random() < 0.2 else made

    def clock(self):
        rng = self.rng
        if rng.random() < 0.15:
            instant = self.asker.history.asked()
            made = self.compared(cel.Now(), cel.Literal(type(self).instant(instant)))
        else:
            name = rng.choice(list(PARTS))
            if rng.random() < 0.4 or (name == "getMinutes" and rng.random() < 0.8):
                name = "getHours"
            zone = rng.choice([None, None, rng.choice(NAMED), cel.Customer(PLACE)])
            part = ClockPart(name, zone)
            values = PARTS[name][1]
            if rng.random() < 0.3:
                some = rng.sample(values, min(3, len(values)))
                made = cel.In(part, [cel.Literal(it) for it in some])
            else:
                made = self.compared(part, cel.Literal(rng.choice(values)))
        return cel.Not(made) if rng.random() < 0.2 else made

    @staticmethod
    def instant(us):
        return cel.Instant(us)
