// A sound file as samples at its own rate, decoded by the browser.

/** Hertz for files whose rate is not read here: what most of them have. */
const USUAL_RATE = 48_000;

/**
 * Decode a file.
 *
 * @param {ArrayBuffer} bytes
 * @returns {Promise<{channels: Float32Array[], rate: number, seconds: number}>}
 */
export async function decode(bytes) {
  const rate = rateOf(new DataView(bytes)) ?? USUAL_RATE;
  const context = new OfflineAudioContext(1, 1, rate); // at the file's own rate nothing is resampled
  const sound = await context.decodeAudioData(bytes);
  const channels = Array.from({ length: sound.numberOfChannels }, (_, at) => sound.getChannelData(at));
  return { channels, rate: sound.sampleRate, seconds: sound.duration };
}

/** The rate that a WAV or FLAC file states; null for others, and for what browsers do not open a context at. */
export function rateOf(view) {
  const rate = wavRate(view) ?? flacRate(view);
  return rate >= 8_000 && rate <= 96_000 ? rate : null;
}

function wavRate(view) {
  if (letters(view, 0) !== "RIFF" || letters(view, 8) !== "WAVE") return null;
  for (let at = 12; at + 16 <= view.byteLength; at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) % 2)) {
    if (letters(view, at) === "fmt ") return view.getUint32(at + 12, true);
  }
  return null;
}

/** In the first block of a FLAC file: 20 bits, after two sizes of a block (16 each) and two of a frame (24 each). */
function flacRate(view) {
  if (letters(view, 0) !== "fLaC" || view.byteLength < 24) return null;
  return (view.getUint8(18) << 12) | (view.getUint8(19) << 4) | (view.getUint8(20) >> 4);
}

function letters(view, at) {
  if (at + 4 > view.byteLength) return "";
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
