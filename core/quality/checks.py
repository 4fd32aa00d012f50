"""What the quality report looks for: every check with its words and with how bad it is."""

from dataclasses import dataclass

SEVERITIES = ("bad", "warning", "note", "good")
"""Mend first; look at; good to know; looked for and not found."""

GROUPS = ("products", "values", "prices", "pictures", "duplicates", "files")


@dataclass(frozen=True)
class Check:
    """One thing the report looks for.

    Attributes:
        key: Names it in addresses, files and JSON.
        group: One of :data:`GROUPS`.
        title: A few words.
        found_one: What one product is said to do: "has no picture".
        found_many: What several are said to do: "have no picture".
        advice: What it means or how to mend it, one sentence.
        warning_share: Share of what is counted from which it is worth a look, 0..1; above 1 it never is.
        bad_share: Share from which it is to be mended first.
        noun: What is counted.
        nouns: Several of it.
        may_be_all: Found everywhere, it is how the source is and only good to know: a folder knows no prices.
    """

    key: str
    group: str
    title: str
    found_one: str
    found_many: str
    advice: str
    warning_share: float = 0.0
    bad_share: float = 2.0
    noun: str = "product"
    nouns: str = "products"
    may_be_all: bool = False

    def severity(self, count: int, total: int) -> str:
        """Judge a count: one of :data:`SEVERITIES`."""
        if not count:
            return "good"
        if self.may_be_all and count == total:
            return "note"
        share = count / max(total, 1)
        return "bad" if share >= self.bad_share else "warning" if share >= self.warning_share else "note"

    def sentence(self, count: int, total: int) -> str:
        """Say what was found: ``3 of 1,050 products (0.3 %) have no picture.``"""
        if not count:
            return f"Not found in {total:,} {self.noun if total == 1 else self.nouns}."
        share = count / max(total, 1)
        written = f"{share:.1%}" if share >= 0.001 else "under 0.1%"
        verb = self.found_one if count == 1 else self.found_many
        nouns = self.noun if total == 1 else self.nouns
        return f"{count:,} of {total:,} {nouns} ({written.replace('%', ' %')}) {verb}. {self.advice}"


_PRODUCT_CHECKS = (
    Check(
        "without_picture",
        "products",
        "Without a picture",
        "has no picture",
        "have no picture",
        "Without one a product is left out of training, maps and look-alikes.",
        bad_share=0.1,
    ),
    Check(
        "without_category",
        "products",
        "Without a category",
        "has no category",
        "have no category",
        "A model trained on the rest can suggest one: see the cleaning step for missing categories.",
        bad_share=0.05,
    ),
    Check(
        "small_category",
        "products",
        "In a small category",
        "is in a category of fewer than ten",
        "are in categories of fewer than ten",
        "A model can hardly learn these: keep fewer levels, merge them, or keep only the largest categories.",
        bad_share=0.2,
    ),
    Check(
        "without_price",
        "products",
        "Without a price",
        "has no price",
        "have no price",
        "Price levels and price weights do not reach them.",
        warning_share=0.01,
        bad_share=0.3,
        may_be_all=True,
    ),
    *(
        Check(
            f"without_{field}",
            "products",
            f"Without a {field}",
            f"has no {field}",
            f"have no {field}",
            "Fine if the source does not know it; else check the column mapping of the import.",
            warning_share=2.0,
        )
        for field in ("brand", "color", "description")
    ),
    Check(
        "without_split",
        "products",
        "Without a split",
        "is in no split",
        "are in no split",
        "A training divides them by itself; with splits of your own every model is tested on the same products.",
        warning_share=2.0,
    ),
    Check(
        "several_pictures",
        "products",
        "With several pictures",
        "has several pictures",
        "have several pictures",
        "They are embedded as the mean of their pictures.",
        warning_share=2.0,
    ),
)

