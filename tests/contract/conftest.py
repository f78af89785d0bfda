"""What tests of the contract stand on: the callers and organisations of the REST door."""

from tests.routers.conftest import acme, api, transport

__all__ = ["acme", "api", "transport"]
