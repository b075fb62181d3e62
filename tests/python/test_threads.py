# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""Several threads on one store, and the lock of the interpreter."""

import io
import threading
import time
import unittest

import trato
from support import NOW, StoreCase, candles, gbp, in_memory_and_on_file


def run_all(*works):
    """Runs each in a thread of its own and gives what they raised."""
    raised = []

    def guarded(work):
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@in_memory_and_on_file
class ThreadTest(StoreCase):
    def test_what_many_threads_record_is_all_there(self):
        def work(number):
            for i in range(100):
                self.store.record(
                    f"shop:{i % 10}",
                    "visit",
                    at=i,
                    key=f"{number} {i}",
                    now=NOW,
                    durability="buffered",
                )

        raised = run_all(*(lambda n=n: work(n) for n in range(6)))
        self.assertEqual(raised, [])
        info = self.reopen().info(now=NOW)
        self.assertEqual(info.interactions["visit"].interactions, 600)
        self.assertEqual(info.customers, 10)

    def test_threads_that_send_the_same_keys_record_each_once(self):
        def work():
            for i in range(100):
                self.store.record(
                    "shop:1", "visit", at=i, key=str(i), now=NOW, durability="buffered"
                )

        self.assertEqual(run_all(*[work] * 6), [])
        self.assertEqual(len(list(self.reopen().timeline("shop:1", now=NOW))), 100)

    def test_a_reader_sees_a_whole_transaction_or_none_of_it(self):
        self.store.record("shop:1", "visit", at=0, now=NOW)
        segment = self.store.segments.define(
            "buyers", 'interactions("purchase").count() >= 1', now=NOW
        )
        writing = threading.Event()
        sizes = set()

        def write():
            try:
                for batch in range(60):
                    self.store.record_many(
                        [
                            trato.Interaction(
                                f"crm:{batch}-{i}", "purchase", at=0, lines=[candles()]
                            )
                            for i in range(10)
                        ],
                        now=NOW,
                        durability="buffered",
                    )
            finally:
                writing.set()

        def read():
            written = False
            while not written:
                written = writing.is_set()
                sizes.add(int(segment.count(now=NOW)))
                sizes.add(len(list(segment.members(now=NOW))))
                info = self.store.info(now=NOW)
                sizes.add(info.customers - 1)

        self.assertEqual(run_all(write, read, read, read), [])
        self.assertEqual({size % 10 for size in sizes}, {0})
        self.assertEqual(segment.count(now=NOW), 600)

    def test_threads_share_a_timeline_and_each_entry_goes_to_one(self):
        self.store.record_many(
            [trato.Interaction("shop:1", "visit", at=i) for i in range(2000)], now=NOW
        )
        timeline = self.store.timeline("shop:1", now=NOW)
        taken = []

        def work():
            for entry in timeline:
                taken.append(entry.at)

        self.assertEqual(run_all(work, work, work), [])
        self.assertEqual(len(taken), 2000)
        self.assertEqual(len(set(taken)), 2000)

    def test_threads_decide_and_redeem_beside_each_other(self):
        self.buy("shop:1", "2011-12-01")
        self.store.offers.define("refill", products=["candle"], value=gbp(480), now=NOW)

        def work():
            for _ in range(20):
                decision = self.store.offers.decide("shop:1", now=NOW)
                self.store.outcome(decision, "accepted", now=NOW)
                code = self.store.coupons.issue("shop:1", "refill", now=NOW)
                self.store.coupons.redeem(code, now=NOW)

        self.assertEqual(run_all(work, work, work), [])
        (result,) = self.reopen().offers.report(now=NOW)
        self.assertEqual((result.decided, result.accepted), (60, 60))
        self.assertEqual((result.coupons_issued, result.coupons_redeemed), (60, 60))

    def test_a_long_call_lets_other_threads_run(self):
        self.store.record_many(
            [trato.Interaction(f"crm:{i}", "visit", at=0) for i in range(20_000)],
            now=NOW,
        )
        done = threading.Event()
        ticks = 0
        during = []

        def count():
            # The first calls may be short or unlucky; one good one is proof.
            while len(during) < 200 and max(during, default=0) < 20:
                before = ticks
                # A list has no form for many at once: this takes a while.
                self.store.segments.preview(
                    'interactions("visit").distinct(i, i.channel) == ["x"]', now=NOW
                )
                during.append(ticks - before)
            done.set()

        def tick():
            nonlocal ticks
            while not done.is_set():
                ticks += 1
                time.sleep(0)

        self.assertEqual(run_all(count, tick), [])
        self.assertGreaterEqual(max(during), 20)

    def test_readers_go_on_while_an_import_waits_for_its_file(self):
        self.store.record("shop:1", "visit", at=0, now=NOW)
        waiting, go_on = threading.Event(), threading.Event()

        class Slow(io.BytesIO):
            def read(self, size=-1):
                if size > 2:
                    waiting.set()
                    go_on.wait(10)
                return super().read(size)

        def load():
            with self.assertRaises(trato.InvalidArgument):
                self.store.import_orders(Slow(b"no,sales\n1,2\n"), now=NOW)

        worker = threading.Thread(target=load)
        worker.start()
        self.assertTrue(waiting.wait(10))
        seen = []
        reader = threading.Thread(
            target=lambda: seen.append(self.store.customer("shop:1", now=NOW).name)
        )
        reader.start()
        reader.join(5)
        go_on.set()
        worker.join(10)
        self.assertEqual(seen, ["shop:1"])


if __name__ == "__main__":
    unittest.main()
