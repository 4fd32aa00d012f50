from dataclasses import dataclass

import pytest

from core.errors import SettingsError
from core.models.linear_settings import LinearSettings
from core.models.settings import check_settings, describe_settings, parse_settings, setting, settings_to_json


@dataclass(frozen=True)
class Oven:
    degrees: float = setting(180.0, help="How hot.", unit="°C", minimum=50, maximum=300)
    trays: int = setting(1, help="How many.", minimum=1, maximum=3)
    fan: bool = setting(False, help="Whether it blows.")
    stages: tuple[float, ...] = setting((0.5, 1.0), help="When to look.", minimum=0)
    bread: str = setting("rye", help="Which.", choices=("rye", "wheat"))

    def __post_init__(self):
        check_settings(self)


def test_strings_of_a_command_line_become_typed_values():
    oven = parse_settings(
        Oven, {"degrees": "220", "trays": "2", "fan": "yes", "stages": "0.1, 0.2,3", "bread": "wheat"}
    )
    assert oven == Oven(degrees=220.0, trays=2, fan=True, stages=(0.1, 0.2, 3.0), bread="wheat")


def test_typed_values_of_a_form_pass_and_what_is_not_named_keeps_its_default():
    assert parse_settings(Oven, {"trays": 3, "stages": [1, 2], "fan": True}) == Oven(
        trays=3, stages=(1.0, 2.0), fan=True
    )


def test_settings_survive_json():
    oven = Oven(stages=(0.25,), trays=2)
    assert parse_settings(Oven, settings_to_json(oven)) == oven


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"heat": "1"}, "unknown setting 'heat': the settings are degrees, trays, fan, stages, bread"),
        ({"trays": "1.5"}, "trays is '1.5': expected a whole number, such as 1"),
        ({"trays": True}, "trays is True: expected a whole number, such as 1"),
        ({"trays": "4"}, "trays is 4: expected at most 3"),
        ({"degrees": "20"}, "degrees is 20: expected at least 50 °C"),
        ({"degrees": "nan"}, "degrees is nan: expected a finite number"),
        ({"fan": "maybe"}, "fan is 'maybe': expected yes or no, such as no"),
        ({"stages": "1,x"}, "stages is '1,x': expected numbers separated by commas, such as 0.5,1"),
        ({"stages": ""}, "stages is empty: expected at least one number"),
        ({"bread": "oat"}, "bread is 'oat': expected one of rye, wheat"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(given, expected):
    with pytest.raises(SettingsError) as caught:
        parse_settings(Oven, given)
    assert str(caught.value) == expected


def test_fields_describe_themselves_for_a_form():
    degrees, *_, bread = describe_settings(Oven)
    assert (degrees.kind, degrees.unit, degrees.minimum, degrees.maximum) == ("number", "°C", 50, 300)
    assert (bread.kind, bread.choices) == ("choice", ("rye", "wheat"))


def test_a_number_with_a_thousand_digits_is_refused_in_one_sentence():
    with pytest.raises(SettingsError, match=r"epochs has 3322 bits: expected a number below 2\*\*63"):
        parse_settings(LinearSettings, {"epochs": "9" * 1000})  # 10**1000 needs 3,322 bits
