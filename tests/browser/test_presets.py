"""Saving and teaching as a product manager does it: a preset comes back onto the sliders, arrow keys pick."""

import re

from playwright.sync_api import expect


def test_a_preset_comes_back_and_arrow_keys_teach(serve, visit, demo_copy):
    visitor = visit(serve(demo_copy))
    page = visitor.open("/recommend?show=Presets&weight_color=1.5")
    page.get_by_label("Name", exact=True).first.fill("front")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as a new version.")).to_be_visible()
    page = visitor.open("/recommend?show=Presets&weight_color=0.1&preset_shown=front")
    page.get_by_role("button", name="Put on the sliders").click()
    expect(page).to_have_url(re.compile(r"weight_color=1.5"))
    page = visitor.open("/recommend?show=Teach")
    expect(page.get_by_role("button", name="Right is better")).to_be_visible()  # a key before that goes nowhere
    visitor.settle()
    for number, key in enumerate(("ArrowLeft", "ArrowDown", "ArrowRight"), 1):
        page.keyboard.press(key)
        expect(page.get_by_text(f"{number} of about 15 picks")).to_be_visible()
        visitor.settle()
    page.get_by_role("button", name="Put these weights on the sliders").click()
    expect(page).to_have_url(re.compile(r"weight_"))
