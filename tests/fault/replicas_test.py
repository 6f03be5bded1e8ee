"""Three replicas over one log, with many clients that repeat and double what they send, and readers that follow
from the beginning: positions are exactly 0 … N − 1, every acknowledged request is there once, and every reader sees
each entry once and in order.

SEISAKU_SEED=N draws other requests."""

import os
import random
import unittest
from concurrent.futures import ThreadPoolExecutor

from audit import Audit
from clients import Append, Catalog, Figures, Replica, append_until_acknowledged, send
from harness import cases
from reader import Reader
from replicas import ReplicatedCity, Stopwatch

REPLICAS, CLIENTS, READERS = 3, 64, 8
APPENDS = {"ci": 5_000, "full": 100_000}[os.environ.get("SEISAKU_SCALE", "ci")]
SEED = int(os.environ.get("SEISAKU_SEED", "0"))
KPIS = 1 + APPENDS // 25
ACTOR = "seisaku://isesaki/planner/planner-1"
SECONDS_PER_TRY = 30.0
CHANCE_OF_DOUBLE = CHANCE_OF_IMPATIENCE = 0.1
# So short that it passes before the answer comes, most of the time.
IMPATIENT_SECONDS = 0.005


class Client:
    """Appends one request after the other, to any replica; some are sent twice at once, to two replicas, and of some
    the answer is not waited for before they are sent again."""

    def __init__(self, number: int, replicas: list[Replica], figures: Figures, doubles: ThreadPoolExecutor):
        self._rng = random.Random(f"{SEED}/{number}")
        self._replicas, self._figures, self._doubles = replicas, figures, doubles
        self.appends: list[Append] = []
        self.repeated = 0

    def run(self, count: int):
        for _ in range(count):
            append = self._figures.any(self._rng)
            order = self._rng.sample(self._replicas, len(self._replicas))
            if self._rng.random() < CHANCE_OF_DOUBLE:
                double = self._doubles.submit(send, order[1], append, SECONDS_PER_TRY)
                append_until_acknowledged(order, append)
                self._expect_same(append, double.result())
            elif self._rng.random() < CHANCE_OF_IMPATIENCE:
                append_until_acknowledged(order, append, first_try=IMPATIENT_SECONDS)
                self._expect_same(append, send(order[-1], append, SECONDS_PER_TRY))
            else:
                append_until_acknowledged(order, append)
            self.appends.append(append)

    def _expect_same(self, append: Append, other):
        """The same outcome; of two answers that nothing was lost of, at most one is the original."""
        if not (append.receipt.repeated or other.receipt.repeated):
            raise AssertionError(f"{append}: done again, at {other.receipt.position}")
        self.repeated += 1
        other.receipt.repeated = append.receipt.repeated
        if other != append.answer:
            raise AssertionError(f"{append}: two outcomes:\n{append.answer}\n{other}")


class ReplicasTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(ReplicatedCity(REPLICAS))
        catalog = Catalog(self.city)
        self.addCleanup(catalog.close)
        position = catalog.make_plan(KPIS)
        self.replicas = [self._connect(number) for number in range(REPLICAS)]
        for replica in self.replicas:
            replica.wait_for_catalog(position, 60)

    def _connect(self, number: int) -> Replica:
        replica = Replica(self.city, self.city.names[number % REPLICAS])
        self.addCleanup(replica.close)
        return replica

    def test_many_clients_and_readers_of_three_replicas(self):
        readers = [Reader(self._connect(number)) for number in range(READERS)]
        figures, watch = Figures(KPIS), Stopwatch()
        with ThreadPoolExecutor(CLIENTS) as doubles, ThreadPoolExecutor(CLIENTS) as pool:
            clients = [Client(number, self.replicas, figures, doubles) for number in range(CLIENTS)]
            shares = [APPENDS // CLIENTS + (number < APPENDS % CLIENTS) for number in range(CLIENTS)]
            for done in [pool.submit(client.run, share) for client, share in zip(clients, shares)]:
                done.result()
        twice = sum(client.repeated for client in clients)
        print(f"{APPENDS} appends in {watch.seconds():.1f} s, of which {twice} were answered twice")
        self._check_log([append for client in clients for append in client.appends], readers)

    def _check_log(self, appends: list[Append], readers: list[Reader]):
        audit = Audit(self.city)
        audit.look()
        self.assertEqual(len(appends), APPENDS)
        for append in appends:
            audit.check_acknowledged(append, ACTOR)
        self.assertEqual(audit.commands_of[ACTOR], APPENDS, "commands that nobody sent")
        for replica in self.replicas:
            audit.wait_for(replica, 10)
            audit.check_replica(replica, 0)
        for reader in readers:
            reader.check(audit.entries, 0, 60)
            reader.stop()


if __name__ == "__main__":
    cases.main()
