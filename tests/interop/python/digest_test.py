"""GetStateDigest: one hash by which replicas of a log, and those who replay it, see that they agree."""

import unittest

import grpc
from harness import cases
from harness.city import City
from neighbour import address, identity
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1 import changes_pb2 as changes
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from seisaku.catalog.v1.resources_pb2 import Department
from seisaku.log.v1.log_service_pb2 import GetStateDigestRequest, GetStateDigestResponse
from seisaku.log.v1.log_service_pb2_grpc import LogServiceStub
from seisaku.type.v1.read_pb2 import AsOf
from seisaku_client import Refused

SECONDS = 30


class DigestTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())

    def digest(self, service: str = "catalog", size: int | None = None, city: City | None = None) -> GetStateDigestResponse:
        city = city or self.city
        request = GetStateDigestRequest(as_of=AsOf(size=size) if size is not None else None)
        with grpc.secure_channel(address(city, service), identity(city, "auditor").credentials()) as channel:
            return LogServiceStub(channel).GetStateDigest(request, timeout=SECONDS)

    def create(self, *ids: str, city: City | None = None):
        city = city or self.city
        with grpc.secure_channel(address(city, "catalog"), identity(city, "planner").credentials()) as channel:
            for each in ids:
                change = changes.Change(create_department=Department(name=f"departments/{each}", title=f"{each}課"))
                CatalogServiceStub(channel).ApplyCatalog(catalog.ApplyCatalogRequest(changes=[change]), timeout=SECONDS)

    def test_is_the_same_after_a_restart_and_of_a_size_for_ever(self):
        self.city.load(manifesto=False)
        before = {service: self.digest(service) for service in ("catalog", "progress")}
        for service, digest in before.items():
            self.assertEqual((len(digest.state_digest), len(digest.content_digest)), (32, 32))
            self.assertEqual(digest.position, self.city.log_size(service))
            self.city.terminate(service)
            self.city.start(service)
            self.assertEqual(self.digest(service), digest)
        self.create("later")
        known = before["catalog"]
        self.assertEqual(self.digest(size=known.position), known)
        grown = self.digest()
        self.assertNotEqual(grown.state_digest, known.state_digest)
        self.assertNotEqual(grown.content_digest, known.content_digest)

    def test_of_the_content_forgets_the_way_that_led_to_it(self):
        with City() as other:
            self.create("a", "b")
            self.create("b", "a", city=other)
            one, two = self.digest(), self.digest(city=other)
        self.assertEqual(one.content_digest, two.content_digest)
        self.assertNotEqual(one.state_digest, two.state_digest)

    def test_needs_a_published_size(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.digest(size=1 << 40)
        self.assertEqual(Refused.of(caught.exception).reason, "POSITION_BEYOND_END")


if __name__ == "__main__":
    cases.main()
