# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""All that a store answers about some names, as text by question."""

import json

import calls
import harness
import trato
from trato import _capi

# What tells how a store came to be, and not what it knows.
OF_ITS_OWN = ("path", "log_position", "format_version")


def info(store, now):
    found = store._json(_capi.lib.trato_store_info, now)
    return {name: it for name, it in found.items() if name not in OF_ITS_OWN}


def everything(store, names, nows, expressions=()):
    """Answers by question. Who is not known, or is several, is an answer, too."""
    answers = {}
    for now in nows:

        def ask(question, call):
            try:
                answers[f"{question} at {now}"] = call()
            except (trato.NotFound, trato.FailedPrecondition) as error:
                answers[f"{question} at {now}"] = type(error).__name__

        ask("digest", lambda: calls.digest(store, now))
        ask("info", lambda: text(info(store, now)))
        for name in names:
            ask(f"customer {name}", lambda: text(harness.raw_customer(store, name, now)))
            ask(f"timeline {name}", lambda: timeline(store, name, now))
            ask(f"offers for {name}", lambda: repr(store.offers.match(name, now=now)))
        for segment in store.segments:
            ask(f"count {segment.name}", lambda: repr(
                store.segments.count(segment.name, now=now)))  # fmt: skip
            ask(f"members {segment.name}", lambda: repr(
                [(m.id, m.name) for m in segment.members(now=now)]))  # fmt: skip
        for expression in expressions:
            ask(f"preview {expression}", lambda: repr(
                store.segments.preview(expression, now=now)))  # fmt: skip
    return answers


def text(answer):
    return json.dumps(answer, sort_keys=True)


def timeline(store, name, now):
    return "\n".join(
        repr(harness.entry_of(entry)) for entry in store.timeline(name, now=now)
    )
