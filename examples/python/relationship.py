# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""One relationship getting smarter, decision by decision, as a page to look at.

usage: relationship.py [PAGE] [SEED]

A made-up shop: 400 customers, twelve offers for three needs, forty decisions for
each. What customers like is drawn, and nobody but the simulation knows it. Then
one of them is looked at: what she was offered, what she said, what the store
believed of her at each of those instants, how sure it was, and what she would
lose by leaving. All of it is asked of the store afterwards: what it knew at an
instant of the past is a question like any other.
"""

import datetime
import html
import random
import sys

import trato
from trato import Money

OFFERS = {
    "Herb tea": "calm", "Bath salt": "calm", "Candle": "calm", "Sleep mask": "calm",
    "Espresso": "energy", "Protein bar": "energy", "Skipping rope": "energy",
    "Running belt": "energy",
    "Novel": "curiosity", "Puzzle": "curiosity", "Globe": "curiosity",
    "Star map": "curiosity",
}
CUSTOMERS, DECISIONS = 400, 40
START = datetime.datetime(2025, 1, 7, 10, 0, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
COLOURS = ["#20639b", "#e07a1f", "#3caea3", "#c0392b", "#7d5ba6", "#8f9a27"]
REST = "#d9d9d9"


def tastes(chance):
    """What a customer likes: one need above the others, and her own whims."""
    need = chance.choice(sorted(set(OFFERS.values())))
    return {
        offer: min(0.9, max(0.01, chance.gauss(0.30 if of == need else 0.05, 0.10)))
        for offer, of in OFFERS.items()
    }


def live(store, seed):
    """Decisions and answers; gives what was decided for whom, and the tastes."""
    chance = random.Random(seed)
    for offer, need in OFFERS.items():
        store.offers.define(
            offer, value=Money.parse("10.00", "EUR"), needs=[need], now=START)
    store.learning.define("everything", now=START)
    likes, story = [], []
    for number in range(CUSTOMERS):
        store.record(f"shop:{number}", "visit", at=START, now=START,
                     durability="buffered")
        likes.append(tastes(chance))
        story.append([])
    for turn in range(DECISIONS):
        for number in range(CUSTOMERS):
            at = START + turn * 3 * DAY + datetime.timedelta(minutes=number)
            decision = store.offers.decide(
                f"shop:{number}", now=at, durability="buffered")
            offer = decision.match.offer
            accepted = chance.random() < likes[number][offer]
            store.outcome(decision, "accepted" if accepted else "refused",
                          at=at + DAY, now=at + DAY, durability="buffered")
            story[number].append((at, offer, accepted, decision.probability))
    return likes, story


def watch(store, customer, story):
    """What was believed of her at each of her decisions."""
    moments = []
    for at, offer, accepted, probability in story:
        depth = store.learning.depth(customer, now=at)
        (learner,) = depth.learners
        moments.append({
            "at": at, "offer": offer, "accepted": accepted,
            "probability": probability, "learner": learner, "loss": depth.loss})
    return moments


def svg(width, height, body, title):
    return (f'<svg viewBox="0 0 {width} {height}" width="100%" role="img" '
            f'aria-label="{html.escape(title)}">{"".join(body)}</svg>')


def stacked(moments, colours):
    """How likely each offer was to be chosen, decision by decision."""
    width, height, step = 800, 260, 800 / len(moments)
    body = []
    for i, moment in enumerate(moments):
        top = 0.0
        shares = sorted(moment["learner"].offers,
                        key=lambda it: (list(colours).index(it.offer)
                                        if it.offer in colours else 99, it.offer))
        for it in shares:
            part = it.probability * (height - 24)
            body.append(
                f'<rect x="{i * step + 1:.1f}" y="{top:.1f}" width="{step - 2:.1f}" '
                f'height="{part:.2f}" fill="{colours.get(it.offer, REST)}">'
                f'<title>{html.escape(it.title)}: {it.probability:.0%}</title></rect>')
            top += part
        body.append(
            f'<text x="{(i + 0.5) * step:.1f}" y="{height - 6}" font-size="13" '
            f'text-anchor="middle" fill="{"#1a7f37" if moment["accepted"] else "#999"}">'
            f'{"&#10003;" if moment["accepted"] else "&#183;"}</text>')
    return svg(width, height, body, "How likely each offer was to be chosen")


def lines(moments, series, unit):
    """One line a series: (name, colour, function of the learner's depth)."""
    width, height, left = 800, 220, 54
    values = [[of(m["learner"]) for m in moments] for _, _, of in series]
    most = max(max(v) for v in values) or 1
    least = min(0.0, min(min(v) for v in values))

    def y(value):
        return 14 + (height - 40) * (most - value) / (most - least)

    body = []
    for tick in range(5):
        value = least + (most - least) * tick / 4
        body.append(
            f'<line x1="{left}" x2="{width}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
            'stroke="#eee"/>'
            f'<text x="{left - 8}" y="{y(value) + 4:.1f}" font-size="12" fill="#666" '
            f'text-anchor="end">{value:.2f}{unit}</text>')
    for (name, colour, _), line in zip(series, values):
        points = " ".join(
            f"{left + (i + 0.5) * (width - left) / len(line):.1f},{y(v):.1f}"
            for i, v in enumerate(line))
        body.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                    'stroke-width="2.5"/>')
        at = y(line[-1]) - 8
        body.append(f'<text x="{width - 4}" y="{at:.1f}" font-size="13" '
                    f'text-anchor="end" fill="{colour}">{html.escape(name)}</text>')
    return svg(width, height, body, ", ".join(name for name, _, _ in series))


