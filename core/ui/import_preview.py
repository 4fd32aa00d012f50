"""What an import would find in a folder, before anything is written."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from core.catalog.folder_source import FolderSource
from core.ui.charts import bars
from core.ui.wording import counted, number_text

MOST_CATEGORIES_DRAWN = 20


@dataclass(frozen=True)
class Preview:
    """Counts of what lies in a folder.

    Attributes:
        products: How many products it would make.
        categories: Products a category path, most first.
        formats: Files a suffix, most first.
        splits: Products a split; those without are not counted.
        skipped: Files by the reason they would be skipped for, as far as that shows without decoding.
    """

    products: int
    categories: dict[str, int]
    formats: dict[str, int]
    splits: dict[str, int]
    skipped: dict[str, int]


@st.cache_data(show_spinner="Looking through the folder", max_entries=4, ttl=300)
def preview_folder(folder: str) -> Preview:
    """Walk a folder and count.

    Raises:
        CatalogError: There is no such folder, or it cannot be read.
    """
    source = FolderSource(folder)
    categories: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    for record in source.records():
        categories[" > ".join(record.category) or "(no category)"] += 1
        formats.update(Path(picture.name).suffix.lower().lstrip(".") or "(no suffix)" for picture in record.pictures)
        if record.split:
            splits[record.split] += 1
    skipped = Counter(file.reason for file in source.skipped())
    return Preview(
        products=sum(categories.values()),
        categories=dict(categories.most_common()),
        formats=dict(formats.most_common()),
        splits=dict(splits),
        skipped=dict(skipped.most_common()),
    )


def draw_preview(preview: Preview) -> None:
    """Draw the counts; names of folders are foreign text."""
    figures = st.columns(4)
    figures[0].metric("Pictures found", number_text(preview.products))
    figures[1].metric("Categories", number_text(len(preview.categories)))
    figures[2].metric(
        "Formats", ", ".join(list(preview.formats)[:3]) if all(map(str.isalnum, preview.formats)) else "–"
    )
    figures[3].metric("Files to skip", number_text(sum(preview.skipped.values())))
    names = list(preview.categories)[:MOST_CATEGORIES_DRAWN]
    left, right = st.columns([3, 2], gap="large")
    with left:
        figure = bars(names, [preview.categories[name] for name in names], title="Pictures in each category")
        st.plotly_chart(
            figure, key="preview_categories", config={"displayModeBar": False}, alt="Pictures in each category"
        )
        if len(preview.categories) > len(names):
            st.caption(f"and {counted(len(preview.categories) - len(names), 'more category', 'more categories')}")
    with right:
        _draw_counts("Files by format", "Format", preview.formats)
        if preview.splits:
            _draw_counts("Pictures by split, from the folders' names", "Split", preview.splits)
        if preview.skipped:
            _draw_counts("Files that will be skipped, by reason", "Reason", preview.skipped)


def _draw_counts(title: str, column: str, counts: dict[str, int]) -> None:
    st.markdown(f"**{title}**")
    frame = pd.DataFrame({column: [name.replace("_", " ") for name in counts], "Files": list(counts.values())})
    st.dataframe(frame, hide_index=True, width="stretch", height="content")
