"""The first products of a source, as they would be imported, with small pictures where they lie on this machine."""

import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st
from PIL import Image

from core.catalog.import_values import category_path
from core.catalog.pictures import read_picture
from core.catalog.sources import SourcePicture, SourceRecord
from core.errors import PictureError
from core.ui.caches import data_address
from core.ui.wording import counted, price_text, shortened

_SIDE_PX = 72
_ATTRIBUTES_SHOWN = 6


def draw_products(records: Sequence[SourceRecord]) -> None:
    """Draw the first products; pictures to be fetched are counted, never shown: no page asks another host."""
    if not records:
        st.warning("Nothing here becomes a product.", icon=":material/search_off:")
        return
    st.markdown(f"**The first {counted(len(records), 'product')} as they would be imported**")
    columns: dict[str, list[str | None]] = {
        "Picture": [_small(record.pictures[0]) if record.pictures else None for record in records],
        "Product id": [record.product_id for record in records],
        "Title": [shortened(record.title, 200) for record in records],
        "Category": [category_path(record.category) for record in records],
        "Price": [price_text(record.price_minor_units, record.currency) for record in records],
        "Brand": [record.brand for record in records],
        "Color": [record.color for record in records],
        "Split": [record.split for record in records],
        "Pictures": [_told(record.pictures) for record in records],
        "Attributes": [_attributes(record) for record in records],
    }
    filled = {name: values for name, values in columns.items() if any(values)}
    st.dataframe(
        pd.DataFrame(filled),
        hide_index=True,
        width="stretch",
        row_height=56 if "Picture" in filled else None,
        column_config={"Picture": st.column_config.ImageColumn(width="small")},
    )


def _told(pictures: Sequence[SourcePicture]) -> str:
    fetched = sum(picture.url is not None for picture in pictures)
    if fetched:
        return f"{counted(fetched, 'picture')} to fetch"
    missing = sum(picture.path is None and picture.data is None for picture in pictures)
    return f"{len(pictures)}" + (f", {missing} missing" if missing else "") if pictures else ""


def _attributes(record: SourceRecord) -> str:
    shown = [f"{name}: {value}" for name, value in list(record.attributes.items())[:_ATTRIBUTES_SHOWN]]
    more = len(record.attributes) - len(shown)
    return shortened("; ".join(shown), 300) + (f"; and {more} more" if more > 0 else "")


def _small(picture: SourcePicture) -> str | None:
    """Give a small copy of a picture as a data address; None where it cannot be had."""
    if picture.path is not None:
        try:
            stamp = picture.path.stat().st_mtime_ns
        except OSError:
            return None
        return _small_of_file(str(picture.path), stamp)
    return None if picture.data is None else _small_of(picture.data)


@st.cache_data(show_spinner=False, max_entries=200)
def _small_of_file(path: str, stamp: int) -> str | None:
    return _small_of(Path(path))


def _small_of(picture: Path | bytes) -> str | None:
    try:
        pixels = read_picture(picture, enough_px=_SIDE_PX)
    except (OSError, PictureError):
        return None
    image = Image.fromarray(pixels)
    image.thumbnail((_SIDE_PX, _SIDE_PX))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80)
    return data_address(buffer.getvalue())
