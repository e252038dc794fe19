"""A person's own labelling project: its answers, queue and models, an honest accuracy, and what leaves it."""

from typing import TYPE_CHECKING

from alcore.lazy import lazy_names

if TYPE_CHECKING:
    from alcore.projects.agreement import krippendorff_alpha
    from alcore.projects.audit import Estimate, confidence_sequence, lure, post_stratified
    from alcore.projects.project import Project
    from alcore.projects.routing import pac_threshold
    from alcore.projects.stopping import Forecast, forecast, kappa, recall_p_value

__all__ = [
    "Estimate",
    "Forecast",
    "Project",
    "confidence_sequence",
    "forecast",
    "kappa",
    "krippendorff_alpha",
    "lure",
    "pac_threshold",
    "post_stratified",
    "recall_p_value",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "alcore.projects.agreement": ("krippendorff_alpha",),
        "alcore.projects.audit": ("Estimate", "confidence_sequence", "lure", "post_stratified"),
        "alcore.projects.project": ("Project",),
        "alcore.projects.routing": ("pac_threshold",),
        "alcore.projects.stopping": ("Forecast", "forecast", "kappa", "recall_p_value"),
    },
)
