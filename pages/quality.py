"""Quality: can this catalog be trusted, and what must be mended first?"""

from functools import partial

import streamlit as st

from core.catalog.catalogs import Catalog
from core.jobs.supervise import submit
from core.quality.quality_report import QualityReport
from core.quality.report_csv import report_csv
from core.quality.report_html import report_html
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.export_panel import draw_export
from core.ui.frame import need_catalog
from core.ui.guard import guard, visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.offer_row import words_and_button
from core.ui.permission import may_edit
from core.ui.product_detail import show_asked_product
from core.ui.quality_charts import draw_charts
from core.ui.quality_lines import draw_lines
from core.ui.quality_reports import report_of
from core.ui.wording import counted, literal, number_text


def draw_verdict(catalog: Catalog, report: QualityReport) -> None:
    st.markdown(f"## {literal(report.verdict)}")
    found = {name: sum(line.severity == name for line in report.lines) for name in ("bad", "warning")}
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.metric("Products", number_text(report.products), width=120)
        st.metric(
            "Pictures",
            number_text(report.pictures),
            width=120,
            help=f"{number_text(report.distinct_pictures)} different ones.",
        )
        st.metric("Categories", number_text(report.category_count), width=120)
        st.metric("To mend first", f"{found['bad']}", width=120)
        st.metric("Worth a look", f"{found['warning']}", width=120)
        with st.popover("Download the report", icon=":material/download:"):
            draw_downloads(catalog, report)


def draw_downloads(catalog: Catalog, report: QualityReport) -> None:
    st.download_button(
        "HTML with pictures",
        data=partial(report_html, home(), catalog, report),
        file_name=f"quality-{catalog.name}.html",
        mime="text/html",
        icon=":material/description:",
        on_click="ignore",
        width="stretch",
        help="One file that needs no network and prints well.",
    )
    st.download_button(
        "CSV",
        data=partial(report_csv, report),
        file_name=f"quality-{catalog.name}.csv",
        mime="text/csv",
        icon=":material/table:",
        on_click="ignore",
        width="stretch",
        help="One row a line of the report, safe to open in a spreadsheet.",
    )


def draw_measuring(catalog: Catalog, report: QualityReport) -> None:
    job = active_job("measure", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Measuring pictures")
        return
    if not report.unmeasured:
        return
    with st.container(border=True, key="measure_offer"):
        words, button = words_and_button()
        words.markdown(
            f"**{counted(report.unmeasured, 'picture')} not measured yet**  \n"
            "Measuring finds dark, blurry and empty ones; what is measured once is kept."
        )
        if may_edit() and button.button("Measure pictures", type="primary"):
            submit(home(), "measure", {"catalog": catalog.name}, actor=visitor_name())
            st.rerun()


guard()
st.title("Quality")
catalog = need_catalog()
with shown_errors():
    report = report_of(catalog)
    draw_verdict(catalog, report)
    draw_measuring(catalog, report)
    draw_lines(catalog, report)
    if report.products:
        st.header("How it is spread", anchor=False)
        draw_charts(report)
        st.header("Take the catalog along", anchor=False)
        st.caption("One table and a folder of pictures, as cleaned; imported again it gives the same products.")
        draw_export(catalog)
show_asked_product(catalog)
