"""What reviewers decided holds as long as the product is as it was, and nobody's decision is lost to another's."""

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.log import undo
from core.catalog.product_edits import edit_products, save_product
from core.errors import CatalogError, EditConflictError
from core.review.corrections import corrections_csv, write_accepted
from core.review.decisions import ACCEPT, KEEP, SKIP, TAKE_BACK, read_ledger
from core.review.findings import LABELS, SENT
from core.review.queue import accept_findings, accepted_decisions, send_products, sent_findings
from tests.review.reviewing import BOWLS, MUGS, decided, queue, suspected, waiting


def write(home, actor="Ada"):
    catalog = find_catalog(home, "shop")
    return write_accepted(home, catalog, LABELS, accepted_decisions(home, catalog, LABELS), actor=actor)


def test_a_kept_product_comes_back_once_its_category_changes_back_and_forth(home):
    catalog = suspected(home)
    decided(home, "p0", KEEP)
    assert waiting(home) == ["p1", "p2"]
    # The finding was about a mug: filed elsewhere it does not apply, filed as a mug again the old "keep" holds again.
    event = edit_products(home, catalog, ["p0"], {"category": "Garden"}, actor="Ada")
    assert waiting(home) == ["p1", "p2"]
    undo(home, event, actor="Ada")
    assert waiting(home) == ["p1", "p2"] and queue(home).kept == 1


def test_put_off_products_come_last(home):
    suspected(home)
    decided(home, "p0", SKIP)
    assert waiting(home) == ["p1", "p2", "p0"]
    assert queue(home).put_off == 1


def test_the_second_of_two_reviewers_is_told_and_the_first_ones_work_stays(home):
    catalog = suspected(home)
    mine, theirs = read_ledger(home, catalog, LABELS), read_ledger(home, catalog, LABELS)
    decided(home, "p0", KEEP, actor="Ada", ledger=mine)
    with pytest.raises(EditConflictError, match="Ada kept it as it is for 'p0'"):
        decided(home, "p0", ACCEPT, actor="Grace", ledger=theirs)
    assert read_ledger(home, catalog, LABELS).standing["p0"].decision == KEEP
    # Other products are free.
    decided(home, "p1", ACCEPT, actor="Grace", ledger=theirs)
    assert queue(home).kept == 1 and [each.product_id for each in queue(home).accepted] == ["p1"]


def test_taking_back_brings_the_finding_back(home):
    suspected(home)
    decided(home, "p0", ACCEPT)
    decided(home, "p0", TAKE_BACK)
    assert waiting(home) == ["p0", "p1", "p2"]


def test_accepted_changes_are_one_change_and_wait_again_once_undone(home):
    suspected(home)
    decided(home, "p0", ACCEPT)
    decided(home, "p1", ACCEPT, to="Kitchen > Plates")
    written = write(home)
    assert written.product_ids == ("p0", "p1") and written.overtaken == ()
    assert queue(home).written == 2 and waiting(home) == ["p2"]
    undo(home, written.event_id, actor="Ada")
    assert [each.to for each in queue(home).accepted] == [BOWLS, "Kitchen > Plates"]


def test_what_somebody_changed_meanwhile_stays_as_theirs(home):
    catalog = suspected(home)
    decided(home, "p0", ACCEPT)
    decided(home, "p1", ACCEPT)
    ready = accepted_decisions(home, catalog, LABELS)
    save_product(home, catalog, "p0", {"category": "Garden"}, seen={"category": MUGS}, actor="Grace")
    written = write_accepted(home, catalog, LABELS, ready, actor="Ada")
    assert (written.product_ids, written.overtaken) == (("p1",), ("p0",))


def test_many_are_accepted_at_once_but_those_decided_about(home):
    catalog = suspected(home)
    ledger = read_ledger(home, catalog, LABELS)
    findings = queue(home).waiting
    decided(home, "p1", KEEP, actor="Grace")
    assert accept_findings(home, catalog, LABELS, findings, ledger=ledger, actor="Ada") == ["p1"]
    assert [each.product_id for each in queue(home).accepted] == ["p0", "p2"]


def test_a_product_that_is_gone_is_passed_by(home):
    catalog = suspected(home)
    decided(home, "p0", ACCEPT)
    edit_products(home, catalog, ["p1"], {"left_out": "by hand"}, actor="Grace")
    assert waiting(home) == ["p2"]
    findings = queue(home).waiting
    assert (
        accept_findings(home, catalog, LABELS, (*findings,), ledger=read_ledger(home, catalog, LABELS), actor="A") == []
    )


def test_corrections_are_safe_in_a_spreadsheet(home):
    catalog = suspected(home, rows=[{"product_id": "=1+1"}, {}])
    decided(home, "=1+1", ACCEPT, to="@SUM(A1)", actor="+Ada")
    lines = corrections_csv(home, catalog, LABELS, accepted_decisions(home, catalog, LABELS)).splitlines()
    assert lines[0] == "product_id,kind,field,before,after,score,decided_by,decided_at"
    assert lines[1].startswith(f"'=1+1,labels,category,{MUGS},'@SUM(A1),,'+Ada,")


def test_products_sent_to_review_wait_with_the_reason_until_decided(home):
    catalog = suspected(home)
    assert send_products(home, catalog, ["p2", "p0", "p2", "gone"], reason="looks <b>odd</b>", actor="Grace") == 2
    from core.catalog.products import product_table

    ledger = read_ledger(home, catalog, SENT)
    found = sent_findings(home, catalog, table=product_table(home, catalog), ledger=ledger)
    assert [each.product_id for each in found] == ["p0", "p2"]
    assert found[0].reason == "Sent by Grace: looks <b>odd</b> It looks like a bowl."
    assert found[0].suggested == BOWLS
    with pytest.raises(CatalogError, match="none of these products"):
        send_products(home, catalog, ["nope"], reason="", actor="Grace")
