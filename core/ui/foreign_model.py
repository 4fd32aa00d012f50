"""The form that adds a model from elsewhere, and the job that loads it."""

import re

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.models.foreign_settings import OUTPUTS, SCALINGS
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, known_job, live_job
from core.ui.navigation import go
from core.ui.permission import drawn_for
from core.ui.uploads import uploaded_source
from core.ui.wording import number_text, percent

_JOB = "_foreign_job"
_SCALING_WORDS = {
    "none": "0 to 255: the model scales them itself",
    "0-1": "0 to 1",
    "-1-1": "-1 to 1 (MobileNet, Inception, Xception)",
    "caffe": "blue, green, red minus their means (VGG, ResNet)",
    "imagenet": "0 to 1, minus means, over deviations (DenseNet, PyTorch)",
}


def foreign_model_form(catalog: Catalog | None) -> None:
    """Draw the form in an expander, closed until somebody looks for it.

    Args:
        catalog: What the model is judged on; None where there is no catalog yet.
    """
    with st.expander("Add a .keras model from elsewhere", icon=":material/upload_file:"):
        if catalog is None:
            st.caption("Import a catalog first: the model is judged on its test pictures.")
            return
        with shown_errors():
            job = known_job(st.session_state.get(_JOB), kind="add-model") or active_job(
                "add-model", catalog=catalog.name
            )
            if job is not None:
                live_job(job.job, title="Adding a model", on_done=_draw_added)
                ended = job.state not in ("queued", "running")
                if ended and st.button("Add another model", icon=":material/add:", key="foreign_again"):
                    st.session_state.pop(_JOB, None)
                    st.rerun()
                return
            _draw_form(catalog)


@drawn_for(Role.EDITOR, "Adding a model")
def _draw_form(catalog: Catalog) -> None:
    st.caption(
        "Saved with Keras 3 as model.save('model.keras'). The file is taken apart without running anything in it: only "
        "Keras' own layers are taken, and it is loaded in a process of its own with limits."
    )
    path = uploaded_source("Model file", (".keras",), key="foreign_file")
    names = st.text_area(
        "Names of its classes, in the order of its outputs",
        key="foreign_classes",
        placeholder="dress, hat, shoes",
        help="Parted by commas or lines. Names are compared with the catalog's, never by number.",
    )
    left, middle, right = st.columns(3, gap="medium")
    scaling = left.selectbox("Pixels as", SCALINGS, format_func=_SCALING_WORDS.__getitem__, key="foreign_scaling")
    output = middle.selectbox(
        "Its last layer gives", OUTPUTS, key="foreign_output", help="auto tells by the layer itself."
    )
    side = right.number_input(
        "Picture side, px", 0, 1024, 0, key="foreign_side", help="0 takes what the model says; some leave it open."
    )
    if st.button("Add and judge it", type="primary", icon=":material/add:", disabled=path is None, key="foreign_add"):
        arguments = {
            "file": str(path),
            "catalog": catalog.name,
            "classes": [name.strip() for name in re.split(r"[,\n]", names) if name.strip()],
            "settings": {"scaling": scaling, "output": output, "side_px": int(side)},
        }
        st.session_state[_JOB] = submit(home(), "add-model", arguments, actor=visitor_name())
        st.rerun()


def _draw_added(job: JobStatus) -> None:
    result = job.result or {}
    test = result.get("metrics", {}).get("test", {})
    st.text(
        f"{result.get('name', '')}: {percent(test.get('accuracy'))} of {number_text(test.get('pictures', 0))} "
        "test pictures right"
    )
    for warning in result.get("warnings", [])[:8]:
        st.text(f"⚠ {warning}")
    if st.button("Evaluate this model", icon=":material/fact_check:", key="foreign_evaluate"):
        go("evaluate", catalog=job.arguments.get("catalog"), run=result.get("run"))
