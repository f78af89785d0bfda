"""The table of settings."""

from app.commands.settings_table import table, variable
from app.config import Settings


def test_every_setting_has_a_row_with_its_meaning() -> None:
    rows = table().splitlines()[2:]

    assert [row.split("`")[1] for row in rows] == [variable(name) for name in Settings.model_fields]
    assert all(row.rstrip(" |").split("| ")[-1] for row in rows)
    assert "None" not in table()


def test_values_and_defaults_say_what_the_declaration_says() -> None:
    rows = {row.split("`")[1]: row for row in table().splitlines()[2:]}

    assert "| whole number, at least 1, at most 65535 | `8000` |" in rows["FLIPSIDE_PORT"]
    assert "| `console`, `json` | `console` |" in rows["FLIPSIDE_LOG_FORMAT"]
    assert "| `true`, `false` | unset |" in rows["FLIPSIDE_GRAPHQL_INTROSPECTION"]
    assert "| `true`, `false` | `false` |" in rows["FLIPSIDE_GRAPHQL_GET"]
    assert "| number, above 0, at most 30 | `1` |" in rows["FLIPSIDE_POOL_WAIT_SECONDS"]
