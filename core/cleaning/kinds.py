"""The kinds of steps, in the order a catalog is usually cleaned. A later kind is one more entry here."""

from core.cleaning.balance import BalanceSettings, plan_balance
from core.cleaning.brands import BrandSettings, plan_brands
from core.cleaning.category_levels import LevelSettings, plan_levels
from core.cleaning.category_merges import MergeSettings, plan_merges, read_merge_settings, write_merge_settings
from core.cleaning.colors import ColorSettings, plan_colors
from core.cleaning.duplicates import DuplicateSettings, plan_duplicates
from core.cleaning.limits import CapSettings, UnderSampleSettings, plan_cap, plan_under_sample
from core.cleaning.merged_products import ProductMergeSettings, plan_product_merges
from core.cleaning.predicted_categories import PredictSettings, plan_predictions
from core.cleaning.prices import PriceSettings, plan_prices
from core.cleaning.spellings import SpellingSettings, plan_spelling
from core.cleaning.split_deals import SplitSettings, plan_split
from core.cleaning.step import StepKind
from core.errors import SettingsError

STEP_KINDS: dict[str, StepKind] = {
    kind.name: kind
    for kind in (
        StepKind(
            name="spelling",
            title="Bring spellings together",
            summary="Names that differ only in case, blanks, accents or plural take their most frequent form.",
            icon="spellcheck",
            settings_class=SpellingSettings,
            plan=plan_spelling,
        ),
        StepKind(
            name="category-levels",
            title="Keep the broad levels",
            summary="Cuts every category path to its first levels: Clothing > Shirts > Polo becomes Clothing > Shirts.",
            icon="account_tree",
            settings_class=LevelSettings,
            plan=plan_levels,
        ),
        StepKind(
            name="merge-categories",
            title="Merge categories",
            summary="Categories that mean the same become one, by a table of what becomes what.",
            icon="merge",
            settings_class=MergeSettings,
            plan=plan_merges,
            read=read_merge_settings,
            write=write_merge_settings,
        ),
        StepKind(
            name="predict-categories",
            title="Predict missing categories",
            summary="A model trained on the rest gives products without a valid category one, where it is sure.",
            icon="auto_awesome",
            settings_class=PredictSettings,
            plan=plan_predictions,
            is_long=True,
        ),
        StepKind(
            name="colors",
            title="Name the colors",
            summary="Every word for a color becomes one name: navy, NAVY and navyblue are Navy Blue.",
            icon="palette",
            settings_class=ColorSettings,
            plan=plan_colors,
        ),
        StepKind(
            name="brands",
            title="Name the brands",
            summary="Spellings of one maker, with or without Ltd., become one name.",
            icon="sell",
            settings_class=BrandSettings,
            plan=plan_brands,
        ),
        StepKind(
            name="prices",
            title="Read price texts",
            summary="Prices that wait as text in the attributes, such as Rs. 1,299, become prices.",
            icon="payments",
            settings_class=PriceSettings,
            plan=plan_prices,
        ),
        StepKind(
            name="merge-products",
            title="Join pictures of one product",
            summary="Products that are the same, by title, attribute or id, become one with several pictures.",
            icon="photo_library",
            settings_class=ProductMergeSettings,
            plan=plan_product_merges,
        ),
        StepKind(
            name="duplicates",
            title="Find duplicates",
            summary="Groups equal and nearly equal pictures; surplus copies can be left out.",
            icon="content_copy",
            settings_class=DuplicateSettings,
            plan=plan_duplicates,
            is_long=True,
        ),
        StepKind(
            name="cap-per-category",
            title="Cap every category",
            summary="Keeps at most so many products of each category, drawn by lot.",
            icon="vertical_align_top",
            settings_class=CapSettings,
            plan=plan_cap,
        ),
        StepKind(
            name="under-sample",
            title="Sample large categories down",
            summary="Categories above one size are sampled down to another; the others stay whole.",
            icon="filter_alt",
            settings_class=UnderSampleSettings,
            plan=plan_under_sample,
        ),
        StepKind(
            name="split",
            title="Deal train, validation, test",
            summary="Deals all products to the three splits again, with duplicates on one side.",
            icon="call_split",
            settings_class=SplitSettings,
            plan=plan_split,
        ),
        StepKind(
            name="balance",
            title="Balance small categories",
            summary="Tells trainings to draw more, altered views of categories with few pictures.",
            icon="balance",
            settings_class=BalanceSettings,
            plan=plan_balance,
        ),
    )
}


def find_step_kind(name: str) -> StepKind:
    """Find a kind of step by its name.

    Raises:
        SettingsError: There is none of that name; the message lists those there are.
    """
    if name not in STEP_KINDS:
        raise SettingsError(f"there is no cleaning step {name[:100]!r}: choose one of {', '.join(STEP_KINDS)}")
    return STEP_KINDS[name]
