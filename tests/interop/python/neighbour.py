"""Connects the example client to the city of a test."""

from harness import city as world
from seisaku_client import City, Identity, Positions


def address(city: world.City, service: str) -> str:
    return (city.directory / "run" / f"{service}.address").read_text(encoding="utf-8").strip()


def identity(city: world.City, name: str) -> Identity:
    files = city.directory / "certificates"
    return Identity(str(files / f"{name}.crt"), str(files / f"{name}.key"), str(files / "ca.crt"))


def connect(city: world.City, role: str = "planner", positions: Positions | None = None) -> City:
    """A client with the role's certificate; to be used as a context."""
    return City(address(city, "catalog"), address(city, "progress"), identity(city, role), positions)
