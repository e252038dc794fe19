"""What leaves a labelling project, and labels that come back."""

from alcore.projects.export.formats import FORMATS, Format, exported, from_csv, to_csv
from alcore.projects.export.frames import answers_frame, batch_frame, whole_frame
from alcore.projects.export.huggingface import dataset_files
from alcore.projects.export.model import MODEL_FORMATS, ModelFormat, exported_model
from alcore.projects.export.returned import Taken, labels_of, take_labels
from alcore.projects.export.tasks import rows_of_tasks

__all__ = [
    "FORMATS",
    "MODEL_FORMATS",
    "Format",
    "ModelFormat",
    "Taken",
    "answers_frame",
    "batch_frame",
    "dataset_files",
    "exported",
    "exported_model",
    "from_csv",
    "labels_of",
    "rows_of_tasks",
    "take_labels",
    "to_csv",
    "whole_frame",
]
