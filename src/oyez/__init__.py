"""Oyez: a word in, a small detector out, and the detector run.

    import oyez
    detector = oyez.load("activate")
    for detection in detector.push(samples):
        print(detection.word, detection.time_s, detection.score)

Public names only; everything else may move between versions.
"""

from oyez.detect.detector import Detector, load
from oyez.events import Detection, Span

__version__ = "0.1.0"

__all__ = ["Detection", "Detector", "Span", "__version__", "load"]
