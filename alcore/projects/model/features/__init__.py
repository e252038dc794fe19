"""Features of a labelling project's items: what a learner is trained on, computed once and kept by content."""

from alcore.projects.model.features.choice import (
    METHODS,
    FeatureChoice,
    Features,
    default_choice,
    table_method,
    words_of_choice,
)
from alcore.projects.model.features.computed import features_of, vocabulary_of
from alcore.projects.model.features.images import hog
from alcore.projects.model.features.inputs import Prepared
from alcore.projects.model.features.preparing import fitted, prepared
from alcore.projects.model.features.tables import text_columns, texts_of

__all__ = [
    "METHODS",
    "FeatureChoice",
    "Features",
    "Prepared",
    "default_choice",
    "features_of",
    "fitted",
    "hog",
    "prepared",
    "table_method",
    "text_columns",
    "texts_of",
    "vocabulary_of",
    "words_of_choice",
]
