"""Settings of a recipe: typed fields that describe themselves, so that forms and ``--set`` come from them."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.errors import SettingsError

Settings = TypeVar("Settings")
Value = int | float | bool | str | tuple[float, ...]


@dataclass(frozen=True)
class SettingField:
    """One setting as a form or a help text shows it.

    Args:
        name: The name used in ``--set NAME=VALUE``.
        kind: ``integer``, ``number``, ``numbers`` (comma separated), ``switch``, ``choice`` or ``text``.
        default: The value used when nothing is given.
        unit: What one step of the value is, such as ``pictures``; empty for a plain number.
        help: What the setting does, in plain words.
        minimum: Smallest value allowed, or None.
        maximum: Largest value allowed, or None.
        choices: The values allowed for a choice.
        section: What the setting belongs to, such as ``augmentation``; empty for the recipe's own, which come first.
    """

    name: str
    kind: str
    default: Value
    unit: str
    help: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    section: str = ""


def setting(
    default: Value,
    *,
    help: str,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    section: str = "",
) -> Any:
    """Declare one field of a settings dataclass; the arguments are those of :class:`SettingField`."""
    details = {
        "help": help,
        "unit": unit,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "section": section,
    }
    return dataclasses.field(default=default, metadata=details)


def describe_settings(settings_class: type) -> tuple[SettingField, ...]:
    """List the fields of a settings dataclass in the order they are declared, those of a section last."""
    found = (_describe(field) for field in dataclasses.fields(settings_class))
    return tuple(sorted(found, key=lambda field: bool(field.section)))


def check_settings(settings: Any) -> None:
    """Check every value of a settings dataclass against its declaration.

    Raises:
        SettingsError: A value is not finite, out of its range or not among its choices.
    """
    for field in describe_settings(type(settings)):
        value = getattr(settings, field.name)
        if field.choices and value not in field.choices:
            raise SettingsError(f"{field.name} is {value!r}: expected one of {', '.join(field.choices)}")
        if field.kind in ("integer", "number"):
            _check_range(field, value)
        if field.kind == "numbers":
            if not value:
                raise SettingsError(f"{field.name} is empty: expected at least one number")
            for number in value:
                _check_range(field, number)


def parse_settings(settings_class: type[Settings], values: Mapping[str, object]) -> Settings:
    """Build settings from what a command line or a form gives.

    A class with presets (``PRESETS``: name to values, and a choice ``preset``) takes the values of the preset for what
    is not named; what is named always wins.

    Args:
        settings_class: A frozen dataclass whose fields were declared with :func:`setting`.
        values: Names to strings (``--set``) or to values of the right type (a form, a job's spec).

    Returns:
        The settings; what is not named keeps its default.

    Raises:
        SettingsError: A name is unknown, or a value cannot be read or is out of range.
    """
    fields = {field.name: field for field in describe_settings(settings_class)}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise SettingsError(f"unknown setting {unknown[0]!r}: the settings are {', '.join(fields)}")
    presets: Mapping[str, Mapping[str, object]] = getattr(settings_class, "PRESETS", {})
    filled = {**presets.get(str(values.get("preset")), {}), **values}
    return settings_class(**{name: _read_value(fields[name], value) for name, value in filled.items()})


def settings_to_json(settings: Any) -> dict[str, object]:
    """Give settings as plain JSON values; :func:`parse_settings` reads them back."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in dataclasses.asdict(settings).items()
    }


def _describe(field: dataclasses.Field) -> SettingField:
    default: Any = field.default
    if isinstance(default, bool):
        kind = "switch"
    elif isinstance(default, int):
        kind = "integer"
    elif isinstance(default, float):
        kind = "number"
    elif isinstance(default, tuple):
        kind = "numbers"
    else:
        kind = "choice" if field.metadata["choices"] else "text"
    return SettingField(name=field.name, kind=kind, default=default, **field.metadata)


_LARGEST_INTEGER = 2**63


def _check_range(field: SettingField, value: float) -> None:
    if isinstance(value, int) and abs(value) >= _LARGEST_INTEGER:  # more digits than a float can hold
        raise SettingsError(f"{field.name} has {value.bit_length()} bits: expected a number below 2**63")
    if not math.isfinite(value):
        raise SettingsError(f"{field.name} is {value}: expected a finite number")
    if field.minimum is not None and value < field.minimum:
        raise SettingsError(f"{field.name} is {value:g}: expected at least {field.minimum:g} {field.unit}".rstrip())
    if field.maximum is not None and value > field.maximum:
        raise SettingsError(f"{field.name} is {value:g}: expected at most {field.maximum:g} {field.unit}".rstrip())


def _read_value(field: SettingField, value: object) -> Value:
    try:
        if field.kind == "switch":
            return _read_switch(value)
        if field.kind == "integer":
            return _read_integer(value)
        if field.kind == "number":
            return float(value)  # type: ignore[arg-type]
        if field.kind == "numbers":
            return _read_numbers(value)
    except (TypeError, ValueError):
        expected = {
            "switch": "yes or no",
            "integer": "a whole number",
            "number": "a number",
            "numbers": "numbers separated by commas",
        }[field.kind]
        raise SettingsError(f"{field.name} is {value!r}: expected {expected}, such as {_example(field)}") from None
    return str(value)


def _read_switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    word = str(value).strip().lower()
    if word not in words:
        raise ValueError(word)
    return words[word]


def _read_integer(value: object) -> int:
    if isinstance(value, bool):
        raise TypeError("a switch is no number")
    if isinstance(value, float) and not value.is_integer():
        raise ValueError("not whole")
    return int(value)  # type: ignore[call-overload]


def _read_numbers(value: object) -> tuple[float, ...]:
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if isinstance(value, int | float):
        value = [value]
    return tuple(float(number) for number in value)  # type: ignore[attr-defined]


def _example(field: SettingField) -> str:
    if isinstance(field.default, tuple):
        return ",".join(f"{number:g}" for number in field.default)
    if isinstance(field.default, bool):
        return "yes" if field.default else "no"
    return str(field.default)
