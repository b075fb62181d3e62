# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Who may be contacted, with what, and until when not.

The oracle keeps plain lists of what was said and done, and works out by brute
force whether an offer can be had at an instant: its dates, its stock with what is
given back, consents that lapse, caps in windows of the customer's own calendar,
quiet hours on her own clock, open complaints. Against it are held: every permit
asked for, every match, and `why_not`: what is in the way now, that no obstacle
falls before it says, and that nobody can get the offer before it is possible.
In the end the store as it was at each position is asked what was asked then.
"""

import datetime
import unittest
import zoneinfo
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

import harness
import trato
from trato import Money

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Clocks go back in Madrid on 30 October and in New York on 6 November 2011.
START = 1_319_500_800_000_000  # 2011-10-25 00:00 UTC
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICRO = datetime.timedelta(microseconds=1)
ZONES = ("Europe/Madrid", "America/New_York", "Asia/Tokyo", None)
PAGE, MAIL = "page", "mail"  # a page needs no address
FAR = 400 * DAY


def when(us):
    return EPOCH + us * MICRO


def back(us, span, zone):
    """So long before, by the calendar of the zone for days."""
    number, unit = int(span[:-1]), span[-1]
    if unit == "h":
        return us - number * HOUR
    local = when(us).astimezone(zone).replace(tzinfo=None)
    local -= datetime.timedelta(days=number)
    return int((local.replace(tzinfo=zone) - EPOCH) / MICRO)


@dataclass
class Policy:
    name: str
    channel: str = ""
    offer: str = ""
    group: str = ""
    at_most: Optional[int] = None
    within: str = ""
    quiet: Optional[Tuple[int, int]] = None
    complaint: bool = False


@dataclass
class Offer:
    name: str
    group: str
    channel: str  # of its only variant; "": it has none
    purpose: str
    since: int
    until: int
    stock: Optional[int]
    respond: Optional[int]  # hours


@dataclass
class Contact:
    at: int
    offer: str
    channel: str
    deadline: Optional[int] = None  # of a permit
    used: bool = False

    def counts(self, now):
        return self.deadline is None or self.used or now < self.deadline


@dataclass
class Person:
    name: str
    zone: zoneinfo.ZoneInfo
    contacts: List[Contact] = field(default_factory=list)
    consents: Dict[str, List[Tuple[int, Optional[int], bool]]] = field(
        default_factory=dict
    )
    complaints: List[Tuple[int, Optional[int]]] = field(default_factory=list)


class Oracle:
    def __init__(self):
        self.policies: List[Policy] = []
        self.offers: Dict[str, Offer] = {}
        self.taken: Dict[str, List[Tuple[int, Optional[int]]]] = {}

    def stands(self, policy, person, now):
        """Whether a policy is against contact now."""
        if policy.complaint and any(
            at <= now and (closed is None or closed > now)
            for at, closed in person.complaints
        ):
            return True
        if policy.quiet is not None:
            local = when(now).astimezone(person.zone)
            minute = local.hour * 60 + local.minute
            begin, end = policy.quiet
            inside = (
                begin <= minute < end
                if begin < end
                else minute >= begin or minute < end
            )
            if inside:
                return True
        if policy.at_most is None:
            return False
        since = back(now, policy.within, person.zone)
        met = 0
        for it in person.contacts:
            if not since < it.at <= now or not it.counts(now):
                continue
            if policy.channel and policy.channel != it.channel:
                continue
            if policy.offer and policy.offer != it.offer:
                continue
            if policy.group and policy.group != self.offers[it.offer].group:
                continue
            met += 1
        return met >= policy.at_most

    def of(self, offer, channel):
        for policy in self.policies:
            if policy.channel and policy.channel != channel:
                continue
            if policy.offer and policy.offer != offer.name:
                continue
            if policy.group and policy.group != offer.group:
                continue
            yield policy

    def consented(self, person, offer, channel, now):
        if not offer.purpose:
            return True
        state = False
        for at, until, granted in person.consents.get(channel, []):
            if at <= now:
                state = granted and (until is None or now < until)
        return state

    def may_contact(self, person, offer, channel, now):
        return self.consented(person, offer, channel, now) and not any(
            self.stands(policy, person, now) for policy in self.of(offer, channel)
        )

    def available(self, offer, now):
        if not offer.since <= now < offer.until:
            return False
        if offer.stock is None:
            return True
        taken = self.taken.get(offer.name, [])
        return offer.stock > sum(
            at <= now and (until is None or now < until) for at, until in taken
        )

    def can_have(self, person, offer, now):
        return self.available(offer, now) and self.may_contact(
            person, offer, offer.channel, now
        )


class Contacts(harness.PropertyCase):
    def make(self, random, store):
        oracle = Oracle()
        store.attributes.define("time_zone", "string", now=when(START))
        store.attributes.define("letterbox", "string", now=when(START))
        store.define_channel(PAGE, now=when(START))
        store.define_channel(MAIL, address="letterbox", now=when(START))
        store.consents.define_purpose("news", direct_marketing=True, now=when(START))
        people = []
        for i in range(4):
            zone = random.choice(ZONES)
            name = f"shop:{i}"
            store.attributes.set(name, "letterbox", f"box {i}", now=when(START))
            if zone:
                store.attributes.set(name, "time_zone", zone, now=when(START))
            people.append(Person(name, zoneinfo.ZoneInfo(zone or "UTC")))
        for i in range(random.randint(1, 4)):
            offer = Offer(
                f"o{i}",
                random.choice(["g", "h"]),
                random.choice([PAGE, MAIL]),
                random.choice(["", "", "news"]),
                START + random.choice([-DAY, -DAY, 5 * DAY]),
                START + random.choice([FAR * 9, 20 * DAY, 8 * DAY]),
                random.choice([None, 1, 3]),
                random.choice([None, 7, 50]),
            )
            oracle.offers[offer.name] = offer
            store.offers.define(
                offer.name,
                group=offer.group,
                products=["tea"],
                value=Money(500, "EUR"),
                purpose=offer.purpose,
                variants={offer.channel: "title"},
                valid_from=when(offer.since),
                valid_until=when(offer.until),
                stock=offer.stock,
                respond_within=f"{offer.respond}h" if offer.respond else "",
                now=when(START),
            )
        for i in range(random.randint(1, 4)):
            policy = Policy(f"p{i}")
            policy.channel = random.choice(["", "", PAGE, MAIL])
            policy.offer = random.choice(["", "", "o0"])
            policy.group = random.choice(["", "", "g"]) if not policy.offer else ""
            if random.random() < 0.8:
                policy.at_most = random.randint(0, 3)
                policy.within = random.choice(["1d", "2d", "7d", "5h", "36h"])
            if random.random() < 0.4:
                begin, end = random.sample(range(0, 1440, 15), 2)
                policy.quiet = (begin, end)
            policy.complaint = random.random() < 0.3
            if policy.at_most is None and not policy.quiet and not policy.complaint:
                policy.at_most, policy.within = 1, "1d"
            oracle.policies.append(policy)
            store.policies.define(
                policy.name,
                channel=policy.channel,
                offer=policy.offer,
                group=policy.group,
                at_most=policy.at_most,
                within=policy.within,
                quiet=policy.quiet
                and tuple(f"{it // 60:02}:{it % 60:02}" for it in policy.quiet),
                open_complaint="complaint" if policy.complaint else "",
                now=when(START),
            )
        return oracle, people

    def act(self, random, store, oracle, people, now):
        person = random.choice(people)
        offer = random.choice(list(oracle.offers.values()))
        at = {"now": when(now)}
        what = random.randrange(9)
        if what <= 1:
            self.permit(random, store, oracle, person, offer, now)
        elif what == 2:
            self.decide(store, oracle, person, random.choice([PAGE, MAIL]), now)
        elif what == 3:
            until = random.choice([None, now + random.randint(1, 9) * DAY // 2])
            store.consents.grant(
                person.name, "news", offer.channel,
                valid_until=until and when(until), **at)
            person.consents.setdefault(offer.channel, []).append((now, until, True))
        elif what == 4:
            store.consents.withdraw(person.name, "news", offer.channel, **at)
            person.consents.setdefault(offer.channel, []).append((now, None, False))
        elif what == 5 and random.random() < 0.5:
            fact = store.record(
                person.name, "complaint", channel=PAGE, direction="inbound", **at)
            self.told[person.name, len(person.complaints)] = fact
            person.complaints.append((now, None))
        elif what == 6 and person.complaints:
            which = random.randrange(len(person.complaints))
            begun, closed = person.complaints[which]
            if closed is None:
                store.record(
                    person.name, "message", channel=MAIL, direction="outbound",
                    reply_to=self.told[person.name, which], **at)
                person.complaints[which] = (begun, now)

    def permit(self, random, store, oracle, person, offer, now):
        hours = random.randint(1, 60)
        expected = oracle.may_contact(person, offer, offer.channel, now)
        try:
            permit = store.permits.give(
                person.name, channel=offer.channel, offer=offer.name,
                lasts=f"{hours}h", now=when(now))
            given = True
        except trato.FailedPrecondition:
            given = False
        self.assertEqual(given, expected, (person, offer, when(now)))
        harness.compared("permits")
        if not given:
            return
        contact = Contact(now, offer.name, offer.channel, now + hours * HOUR)
        person.contacts.append(contact)
        if random.random() < 0.5:
            store.permits.use(permit, now=when(now + 1))
            contact.used = True

    def decide(self, store, oracle, person, channel, now):
        left = {
            offer.name
            for offer in oracle.offers.values()
            if offer.channel == channel and oracle.can_have(person, offer, now)
        }
        found = {
            it.offer
            for it in store.offers.match(person.name, channel=channel, now=when(now))
        }
        self.assertEqual(found, left, (person, channel, when(now)))
        harness.compared("matches")
        decided = store.offers.decide(person.name, channel=channel, now=when(now))
        self.assertEqual(decided.match is not None, bool(left))
        if decided.match is None:
            return
        self.assertIn(decided.match.offer, left)
        offer = oracle.offers[decided.match.offer]
        until = now + offer.respond * HOUR if offer.respond else None
        oracle.taken.setdefault(offer.name, []).append((now, until))
        if channel == PAGE:
            person.contacts.append(Contact(now, offer.name, channel))

    def obstacles(self, random, store, oracle, person, offer, now):
        why = store.offers.why_not(person.name, offer.name, now=when(now))
        free = oracle.can_have(person, offer, now)
        self.assertEqual(not why.obstacles, free, (why, person, offer, when(now)))
        harness.compared("why nots")
        policies = {it.name: it for it in oracle.policies}
        standing = {
            it.name
            for it in oracle.of(offer, offer.channel)
            if oracle.stands(it, person, now)
        }
        self.assertEqual({it.policy for it in why.obstacles if it.policy}, standing)
        for it in why.obstacles:
            falls = FAR + now if it.falls is None else int((it.falls - EPOCH) / MICRO)
            self.assertGreater(falls, now)
            if it.policy is None:
                continue
            for t in self.between(random, now, falls):
                self.assertTrue(
                    oracle.stands(policies[it.policy], person, t),
                    (it, person, when(t)))
        if free:
            return
        possible = (
            FAR + now if why.possible is None else int((why.possible - EPOCH) / MICRO)
        )
        for t in self.between(random, now, possible):
            self.assertFalse(
                oracle.can_have(person, offer, t), (why, person, offer, when(t)))
        # How often the time told is the very time.
        if why.possible is not None and possible < now + FAR:
            harness.compared(
                "told to the instant" if oracle.can_have(person, offer, possible)
                else "told too early")

    @staticmethod
    def asked(store, person, now):
        """What the store says of offers for a person, whole."""
        return (
            store.offers.match(person.name, now=when(now)),
            [store.offers.why_not(person.name, it["offer"], now=when(now))
             for it in store.offers.list()],
        )

    @staticmethod
    def between(random, now, end):
        """Instants from now on and before an end."""
        if end <= now:
            return []
        marks = {now, end - 1, (now + end) // 2}
        marks.update(random.randrange(now, end) for _ in range(6))
        marks.update(t for t in (now + 6 * HOUR * i for i in range(40)) if t < end)
        harness.compared("instants", len(marks))
        return sorted(marks)

    def test_contact_is_what_was_agreed(self):
        for random in self.each_round(120):
            with trato.open(None, currency="EUR") as store:
                self.told = {}
                oracle, people = self.make(random, store)
                now = START + random.randrange(DAY)
                then = []
                for _ in range(60):
                    now += random.choice(
                        [MINUTE, HOUR, 5 * HOUR, random.randrange(DAY)])
                    self.act(random, store, oracle, people, now)
                    if random.random() < 0.3:
                        self.obstacles(
                            random, store, oracle, random.choice(people),
                            random.choice(list(oracle.offers.values())), now)
                    if random.random() < 0.1:
                        person = random.choice(people)
                        then.append((store.head().position, person, now,
                                     self.asked(store, person, now)))
                for position, person, at, said in then:
                    with store.as_of(known_at=position) as past:
                        self.assertEqual(self.asked(past, person, at), said)
                    harness.compared("answers of the past")


if __name__ == "__main__":
    unittest.main()
