"""Recordings that are heard as they are decoded; most is tested over sockets."""

import asyncio

import pytest

from oyez.errors import LimitError
from oyez.serve.service import Service
from oyez.serve.session import Wanted
from oyez.serve.uploads import _follow
from tone_model import tones

RATE = 44_100


def test_a_recording_that_the_server_cuts_off_is_no_whole_one(catalog):
    async def decoded():
        yield tones([0.5], 2.0)
        await asyncio.Event().wait()  # there is more of it

    async def run():
        async with Service(catalog) as service:
            live = service.open(Wanted(RATE, ("tone",)))
            following = asyncio.create_task(_follow(decoded(), live))
            while not service.counts.heard_s:
                await asyncio.sleep(0)
            await service.stop(10)
            with pytest.raises(LimitError, match="the server is stopping"):
                await following

    asyncio.run(asyncio.wait_for(run(), 60))
