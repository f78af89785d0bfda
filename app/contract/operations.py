"""What breaks callers and receivers, when an OpenAPI or AsyncAPI document becomes another one."""

from collections.abc import Iterator
from itertools import chain

from app.contract.schemas import Comparison, Direction, Json, resolved


def openapi(old: Json, new: Json) -> list[str]:
    """What breaks whoever calls our operations, or takes our webhooks."""
    compared = Comparison(old, new)
    found: list[str] = []
    for section, way in (("paths", Direction.TAKEN), ("webhooks", Direction.SENT)):
        after = new.get(section, {})
        for path, methods in old.get(section, {}).items():
            for method, operation in methods.items():
                where = f"{method.upper()} {path}" if section == "paths" else path
                if method not in after.get(path, {}):
                    found.append(f"{where} is gone")
                else:
                    found += _operation(compared, operation, after[path][method], way, where)
    return list(dict.fromkeys(found))


def asyncapi(old: Json, new: Json) -> list[str]:
    """What breaks whoever generated a consumer; the payloads are those of the webhooks in OpenAPI."""
    gone = chain(
        _gone(old["channels"], new["channels"], "channel"), _gone(old["operations"], new["operations"], "operation")
    )
    found = list(gone)
    for name in old["channels"].keys() & new["channels"].keys():
        before, after = (document["channels"][name]["messages"] for document in (old, new))
        found += _gone(before, after, "message")
    headers: Json = {"$ref": "#/components/schemas/Headers"}
    return found + Comparison(old, new).breaks(headers, headers, Direction.SENT, "Headers")


def _gone(old: Json, new: Json, noun: str) -> Iterator[str]:
    return (f"{noun} {name} is gone" for name in old if name not in new)


def _operation(compared: Comparison, old: Json, new: Json, way: Direction, where: str) -> list[str]:
    found = []
    if old["operationId"] != new["operationId"]:
        found.append(f"{where} was called {old['operationId']} and is called {new['operationId']}")
    asked = sorted(set(new.get("x-scopes", ())) - set(old.get("x-scopes", ())))
    found += [f"{where} asks for the scope {scope} now" for scope in asked]
    found += _parameters(compared, old, new, way, where)
    found += _body(compared, old, new, way, where)
    if way is Direction.TAKEN:
        found += _answers(compared, old["responses"], new["responses"], where)
    return found


def _parameters(compared: Comparison, old: Json, new: Json, way: Direction, where: str) -> list[str]:
    before = _named(old.get("parameters", ()), compared.old)
    after = _named(new.get("parameters", ()), compared.new)
    found = [f"{where}: {name} is gone" for name in before if name not in after]
    for name, parameter in after.items():
        was = before.get(name)
        if way is Direction.TAKEN and parameter.get("required") and not (was and was.get("required")):
            found.append(f"{where}: {name} is now required")
        if way is Direction.SENT and was and was.get("required") and not parameter.get("required"):
            found.append(f"{where}: {name} may now be absent")
        if was is not None:
            found += compared.breaks(was["schema"], parameter["schema"], way, f"{where}: {name}")
    return found


def _named(parameters: list[Json], document: Json) -> dict[str, Json]:
    found = (resolved(parameter, document) for parameter in parameters)
    return {f"{parameter['in']} parameter {parameter['name']}": parameter for parameter in found}


def _body(compared: Comparison, old: Json, new: Json, way: Direction, where: str) -> list[str]:
    before, after = old.get("requestBody"), new.get("requestBody")
    if before is None:
        is_demanded = way is Direction.TAKEN and after is not None and after.get("required", False)
        return [f"{where} asks for a body now"] if is_demanded else []
    if after is None:
        return [f"{where} has no body any more"]
    found = _contents(compared, before["content"], after["content"], way, f"{where} body")
    if way is Direction.TAKEN and after.get("required", False) and not before.get("required", False):
        found.append(f"{where} asks for a body now")
    return found


def _contents(compared: Comparison, old: Json, new: Json, way: Direction, where: str) -> list[str]:
    found = [f"{where} is no {media} any more" for media in old if media not in new]
    for media in old.keys() & new.keys():
        found += compared.breaks(old[media].get("schema", {}), new[media].get("schema", {}), way, where)
    return found


def _answers(compared: Comparison, old: Json, new: Json, where: str) -> list[str]:
    found = []
    for status, answer in old.items():
        # A failure that cannot happen any more breaks nobody.
        if status not in new:
            found += [f"{where} no longer answers {status}"] if status.startswith("2") else []
            continue
        before, after = resolved(answer, compared.old), resolved(new[status], compared.new)
        place = f"{where} {status}"
        headers = after.get("headers", {})
        found += [f"{place}: header {name} is gone" for name in before.get("headers", {}) if name not in headers]
        found += _contents(compared, before.get("content", {}), after.get("content", {}), Direction.SENT, place)
    return found
