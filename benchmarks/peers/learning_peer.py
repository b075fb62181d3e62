# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Made-up customers who are offered something again and again, and who learns them.

    learning_peer.py [--customers N] [--rounds N] [--seeds N] [--only NAME ...]

20,000 customers of 8 segments, 20 offers, 60 contacts of each. How likely a customer
says yes to an offer is, in log odds: what the offer is like (mean -3.5, standard
deviation 1), what her segment thinks of it (0.8), and what she herself does (0.9).
Nobody sees these; learners see customer, segment, what was offered and what was
answered, all the same coins: whether a customer says yes in a round is one uniform
number of the seed, customer and round, below the rate or not. The clairvoyant offers
each customer what suits her best; a learner's result is its mean rate in the last ten
rounds as a share of the clairvoyant's.

All decide for a whole round before they learn from it. Prints a line of JSON per
learner and seed: name, seed, last (the result), all (of all rounds), seconds, and for
trato pairs and bytes.
"""

import argparse
import json
import time

import numpy as np

OFFERS, SEGMENTS = 20, 8


class World:
    def __init__(self, seed, customers):
        draw = np.random.default_rng(seed)
        self.segment = draw.integers(0, SEGMENTS, customers)
        score = -3.5 + draw.normal(0, 1, OFFERS) + draw.normal(0, 0.8, (SEGMENTS, OFFERS))
        self.rate = 1 / (
            1 + np.exp(-(score[self.segment] + draw.normal(0, 0.9, (customers, OFFERS))))
        )
        self.best = self.rate.max(1).mean()
        self.seed, self.customers = seed, customers

    def answers(self, chosen, number):
        coins = np.random.default_rng([self.seed, number]).random(self.customers)
        rate = self.rate[np.arange(self.customers), chosen]
        return coins < rate, rate.mean() / self.best


class Random:
    def __init__(self, world):
        self.world, self.draw = world, np.random.default_rng(world.seed + 10**6)

    def decide(self):
        return self.draw.integers(0, OFFERS, self.world.customers)

    def learn(self, chosen, accepted):
        pass


class Beta(Random):
    """Thompson sampling on counts of some group each: of all, of a segment, of one."""

    def __init__(self, world, group, groups):
        super().__init__(world)
        self.group = group
        self.shown = np.zeros((groups, OFFERS))
        self.accepted = np.zeros((groups, OFFERS))

    def decide(self):
        yes = self.accepted[self.group] + 0.5
        no = (self.shown - self.accepted)[self.group] + 9.5
        return self.draw.beta(yes, no).argmax(1)

    def learn(self, chosen, accepted):
        np.add.at(self.shown, (self.group, chosen), 1)
        np.add.at(self.accepted, (self.group, chosen), accepted)


class Trato:
    def __init__(self, world, **options):
        from trato.learning import Learner

        names = [f"offer {i}" for i in range(OFFERS)]
        self.learner = Learner(offers=names, seed=world.seed, **options)
        self.customers = np.arange(1, world.customers + 1, dtype="uint64")
        self.segments = world.segment.astype("uint32")
        self.now = 0

    def decide(self):
        self.now += 86_400_000_000
        found = self.learner.decide_all(self.customers, segments=self.segments, now=self.now)
        return np.asarray(found.offers)

    def learn(self, chosen, accepted):
        self.learner.learn_all(
            self.customers, chosen, accepted, segments=self.segments, at=self.now
        )

    def told(self):
        known = self.learner.describe(now=self.now)
        return {"pairs": known["pairs"], "bytes": known["pair_bytes"]}


class MabSegments(Random):
    """MABWiser, one bandit per segment. Those whose choice does not depend on chance
    are asked once per segment and round, as they would say the same each time."""

    def __init__(self, world, policy, certain=False, **options):
        super().__init__(world)
        from mabwiser.mab import MAB, LearningPolicy

        make = getattr(LearningPolicy, policy)
        self.certain = certain
        self.mabs = [
            MAB(list(range(OFFERS)), make(**options), seed=world.seed * 100 + i)
            for i in range(SEGMENTS)
        ]
        self.fitted = False

    def decide(self):
        if not self.fitted:
            return super().decide()
        if self.certain:
            said = np.array([mab.predict() for mab in self.mabs])
            return said[self.world.segment]
        return np.array([self.mabs[i].predict() for i in self.world.segment])

    def learn(self, chosen, accepted):
        for i, mab in enumerate(self.mabs):
            of = self.world.segment == i
            fit = mab.partial_fit if self.fitted else mab.fit
            fit(chosen[of], accepted[of].astype(int))
        self.fitted = True


class MabContext(Random):
    """MABWiser with the segment as context, as columns of 0 and 1."""

    def __init__(self, world, policy, **options):
        super().__init__(world)
        from mabwiser.mab import MAB, LearningPolicy

        self.mab = MAB(
            list(range(OFFERS)), getattr(LearningPolicy, policy)(**options), seed=world.seed
        )
        self.kinds = np.eye(SEGMENTS)
        self.fitted = False

    def decide(self):
        if not self.fitted:
            return super().decide()
        return np.array(self.mab.predict(self.kinds))[self.world.segment]

    def learn(self, chosen, accepted):
        fit = self.mab.partial_fit if self.fitted else self.mab.fit
        fit(chosen, accepted.astype(int), self.kinds[self.world.segment])
        self.fitted = True


class Vw(Random):
    """Vowpal Wabbit: contextual bandit, with segment and customer as features, which
    it keeps for each offer apart."""

    def __init__(self, world, options):
        super().__init__(world)
        import vowpalwabbit

        self.vw = vowpalwabbit.Workspace(
            f"--cb_explore {OFFERS} --quiet --random_seed {world.seed} {options}"
        )
        self.lines = [f"|s s{s} |c c{c}" for c, s in enumerate(world.segment)]

    def decide(self):
        chances = np.array([self.vw.predict(line) for line in self.lines])
        chances /= chances.sum(1, keepdims=True)
        coins = self.draw.random((len(chances), 1))
        chosen = np.minimum((chances.cumsum(1) <= coins).sum(1), OFFERS - 1)
        self.chance = chances[np.arange(len(chances)), chosen]
        return chosen

    def learn(self, chosen, accepted):
        for line, offer, yes, chance in zip(self.lines, chosen, accepted, self.chance):
            self.vw.learn(f"{offer + 1}:{-int(yes)}:{chance:.6f} {line}")


LEARNERS = {
    "random": Random,
    "global": lambda w: Beta(w, np.zeros(w.customers, int), 1),
    "per customer": lambda w: Beta(w, np.arange(w.customers), w.customers),
    "segment": lambda w: Beta(w, w.segment, SEGMENTS),
    "trato": Trato,
    "trato exploration 1": lambda w: Trato(w, exploration=1.0),
    "trato exploration 0.5": lambda w: Trato(w, exploration=0.5),
    "trato logistic": lambda w: Trato(w, policy="logistic"),
    "trato squarecb": lambda w: Trato(w, policy="squarecb"),
    # MABWiser: defaults first, then the search.
    "mabwiser ThompsonSampling per segment (default)": lambda w: MabSegments(
        w, "ThompsonSampling"
    ),
    "mabwiser LinUCB segment (default)": lambda w: MabContext(w, "LinUCB"),
    "mabwiser UCB1 per segment (default)": lambda w: MabSegments(w, "UCB1", True),
    "mabwiser EpsilonGreedy per segment (default)": lambda w: MabSegments(
        w, "EpsilonGreedy"
    ),
    "mabwiser EpsilonGreedy per segment 0.02": lambda w: MabSegments(
        w, "EpsilonGreedy", epsilon=0.02
    ),
    "mabwiser EpsilonGreedy per segment 0": lambda w: MabSegments(
        w, "EpsilonGreedy", True, epsilon=0.0
    ),
    "mabwiser UCB1 per segment 0.5": lambda w: MabSegments(w, "UCB1", True, alpha=0.5),
    "mabwiser UCB1 per segment 0.1": lambda w: MabSegments(w, "UCB1", True, alpha=0.1),
    "mabwiser LinUCB segment 0.3": lambda w: MabContext(w, "LinUCB", alpha=0.3),
    "mabwiser LinUCB segment 0.1": lambda w: MabContext(w, "LinUCB", alpha=0.1),
    # Vowpal Wabbit: the default first, then the search.
    "vw (default)": lambda w: Vw(w, ""),
    "vw -b 22": lambda w: Vw(w, "-b 22"),
    "vw -b 22 epsilon 0.01": lambda w: Vw(w, "-b 22 --epsilon 0.01"),
    "vw -b 22 epsilon 0.01 dm": lambda w: Vw(w, "-b 22 --epsilon 0.01 --cb_type dm"),
    "vw -b 22 epsilon 0.02 dm l 0.1": lambda w: Vw(
        w, "-b 22 --epsilon 0.02 --cb_type dm -l 0.1"
    ),
    "vw -b 22 epsilon 0.02 dm l 2": lambda w: Vw(
        w, "-b 22 --epsilon 0.02 --cb_type dm -l 2"
    ),
    "vw -b 22 epsilon 0.02 dm power_t 0": lambda w: Vw(
        w, "-b 22 --epsilon 0.02 --cb_type dm --power_t 0"
    ),
    "vw -b 22 bag 5": lambda w: Vw(w, "-b 22 --bag 5"),
    "vw -b 22 cover 3": lambda w: Vw(w, "-b 22 --cover 3"),
}


def play(name, seed, customers, rounds):
    world = World(seed, customers)
    start = time.perf_counter()
    learner = LEARNERS[name](world)
    reached = []
    for number in range(rounds):
        chosen = np.asarray(learner.decide())
        accepted, share = world.answers(chosen, number)
        learner.learn(chosen, accepted)
        reached.append(share)
    told = learner.told() if hasattr(learner, "told") else {}
    return {
        "name": name,
        "seed": seed,
        "last": float(np.mean(reached[-10:])),
        "all": float(np.mean(reached)),
        "seconds": time.perf_counter() - start,
        **told,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    for name in options.only or LEARNERS:
        for seed in range(1, options.seeds + 1):
            try:
                result = play(name, seed, options.customers, options.rounds)
            except ImportError as error:
                result = {"name": name, "missing": str(error)}
            print(json.dumps(result), flush=True)
            if "missing" in result:
                break


if __name__ == "__main__":
    main()
