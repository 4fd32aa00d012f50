"""A form made from a recipe's settings: each field says itself what it is, in which unit and range.

Classes with presets (see :func:`core.models.settings.parse_settings`) get a choice that puts the preset's values into
the fields, so that what is shown is what is used.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.models.settings import SettingField, describe_settings, parse_settings

PRESET = "preset"


def settings_form(settings_class: type, *, key: str) -> dict[str, Any]:
    """Draw one widget a setting and give the values that differ from their defaults, or from the chosen preset's.

    Args:
        settings_class: A settings dataclass of a recipe.
        key: Names the form, so that each recipe keeps its own values.
    """
    fields = describe_settings(settings_class)
    presets = getattr(settings_class, "PRESETS", {})
    preset_field = next((field for field in fields if field.name == PRESET and presets), None)
    values: dict[str, Any] = {}
    if preset_field is not None:
        values[PRESET] = _pick_preset(settings_class, preset_field, fields, key=key)
    base = _shown_values(settings_class, fields, values.get(PRESET))
    rest = [field for field in fields if field is not preset_field]
    sections = list(dict.fromkeys(field.section for field in rest))
    places: list[Any] = [st.container()]
    if len(sections) > 1:
        places = list(st.tabs([section.capitalize() or "Training" for section in sections]))
    for section, place in zip(sections, places, strict=True):
        with place:
            values |= _draw_fields([field for field in rest if field.section == section], base, key=key)
    changed = {field.name: values[field.name] for field in rest if values[field.name] != base[field.name]}
    if preset_field is not None and values[PRESET] != preset_field.default:
        changed = {PRESET: values[PRESET], **changed}
    return changed


def put_settings(settings_class: type, settings: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Give what to put into a form's widgets to make it show some settings, by widget.

    Raises:
        SettingsError: A value cannot be read or is out of range; names that are not known any more are left out.
    """
    names = [field.name for field in describe_settings(settings_class)]
    parsed: Any = parse_settings(settings_class, {name: settings[name] for name in names if name in settings})
    return {f"{key}_{name}": shown_value(getattr(parsed, name)) for name in names}


def shown_value(value: Any) -> Any:
    """Give a value as its widget shows it: several numbers are written as one text."""
    return ", ".join(f"{number:g}" for number in value) if isinstance(value, tuple | list) else value


def _pick_preset(settings_class: type, field: SettingField, fields: Sequence[SettingField], *, key: str) -> str:
    widget = f"{key}_{PRESET}"
    st.session_state.setdefault(widget, field.default)
    return str(
        st.selectbox(
            "Preset",
            field.choices,
            key=widget,
            help=field.help,
            format_func=lambda name: name[:1].upper() + name[1:],
            on_change=partial(_take_preset, settings_class, fields, key),
            persist_state="session",
        )
    )


def _take_preset(settings_class: type, fields: Sequence[SettingField], key: str) -> None:
    """Put the values of the chosen preset into the form."""
    shown = _shown_values(settings_class, fields, st.session_state.get(f"{key}_{PRESET}"))
    for name, value in shown.items():
        st.session_state[f"{key}_{name}"] = value


def _shown_values(settings_class: type, fields: Sequence[SettingField], preset: str | None) -> dict[str, Any]:
    """Give the value each field shows before anybody changes it."""
    if preset is None:
        return {field.name: shown_value(field.default) for field in fields}
    filled: Any = parse_settings(settings_class, {PRESET: preset})
    return {field.name: shown_value(getattr(filled, field.name)) for field in fields if field.name != PRESET}


def _draw_fields(fields: Sequence[SettingField], base: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    columns = st.columns(2, gap="medium")
    values = {}
    for place, field in enumerate(fields):
        with columns[place % 2]:
            widget = f"{key}_{field.name}"
            st.session_state.setdefault(widget, base[field.name])
            values[field.name] = _widget(field, widget)
    return values


def _widget(field: SettingField, key: str) -> Any:
    words = field.name.replace("_", " ").capitalize()
    label = f"{words} ({field.unit})" if field.unit and field.unit not in words.lower() else words
    if field.kind == "switch":
        return st.toggle(label, help=field.help, key=key, persist_state="session")
    if field.kind == "choice":
        return st.selectbox(label, field.choices, help=field.help, key=key, persist_state="session")
    if field.kind == "integer":
        low, high = (None if bound is None else int(bound) for bound in (field.minimum, field.maximum))
        return st.number_input(label, low, high, step=1, help=field.help, key=key, persist_state="session")
    if field.kind == "number":
        step = float(str(field.default)) / 4 or 0.05
        return st.number_input(
            label,
            field.minimum,
            field.maximum,
            step=step,
            format="%g",
            help=field.help,
            key=key,
            persist_state="session",
        )
    return st.text_input(label, help=field.help, key=key, persist_state="session")
