"""Checks of a learner's own functions: what is wrong and where to look, or "correct".

Each `check_…` takes the learner's function, tries it on cases picked by hand, and prints one line if
all are right. Else it raises `ExerciseError`, which a notebook shows without a traceback.
"""

from oyez.course.checks.answer import ExerciseError
from oyez.course.checks.building import check_model
from oyez.course.checks.deciding import check_chime_steps, check_f1, check_pick_threshold
from oyez.course.checks.labelling import check_insert_ones
from oyez.course.checks.mixing import check_create_training_example
from oyez.course.checks.placing import check_count_frames, check_insert_audio_clip, check_is_overlapping

__all__ = [
    "ExerciseError",
    "check_chime_steps",
    "check_count_frames",
    "check_create_training_example",
    "check_f1",
    "check_insert_audio_clip",
    "check_insert_ones",
    "check_is_overlapping",
    "check_model",
    "check_pick_threshold",
]