_VALUE_CHECKS = (
    Check(
        "title_short",
        "values",
        "Titles that say nothing",
        "has a title of fewer than three characters",
        "have titles of fewer than three characters",
        "Check the column mapping of the import.",
        bad_share=0.02,
    ),
    Check(
        "title_repeated",
        "values",
        "Titles used again and again",
        "shares its title with others",
        "share their title with others",
        "Often sizes or colors of one product, sometimes copies.",
        warning_share=0.02,
        bad_share=0.5,
        may_be_all=True,
    ),
    Check(
        "title_category",
        "values",
        "Titles that repeat the category",
        "has the name of its category as title",
        "have the name of their category as title",
        "Search by words finds them no better than by category.",
        bad_share=0.2,
        may_be_all=True,
    ),
    Check(
        "title_markup",
        "values",
        "HTML in titles",
        "has HTML tags or entities in its title",
        "have HTML tags or entities in their titles",
        "The source was exported from a web page: let it write plain text.",
        bad_share=0.05,
    ),
    Check(
        "title_capitals",
        "values",
        "Titles in capitals",
        "shouts its title in capitals",
        "shout their titles in capitals",
        "Harmless for models, hard to read for people.",
        warning_share=0.02,
    ),
    Check(
        "placeholder_value",
        "values",
        "Stand-ins for missing values",
        "has a category, brand or color such as N/A or unknown",
        "have a category, brand or color such as N/A or unknown",
        "A model would learn them as if they meant something: empty them.",
        bad_share=0.05,
    ),
    *(
        Check(
            f"spelling_{field}",
            "values",
            f"{named} spelled in several ways",
            f"has a {field} that others spell differently",
            f"have a {field} that others spell differently",
            "The cleaning step for spelling brings each to its most frequent form.",
            bad_share=0.05,
        )
        for field, named in (("category", "Categories"), ("brand", "Brands"), ("color", "Colors"))
    ),
)

_PRICE_CHECKS = (
    Check(
        "price_zero",
        "prices",
        "Prices of zero",
        "costs nothing",
        "cost nothing",
        "Usually a missing price written as 0.",
        bad_share=0.01,
        noun="price",
        nouns="prices",
    ),
    Check(
        "price_outlier",
        "prices",
        "Prices far from their category",
        "is far from what its category costs",
        "are far from what their category costs",
        "The farthest come first: a slipped decimal point, another currency, or a product in the wrong category.",
        bad_share=0.05,
        noun="price",
        nouns="prices",
    ),
    Check(
        "price_currency",
        "prices",
        "Prices in another currency",
        "is in another currency than most",
        "are in other currencies than most",
        "Prices are only compared within one currency.",
        warning_share=2.0,
        noun="price",
        nouns="prices",
    ),
)

_PICTURE_CHECKS = (
    Check(
        "picture_dark",
        "pictures",
        "Dark pictures",
        "is dark",
        "are dark",
        "Colors and details are lost in them: take them anew or brighten them.",
        bad_share=0.05,
        noun="picture",
        nouns="pictures",
    ),
    Check(
        "picture_blurry",
        "pictures",
        "Blurry pictures",
        "is blurry",
        "are blurry",
        "Even their sharpest edges are washed out: out of focus, or enlarged from a small copy.",
        bad_share=0.05,
        noun="picture",
        nouns="pictures",
    ),
    Check(
        "picture_empty",
        "pictures",
        "Pictures with little to see",
        "shows next to nothing",
        "show next to nothing",
        "Blank, white on white, or a stand-in such as “no image”.",
        bad_share=0.02,
        noun="picture",
        nouns="pictures",
    ),
    Check(
        "picture_shape",
        "pictures",
        "Odd-shaped pictures",
        "is far wider or higher than the others",
        "are far wider or higher than the others",
        "Fitted into a square, little of the product is left.",
        bad_share=0.1,
        noun="picture",
        nouns="pictures",
    ),
    Check(
        "picture_small",
        "pictures",
        "Tiny pictures",
        "is shorter than 100 px on one side",
        "are shorter than 100 px on one side",
        "Networks look at 224 px: these are enlarged and blurred.",
        bad_share=0.1,
        noun="picture",
        nouns="pictures",
    ),
    Check(
        "picture_unreadable",
        "pictures",
        "Pictures that cannot be opened any more",
        "cannot be opened",
        "cannot be opened",
        "The kept file is damaged or gone: import the source again.",
        bad_share=0.0,
        noun="picture",
        nouns="pictures",
    ),
)

_DUPLICATE_CHECKS = (
    Check(
        "duplicate_exact",
        "duplicates",
        "Same picture for several products",
        "shows exactly the picture of another product",
        "show exactly the picture of another product",
        "Variants may share one; copies of a product should go, or stay on one side of a split.",
        warning_share=0.005,
        bad_share=0.1,
    ),
    Check(
        "duplicate_near",
        "duplicates",
        "Nearly the same picture",
        "shows nearly the picture of another product",
        "show nearly the picture of another product",
        "On both sides of a split they make a test too easy.",
        warning_share=0.02,
        bad_share=0.3,
    ),
)

CHECKS: dict[str, Check] = {
    check.key: check
    for checks in (_PRODUCT_CHECKS, _VALUE_CHECKS, _PRICE_CHECKS, _PICTURE_CHECKS, _DUPLICATE_CHECKS)
    for check in checks
}
"""Every check on products and pictures by key, in the order they are told. Skipped files have a line a reason."""
