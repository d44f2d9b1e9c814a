// Samples as a WAV file: 16 bits, one channel.

const FULL_SCALE = 32_768;

/**
 * @param {Float32Array} samples - full scale is 1; what lies beyond saturates.
 * @param {number} rate - Hertz.
 * @returns {Uint8Array}
 */
export function wav(samples, rate) {
  const size = 2 * samples.length;
  const view = new DataView(new ArrayBuffer(44 + size));
  const letters = (at, text) => [...text].forEach((letter, offset) => view.setUint8(at + offset, letter.charCodeAt(0)));
  letters(0, "RIFF");
  view.setUint32(4, 36 + size, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true); // bits
  letters(36, "data");
  view.setUint32(40, size, true);
  samples.forEach((sample, at) => {
    const value = Math.round(sample * FULL_SCALE);
    view.setInt16(44 + 2 * at, Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, value)), true);
  });
  return new Uint8Array(view.buffer);
}
