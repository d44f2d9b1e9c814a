// Sound as columns of a spectrogram: levels of 128 bands from 60 Hz to 8 kHz, one column every so many seconds.

export const BANDS = 128;
export const LOWEST_DB = -100;

const LOWEST_HZ = 60;
const HIGHEST_HZ = 8_000;
const WINDOW_S = 0.032;

export class Spectrum {
  #waiting = new Float32Array(0);
  #hop;
  #taken = 0;
  #columns = 0;
  #size;
  #fft;
  #window;
  #bins;

  /**
   * @param {number} rate - Hertz of the samples.
   * @param {number} column_s - seconds from one column to the next.
   */
  constructor(rate, column_s) {
    this.#size = 2 ** Math.round(Math.log2(rate * WINDOW_S));
    this.#hop = column_s * rate;
    this.#fft = new Fft(this.#size);
    this.#window = Float64Array.from({ length: this.#size }, (_, n) => hann(n, this.#size));
    this.#bins = bands(rate, this.#size);
  }

  /**
   * Take samples; returns the columns that are ready, BANDS levels in dB each, low to high. A sine of full
   * scale is 0 dB. Column n is of the window that ends n hops after the start, so it can be shown at once.
   */
  push(samples) {
    const waiting = new Float32Array(this.#waiting.length + samples.length);
    waiting.set(this.#waiting);
    waiting.set(samples, this.#waiting.length);
    const start = this.#taken - this.#waiting.length;
    this.#taken += samples.length;
    const columns = [];
    while (Math.round((this.#columns + 1) * this.#hop) <= this.#taken) {
      this.#columns += 1;
      const end = Math.round(this.#columns * this.#hop) - start;
      columns.push(this.#column(waiting, end));
    }
    this.#waiting = waiting.slice(Math.max(0, waiting.length - this.#size - Math.ceil(this.#hop)));
    return columns;
  }

  #column(samples, end) {
    const real = new Float64Array(this.#size);
    const first = end - this.#size;
    for (let n = Math.max(0, -first); n < this.#size; n++) real[n] = samples[first + n] * this.#window[n];
    const power = this.#fft.power(real);
    const scale = (4 / this.#size) ** 2; // the window's mean is a half, a sine has two lines
    return Float32Array.from({ length: BANDS }, (_, band) => {
      let most = 0;
      for (let bin = this.#bins[band][0]; bin <= this.#bins[band][1]; bin++) most = Math.max(most, power[bin]);
      return Math.max(LOWEST_DB, 10 * Math.log10(most * scale + 1e-12));
    });
  }
}

/** First and last bin of each band; bands are as wide as the ear's (mel). Source: O'Shaughnessy (1987). */
function bands(rate, size) {
  const mel = (hz) => 2595 * Math.log10(1 + hz / 700);
  const hertz = (value) => 700 * (10 ** (value / 2595) - 1);
  const [low, high] = [mel(LOWEST_HZ), mel(Math.min(HIGHEST_HZ, rate / 2))];
  const bin = (band) => (hertz(low + ((high - low) * band) / BANDS) * size) / rate;
  return Array.from({ length: BANDS }, (_, band) => {
    const first = Math.min(Math.round(bin(band)), size / 2);
    return [first, Math.min(Math.max(first, Math.round(bin(band + 1)) - 1), size / 2)];
  });
}

function hann(n, size) {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / size);
}

/** A discrete Fourier transform of a power of two. Source: Cooley and Tukey (1965). */
class Fft {
  constructor(size) {
    this.size = size;
    this.cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.sin = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    const bits = Math.log2(size);
    this.order = Uint32Array.from({ length: size }, (_, n) => {
      let turned = 0;
      for (let bit = 0; bit < bits; bit++) turned |= ((n >> bit) & 1) << (bits - 1 - bit);
      return turned;
    });
  }

  /** Squared magnitudes of bins 0 to half the size. */
  power(samples) {
    const real = Float64Array.from(this.order, (n) => samples[n]);
    const imaginary = new Float64Array(this.size);
    for (let width = 2; width <= this.size; width *= 2) this.#pass(real, imaginary, width);
    return Float64Array.from({ length: this.size / 2 + 1 }, (_, k) => real[k] ** 2 + imaginary[k] ** 2);
  }

  #pass(real, imaginary, width) {
    const half = width / 2;
    const stride = this.size / width;
    for (let start = 0; start < this.size; start += width) {
      for (let k = 0; k < half; k++) {
        const a = start + k;
        const b = a + half;
        const cos = this.cos[k * stride];
        const sin = this.sin[k * stride];
        const re = real[b] * cos + imaginary[b] * sin;
        const im = imaginary[b] * cos - real[b] * sin;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}
