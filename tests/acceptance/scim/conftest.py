"""The HR system of tests/scim plays Okta and Entra."""

from tests.scim.conftest import hris, transport

__all__ = ["hris", "transport"]
