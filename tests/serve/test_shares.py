"""What many clients share."""

import contextlib

import pytest

from oyez.errors import LimitError
from oyez.serve.shares import Shares, household


def test_each_has_its_share_and_all_together_theirs():
    shares = Shares("streams", 3, 2)
    shares.take("a")
    shares.take("a")
    with pytest.raises(LimitError, match="one client may have 2 streams at once"):
        shares.take("a")
    shares.take("b")
    with pytest.raises(LimitError, match="all 3 streams are taken"):
        shares.take("c")
    shares.give_back("a")
    shares.take("c")
    assert len(shares) == 3


def test_it_is_given_back_whatever_happens():
    shares = Shares("recordings", 1, 1)
    with contextlib.suppress(ValueError), shares.taken("a"):
        assert len(shares) == 1
        raise ValueError
    assert len(shares) == 0
    with shares.taken("b"):
        pass


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::2", "2001:db8::/64"),
        ("2001:db8:0:1::2", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("somewhere", "somewhere"),
    ],
)
def test_what_counts_as_one_client(address, who):
    assert household(address) == who
