"""Asking for a database: its address, a query, and a password that goes nowhere but to the database."""

import streamlit as st

from core.catalog.source_settings import SourceSettings
from core.ui.import_choice import ChosenSource


def ask_database() -> ChosenSource | None:
    """Ask for an address, a query and a password; None while the address is missing.

    A password written into the address is taken out at once, so that neither the page nor a job keeps it.
    """
    st.markdown(
        "Reads what a query gives, read-only. The password is handed to the database and stored nowhere: "
        "a resumed import asks for it again."
    )
    left, right = st.columns([3, 2], gap="large")
    text = left.text_input(
        "Address of the database",
        key="sql_address",
        placeholder="postgresql://ann@db.example/shop or sqlite:////data/shop.db",
        max_chars=2000,
    ).strip()
    password = right.text_input("Password", type="password", key="sql_password", max_chars=1000, autocomplete="off")
    query = st.text_area(
        "Query or table",
        key="sql_query",
        placeholder="SELECT id, title, category, price, picture_url FROM products",
        max_chars=20_000,
        height=100,
    ).strip()
    if not text:
        return None
    from core.catalog.sql_address import part_address

    parted = part_address(text)
    settings = SourceSettings(format="sql", query=query or None)
    name = parted.text.rsplit("/", 1)[-1].split("?", 1)[0].rsplit(".", 1)[0]
    return ChosenSource(parted.text, settings, name or "database", password=password or parted.password)


def with_password(source: ChosenSource) -> str:
    """Give the address to start a job with: its password is handed to the worker through a pipe and not stored."""
    if source.password is None:
        return source.text
    from sqlalchemy.engine import make_url

    return make_url(source.text).set(password=source.password).render_as_string(hide_password=False)
