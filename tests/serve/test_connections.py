"""Who may connect, and how often."""

import asyncio

from oyez.serve.connections import Connections


def test_a_place_that_is_taken_takes_no_second_share():
    async def run():
        noted = []
        connections = Connections(8, 2, noted.append)
        place = ("192.0.2.7", 5_000)
        assert connections.admit(place)
        first = connections.of(place)
        assert not connections.admit(place)
        assert connections.of(place) is first
        assert noted == ["connections_refused"]
        connections.leave(place)
        assert connections.admit(place)
        assert connections.admit(("192.0.2.7", 5_001))  # both of its shares are there again
        assert not connections.admit(("192.0.2.7", 5_002))

    asyncio.run(run())
