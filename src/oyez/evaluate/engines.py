"""TEMP"""

from oyez.detect.detector import Detector
from oyez.detect.model import Model, model_path


class L:
    def __init__(s, d, i):
        s.d, s.i = d, i

    def push(s, x):
        s.d.push(x)
        return s.d.last_scores[:, s.i]

    def finish(s):
        s.d.finish()
        return s.d.last_scores[:, s.i]


class OurEngine:
    sweeps = True

    def __init__(self, name, word=None):
        self.name = name
        self.m = Model(model_path(name))
        c = self.m.card
        self.word = word or c.words[0]
        self.rate = c.rate
        self.step_s = c.step / c.rate
        self.wait_s = c.chunk / c.rate
        self.trigger = c.trigger[self.word]
        self.i = c.words.index(self.word)

    def listen(self, rate):
        return L(Detector(self.m, rate=rate), self.i)


def open_engine(name, word=None):
    return OurEngine(name, word)
