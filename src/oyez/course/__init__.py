"""The trigger-word lesson, by its own names, on Oyez's nouns.

    from oyez.course import *

stands in for the import lines of the lesson's notebook; the rest of it runs as it is. It needs the
extra `course`. `use_language("ko")` makes everything here speak Korean.
"""

from oyez import plot
from oyez.course import segments
from oyez.course.adam import Adam
from oyez.course.examples import (
    create_training_example,
    get_random_time_segment,
    insert_audio_clip,
    insert_ones,
    is_overlapping,
)
from oyez.course.hearing import chime_on_activate, detect_triggerword, graph_spectrogram
from oyez.course.language import use_language
from oyez.course.layers import (
    GRU,
    Activation,
    BatchNormalization,
    Conv1D,
    Dense,
    Dropout,
    Input,
    TimeDistributed,
)
from oyez.course.loading import load_model, model, model_from_json
from oyez.course.network import Model
from oyez.course.segments import load_raw_audio, match_target_amplitude, preprocess_audio

__all__ = [
    "GRU",
    "Activation",
    "Adam",
    "AudioSegment",
    "BatchNormalization",
    "Conv1D",
    "Dense",
    "Dropout",
    "Input",
    "Model",
    "TimeDistributed",
    "chime_on_activate",
    "create_training_example",
    "detect_triggerword",
    "get_random_time_segment",
    "graph_spectrogram",
    "insert_audio_clip",
    "insert_ones",
    "is_overlapping",
    "load_model",
    "load_raw_audio",
    "match_target_amplitude",
    "model",
    "model_from_json",
    "plt",
    "preprocess_audio",
    "use_language",
    "wavfile",
]

AudioSegment = segments.segment_class()
plt = plot.pyplot()
wavfile = segments.WavFile()