def page(store, customer, moments, likes, base, progress):
    weights = {}
    for moment in moments:
        for it in moment["learner"].offers:
            weights[it.offer] = weights.get(it.offer, 0.0) + it.probability
    shown = sorted(weights, key=lambda it: -weights[it])[:len(COLOURS)]
    colours = dict(zip(shown, COLOURS))
    legend = "".join(
        f'<span><i style="background:{colours[it]}"></i>{html.escape(it)}</span>'
        for it in shown) + f'<span><i style="background:{REST}"></i>others</span>'
    rows = "".join(
        f"<tr><td>{m['at']:%Y-%m-%d}</td>"
        f"<td><i style='background:{colours.get(m['offer'], REST)}'></i>"
        f"{html.escape(m['offer'])}</td>"
        f"<td class=n>{m['probability']:.0%}</td>"
        f"<td>{'<b>yes</b>' if m['accepted'] else 'no'}</td>"
        f"<td class=n>{m['learner'].bits_of_stranger:.2f} &rarr; "
        f"{m['learner'].bits:.2f}</td>"
        f"<td class=n>{m['learner'].gain_minor / 100:.2f}</td></tr>"
        for m in moments)
    loved = sorted(likes.items(), key=lambda it: -it[1])[:3]
    truth = ", ".join(f"{html.escape(o)} {p:.0%}" for o, p in loved)
    asked = moments[-1]["at"] + 2 * DAY
    depth = store.learning.depth(customer, now=asked)
    levels = "".join(
        f"<tr><td>{it.answers_from}{'+' if it.answers_until is None else f' to {it.answers_until}'}</td>"
        f"<td class=n>{it.customers}</td><td class=n>{it.bits_of_stranger:.2f} &rarr; "
        f"{it.bits:.2f}</td><td class=n>{it.gain_minor / 100:.2f}</td></tr>"
        for it in base.levels if it.customers)
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A relationship that learns</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #222; margin: 2rem auto;
       max-width: 860px; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; margin-bottom: .2rem; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
.loss {{ background: #f2f7fb; border-left: 4px solid #20639b; padding: .8rem 1rem; }}
table {{ border-collapse: collapse; width: 100%; font-size: .92rem; }}
td, th {{ padding: .25rem .5rem; border-bottom: 1px solid #eee; text-align: left; }}
.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
i {{ display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; }}
.legend span {{ margin-right: 1rem; white-space: nowrap; }}
small {{ color: #666; }}
</style>
<h1>{html.escape(customer)}: a relationship that learns</h1>
<small>{CUSTOMERS} made-up customers, {len(OFFERS)} offers for three needs,
{DECISIONS} decisions for each. What she likes is known to the simulation alone:
{truth}.</small>
<h2>What would she lose by leaving?</h2>
<p class="loss">{html.escape(depth.loss)}</p>
<h2>What the store would choose for her, decision by decision</h2>
<p class="legend">{legend}</p>
{stacked(moments, colours)}
<small>Each column is the moment of a decision; below it is what she said.</small>
<h2>How uncertain the choice is, in bits</h2>
{lines(moments, [("a stranger of her kind", "#999", lambda it: it.bits_of_stranger),
                 ("she", "#20639b", lambda it: it.bits)], "")}
<h2>What a decision brings, in euros, by what is known of her</h2>
{lines(moments, [("chosen as for a stranger", "#999",
                  lambda it: it.expected_of_stranger_minor / 100),
                 ("chosen for her", "#1a7f37", lambda it: it.expected_minor / 100)], "")}
<h2>All customers: accepted, by how often each had been asked</h2>
{progress.chart("Share that accepted, with 95 % intervals")}
<table><tr><th>answers<th class=n>customers<th class=n>bits<th class=n>gain a decision, EUR</tr>
{levels}</table>
<h2>Her decisions</h2>
<table><tr><th>when<th>offered<th class=n>chosen with<th>she said<th class=n>bits,
a stranger's &rarr; hers<th class=n>gain, EUR</tr>{rows}</table>
</html>
"""


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else "relationship.html"
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with trato.open(None, zone="UTC", currency="EUR", seed=seed) as store:
        likes, story = live(store, seed)
        number = max(
            range(CUSTOMERS),
            key=lambda it: sum(accepted for _, _, accepted, _ in story[it]))
        customer = f"shop:{number}"
        moments = watch(store, customer, story[number])
        end = moments[-1]["at"] + 2 * DAY
        base = store.learning.base(now=end)
        progress = store.learning.progress(now=end)
        with open(target, "w", encoding="utf-8") as file:
            file.write(page(store, customer, moments, likes[number], base, progress))
        first, last = progress.points[0], progress.points[-1]
        print(store.learning.depth(customer, now=end))
        print(f"of the first decisions {first.rate:.1%} were accepted, "
              f"of the last {last.rate:.1%}; see {target}")


if __name__ == "__main__":
    main()
