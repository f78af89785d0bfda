"""SCIM 2.0, over the functions of the domain: the protocol is a library's, the storage is ours."""

from collections.abc import Iterator

from pydantic import BaseModel
from scim2_models.base import BaseModel as ScimModel


def _all_below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for below in model.__subclasses__():
        yield from _all_below(below)


# By now they are described. What is derived from them would look for the words of each class again, up the whole stack
# and through every module: a fifth of the time that the service takes to start.
for _model in _all_below(ScimModel):
    _model.model_config["use_attribute_docstrings"] = False
