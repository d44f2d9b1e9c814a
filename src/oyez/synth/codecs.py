"""What lossy codecs leave of sound, as calls, chats and recorders send it: encoded and decoded in memory.

The codecs are libsndfile's own.
"""

import io
from dataclasses import dataclass

import numpy as np
import soundfile

from oyez import sound
from oyez.errors import ConfigError
from oyez.sound import Samples

__all__ = ["CODECS", "Codec", "coded"]

BLOCK = 65_536  # samples: libsndfile 1.2 crashes on an OGG that gets minutes at once


@dataclass(frozen=True)
class Codec:
    """How libsndfile is to encode."""

    format: str
    subtype: str
    rate: int
    """Hertz at which it works."""
    compression: float | None = None
    """0..1, the smallest file is 1; None where the codec has no choice."""


CODECS = {
    "adpcm": Codec("WAV", "IMA_ADPCM", 16_000),
    "gsm": Codec("WAV", "GSM610", 8_000),
    "mp3": Codec("MP3", "MPEG_LAYER_III", 16_000, 0.8),
    "opus": Codec("OGG", "OPUS", 16_000, 0.96),
    "vorbis": Codec("OGG", "VORBIS", 16_000, 1.0),
}
"""By name: IMA ADPCM at 64 kbit/s, GSM full rate at 13, Opus at about 16, MP3 and Vorbis at about 20."""


def coded(samples: Samples, rate: int, codec: str) -> Samples:
    """What is left of a recording after a codec.

    Args:
        samples: (samples,), within ±1; what is louder is cut off.
        rate: Hertz.
        codec: a key of `CODECS`.

    Returns:
        (samples,), as long as it was, not moved in time.

    Raises:
        ConfigError: the codec is unknown.
    """
    if codec not in CODECS:
        raise ConfigError(f"codec {codec!r} is unknown, expected one of {', '.join(CODECS)}.")
    if not len(samples):
        return samples
    how, buffer = CODECS[codec], io.BytesIO()
    narrow = np.clip(sound.resample(samples, rate, how.rate), -1.0, 1.0)
    with soundfile.SoundFile(
        buffer, "w", how.rate, 1, how.subtype, format=how.format, compression_level=how.compression
    ) as file:
        for start in range(0, len(narrow), BLOCK):
            file.write(narrow[start : start + BLOCK])
    buffer.seek(0)
    decoded, _ = soundfile.read(buffer, dtype="float32")
    return sound.fit(sound.resample(decoded, how.rate, rate), len(samples))
