"""Other engines and ours, behind one door: `open_engine`."""

from oyez.evaluate.engines.names import open_engine

__all__ = ["open_engine"]
