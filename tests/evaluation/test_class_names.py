from core.evaluation.class_names import align_classes


def test_names_are_aligned_whatever_their_order():
    # The report's case: folders sorted by code point on one side, capitalized on the other.
    aligned = align_classes(["Jeans", "Trousers", "sarees"], ["Jeans", "Sarees", "Trousers"])
    assert aligned.class_of == {"Jeans": "Jeans", "Sarees": "sarees", "Trousers": "Trousers"}
    assert aligned.unmatched == () and aligned.missing == ()
    assert aligned.warnings == ("'Sarees' and the run's 'sarees' differ only by case or signs: taken as the same",)


def test_case_spaces_hyphens_and_accents_do_not_part_names():
    aligned = align_classes(["t-shirt", "Café tables"], ["T Shirt", "cafe  tables"])
    assert aligned.class_of == {"T Shirt": "t-shirt", "cafe  tables": "Café tables"}
    assert len(aligned.warnings) == 2


def test_similar_spelling_is_pointed_out_but_not_matched():
    aligned = align_classes(["shirts", "Trousers"], ["shorts", "Trouser", "hat"])
    assert aligned.class_of == {}
    assert aligned.unmatched == ("Trouser", "hat", "shorts")
    assert aligned.missing == ("Trousers", "shirts")
    assert any("'Trouser' is spelled like the run's 'Trousers'" in warning for warning in aligned.warnings)


def test_levels_stay_apart_and_ambiguous_names_stay_unmatched():
    # "A > B" is not "AB"; and "JEANS" could be either of two classes of the run.
    assert align_classes(["A > B"], ["AB"]).unmatched == ("AB",)
    assert align_classes(["jeans", "Jeans"], ["JEANS"]).unmatched == ("JEANS",)


def test_a_leaf_that_is_a_class_of_the_run_below_another_parent_is_pointed_out():
    aligned = align_classes(["Clothing > Shirts"], ["shirts"])
    assert aligned.unmatched == ("shirts",)
    assert "'Clothing > Shirts'" in aligned.warnings[0]
