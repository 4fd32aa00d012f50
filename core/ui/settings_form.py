"""A form made from a recipe's settings: each field says itself what it is, in which unit and range."""

from typing import Any

import streamlit as st

from core.models.settings import SettingField, describe_settings


def settings_form(settings_class: type, *, key: str) -> dict[str, Any]:
    """Draw one widget a setting and give the values that differ from their defaults.

    Args:
        settings_class: A settings dataclass of a recipe.
        key: Names the form, so that each recipe keeps its own values.
    """
    fields = describe_settings(settings_class)
    columns = st.columns(2, gap="medium")
    values = {}
    for place, field in enumerate(fields):
        with columns[place % 2]:
            values[field.name] = _widget(field, f"{key}_{field.name}")
    return {field.name: values[field.name] for field in fields if values[field.name] != _shown_default(field)}


def _shown_default(field: SettingField) -> Any:
    return _listed(field.default) if isinstance(field.default, tuple) else field.default


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)


def _widget(field: SettingField, key: str) -> Any:
    words = field.name.replace("_", " ").capitalize()
    label = f"{words} ({field.unit})" if field.unit and field.unit not in words.lower() else words
    if field.kind == "switch":
        return st.toggle(label, bool(field.default), help=field.help, key=key)
    if field.kind == "choice":
        return st.selectbox(label, field.choices, field.choices.index(str(field.default)), help=field.help, key=key)
    if field.kind == "integer":
        low, high = (None if bound is None else int(bound) for bound in (field.minimum, field.maximum))
        return st.number_input(label, low, high, int(str(field.default)), step=1, help=field.help, key=key)
    if field.kind == "number":
        value = float(str(field.default))
        return st.number_input(
            label, field.minimum, field.maximum, value, step=value / 4 or 0.05, format="%g", help=field.help, key=key
        )
    return st.text_input(label, str(_shown_default(field)), help=field.help, key=key)
