import pytest

from oyez.serve.counts import Counts, Delay


def test_delays_fall_into_classes():
    delay = Delay()
    assert delay.quantile(0.5) == 0.0
    for number in range(100):
        delay.add(0.0004 + 0.0001 * number)
    assert delay.count == 100
    assert delay.total_s == pytest.approx(0.535)
    assert delay.quantile(0.5) == 0.007
    assert delay.quantile(1.0) == pytest.approx(0.0103)  # no more than the longest of all
    assert delay.buckets[0] == (0.001, 7)
    assert delay.buckets[-1][1] == 100


def test_counts_are_plain_data():
    counts = Counts()
    counts.opened()
    counts.opened()
    counts.closed()
    counts.note("odd", 2)
    counts.detections["lamp"] += 1
    plain = counts.as_dict()
    assert (plain["streams"], plain["streams_most"], plain["streams_all"]) == (1, 2, 2)
    assert plain["detections"] == {"lamp": 1}
    assert plain["other"] == {"odd": 2}
