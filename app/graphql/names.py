"""The single space of names of the GraphQL schema: types.py and inputs.py put every type here, by its name.

Annotations are text and are looked up in this module, so that types may refer to each other in any order.
"""

from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

__all__ = ["JSON", "date", "datetime", "strawberry"]
