"""Quality reports as pages keep them: one a state of a catalog, made anew when a job may have changed what is known."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.jobs.stored_status import ACTIVE_STATES
from core.quality.quality_report import QualityReport
from core.quality.report import quality_report
from core.ui.caches import home
from core.ui.job_list import all_jobs


def report_of(catalog: Catalog) -> QualityReport:
    """Give the quality report of a catalog; do not change it.

    A catalog's version says nothing of measures and groups of duplicates, which are derived: jobs make them, so the
    number of jobs that have ended is part of the key.
    """
    ended = sum(job.state not in ACTIVE_STATES for job in all_jobs())
    return _report_of((str(home().root), catalog.catalog_id, catalog.version, ended), catalog)


@st.cache_resource(show_spinner="Judging the catalog", max_entries=4)
def _report_of(key: tuple[str, int, int, int], _catalog: Catalog) -> QualityReport:
    return quality_report(home(), _catalog)
