// Another rate, for a stream: the result does not depend on how the stream is cut.
//
// A band-limited interpolation: each output sample is a weighted sum of input samples around it, the weights a
// sinc under a Kaiser window. Output n lies at input time n × from / to; that position is kept in integers.
// Source: Smith, "Digital Audio Resampling", sections 2 and 3; Kaiser (1974) for the window's shape and length.

/**
 * Share of the lower Nyquist frequency that passes whole, as with soxr's "HQ". To a higher rate, the fall ends at
 * Nyquist. To a lower one it ends as far above as it begins below: what is left there folds back onto the fall,
 * where nobody listens, and half as many weights will do.
 */
const PASSBAND = 0.913;
const STOPBAND_DB = 100;
/** Phases that are tabulated at most; between them weights are interpolated, at an error of -120 dB. */
const MOST_PHASES = 1024;

export class Resampler {
  #step;
  #phases;
  #half;
  #rows;
  #exact;
  #waiting = new Float32Array(0);
  #first = 0;
  #whole = 0;
  #part = 0;
  #heard = 0;

  /**
   * @param {number} from - Hertz of what is pushed.
   * @param {number} to - Hertz of what comes out.
   */
  constructor(from, to) {
    this.from = from;
    this.to = to;
    const common = divisor(from, to);
    this.#step = from / common;
    this.#phases = to / common;
    this.#exact = this.#phases <= MOST_PHASES;
    if (from !== to) [this.#rows, this.#half] = weights(from, to, this.#exact ? this.#phases : MOST_PHASES);
    this.reset();
  }

  /** Forget everything heard. */
  reset() {
    this.#waiting = new Float32Array(0);
    this.#first = this.#whole = this.#part = this.#heard = 0;
  }

  /**
   * Take samples at the old rate.
   *
   * @param {Float32Array} samples - any number of them.
   * @returns {Float32Array} those that are ready at the new rate.
   */
  push(samples) {
    if (this.from === this.to) return samples;
    this.#heard += samples.length;
    this.#waiting = joined(this.#waiting, samples);
    const last = this.#heard - 1 - this.#half; // an output left of that has all that it needs
    return this.#until((whole) => whole <= last);
  }

  /** What is left, as if silence followed; afterwards the stream starts anew. */
  finish() {
    if (this.from === this.to) return new Float32Array(0);
    const count = Math.floor((this.#heard * this.to) / this.from + 0.5);
    this.#waiting = joined(this.#waiting, new Float32Array(this.#half + 1));
    const made = (whole, part) => (whole * this.#phases + part) / this.#step;
    const rest = this.#until((whole, part) => made(whole, part) < count - 0.5);
    this.reset();
    return rest;
  }

  /** Outputs while they are wanted; then what no later one needs is dropped. */
  #until(wanted) {
    const room = Math.ceil(((this.#waiting.length + 1) * this.to) / this.from) + 2;
    const out = new Float32Array(room);
    let count = 0;
    while (wanted(this.#whole, this.#part) && count < room) {
      out[count++] = this.#at(this.#whole - this.#first);
      this.#part += this.#step;
      this.#whole += Math.floor(this.#part / this.#phases);
      this.#part %= this.#phases;
    }
    const keep = Math.max(0, this.#whole - this.#half + 1 - this.#first);
    this.#waiting = this.#waiting.slice(keep);
    this.#first += keep;
    return out.subarray(0, count);
  }

  /** The output that lies `part / phases` after the waiting sample `centre`. */
  #at(centre) {
    const width = 2 * this.#half;
    const start = centre - this.#half + 1;
    const from = Math.max(0, -start);
    const stop = Math.min(width, this.#waiting.length - start);
    const place = this.#exact ? this.#part : (this.#part / this.#phases) * MOST_PHASES;
    const row = Math.floor(place);
    const between = place - row;
    const value = product(this.#rows, row * width, this.#waiting, start, from, stop);
    if (between === 0) return value;
    const next = product(this.#rows, (row + 1) * width, this.#waiting, start, from, stop);
    return value + between * (next - value);
  }
}

/** The inner product of weights and samples; four sums, which do not wait for each other, take half the time. */
function product(rows, row, samples, start, from, stop) {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let tap = from;
  for (; tap + 3 < stop; tap += 4) {
    a += rows[row + tap] * samples[start + tap];
    b += rows[row + tap + 1] * samples[start + tap + 1];
    c += rows[row + tap + 2] * samples[start + tap + 2];
    d += rows[row + tap + 3] * samples[start + tap + 3];
  }
  for (; tap < stop; tap++) a += rows[row + tap] * samples[start + tap];
  return a + b + c + d;
}

/** Weights for each phase, and one row more to interpolate to: [(phases + 1) × 2 half, half]. */
function weights(from, to, phases) {
  const lower = Math.min(from, to) / from; // of the input's Nyquist frequency
  const beta = 0.1102 * (STOPBAND_DB - 8.7);
  const top = to > from ? 1 : 2 - PASSBAND; // where the fall ends
  const cutoff = (lower * (PASSBAND + top)) / 2;
  const order = (STOPBAND_DB - 8) / (2.285 * Math.PI * lower * (top - PASSBAND));
  const half = Math.ceil(order / 2) + 1;
  const width = 2 * half;
  const rows = new Float64Array((phases + 1) * width);
  for (let phase = 0; phase <= phases; phase++) {
    let sum = 0;
    for (let tap = 0; tap < width; tap++) {
      const distance = tap - half + 1 - phase / phases; // in input samples, from the output to this one
      const value = sinc(cutoff * distance) * kaiser(distance / half, beta);
      rows[phase * width + tap] = value;
      sum += value;
    }
    for (let tap = 0; tap < width; tap++) rows[phase * width + tap] /= sum; // a constant stays what it is
  }
  return [rows, half];
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x, beta) {
  return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
}

/** The modified Bessel function I0, by its series. */
function bessel(x) {
  let sum = 1;
  let term = 1;
  for (let n = 1; term > 1e-12 * sum; n++) {
    term *= (x / (2 * n)) ** 2;
    sum += term;
  }
  return sum;
}

function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b);
}

/** Two stretches as one. */
export function joined(a, b) {
  if (!a.length) return b;
  const all = new Float32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
