def test_catalogs_and_products(call, colors):
    assert call("catalogs", "--json").json == {
        "catalogs": [{"catalog": "colors", "products": 36, "pictures": 36, "categories": 3}]
    }
    found = call("products", "colors", "--where", "category = 'red'", "--limit", "2", "--json").json["products"]
    assert [each["product_id"] for each in found] == ["red/red-00.png", "red/red-01.png"]
    first = found[0]
    assert (first["title"], first["category"], first["price"], first["currency"]) == ("red-00", "red", None, None)
    assert len(first["pictures"]) == 1 and len(first["pictures"][0]) == 64  # a sha256
    assert list(first) == [
        "product_id",
        "title",
        "category",
        "price",
        "currency",
        "brand",
        "color",
        "split",
        "attributes",
        "pictures",
    ]


def test_tables_for_people_are_aligned(call, colors):
    assert call("catalogs").out == (
        "CATALOG  PRODUCTS  PICTURES  CATEGORIES\n"
        "colors         36        36           3\n"
    )  # fmt: skip
    assert call("products", "colors", "--where", "title = 'none'").out == "no product matches\n"


def test_edits_are_logged_and_undone(call, colors):
    words = ("--set", "price=12.5", "--set", "currency=EUR", "--set", "attribute.size=42", "--set", "title=A, B = C")
    event = call("edit", "colors", "red/red-00.png", *words, "--json").json["event"]
    where = ("products", "colors", "--where", "product_id = 'red/red-00.png'", "--json")
    [product] = call(*where).json["products"]
    assert (product["price"], product["currency"], product["title"]) == (12.5, "EUR", "A, B = C")
    assert product["attributes"] == {"size": 42}
    again = call("undo", event, "--json").json
    assert again["undone"] == event
    [product] = call(*where).json["products"]
    assert (product["price"], product["title"], product["attributes"]) == (None, "red-00", {})
    events = call("events", "--catalog", "colors", "--json").json["events"]
    assert [each["event"] for each in events[:2]] == [again["event"], event]
    assert [each["undone"] for each in events[:2]] == [False, True]
    assert all(isinstance(each["event"], str) for each in events)


def test_a_price_needs_a_currency_and_a_field_must_exist(call, colors):
    assert "add --set currency=EUR" in call("edit", "colors", "red/red-00.png", "--set", "price=1").err
    call("edit", "colors", "red/red-00.png", "--set", "price=19.99", "--set", "currency=EUR")
    # 1999 cents must not become 1999 yen, which have no cents.
    refused = call("edit", "colors", "red/red-00.png", "--set", "currency=JPY")
    assert (refused.code, "add --set price=AMOUNT" in refused.err) == (2, True)
    assert "--set size is no field" in call("edit", "colors", "red/red-00.png", "--set", "size=1").err


def test_catalogs_are_renamed_deleted_and_brought_back(call, colors):
    call("rename-catalog", "colors", "paints")
    event = call("delete-catalog", "paints", "--json").json["event"]
    assert call("catalogs", "--json").json == {"catalogs": []}
    assert call("undo", event).out.startswith(f"change {event} is undone")
    assert [each["catalog"] for each in call("catalogs", "--json").json["catalogs"]] == ["paints"]


def test_histories_are_listed_renamed_and_deleted(call, home, colors):
    from core.catalog.catalogs import find_catalog
    from core.catalog.histories import HistoryEvent, add_history

    events = [HistoryEvent("u1", "red/red-00.png", "view", "2026-01-01"), HistoryEvent("u2", "x", "buy", "2026-01-02")]
    add_history(home, find_catalog(home, "colors"), "visits", events=events, actor="ann")
    [history] = call("histories", "colors", "--json").json["histories"]
    assert (history["history"], history["users"], history["events"]) == ("visits", 2, 2)
    call("rename-history", "colors", "visits", "spring")
    assert call("histories", "colors").out.splitlines()[1].startswith("spring")
    call("delete-history", "colors", "spring")
    assert call("histories", "colors", "--json").json == {"histories": []}
