// One stream's own part of detection: what waits before the network, and what the triggers remember.
// The network stands between `take` and `judge`, as in src/oyez/detect/stream.py.

import { AudioError, ConfigError } from "./errors.js";
import { joined, Resampler } from "./resampler.js";
import { Trigger } from "./trigger.js";

export const SLOWEST = 4_000;
export const FASTEST = 768_000;

const FULL_SCALE = 32_768;
const LOUDEST_FLOAT = 2;

export class Stream {
  #card;
  #resampler;
  #waiting = new Float32Array(0);
  /** Steps judged since the last reset. */
  step = 0;

  /**
   * @param {object} card - of the model.
   * @param {number} rate - Hertz of the samples that will be pushed.
   * @param {Record<string, number>} thresholds - score, 0..1, that each word needs.
   */
  constructor(card, rate, thresholds) {
    if (!Number.isInteger(rate) || rate < SLOWEST || rate > FASTEST) {
      throw new ConfigError(`rate must be ${SLOWEST}..${FASTEST} whole Hertz, got ${rate}.`);
    }
    this.#card = card;
    this.triggers = triggersOf(card, thresholds);
    this.#resampler = new Resampler(rate, card.rate);
  }

  /** Forget everything heard: the next sample is the first. */
  reset() {
    this.#resampler.reset();
    this.#waiting = new Float32Array(0);
    for (const trigger of this.triggers) trigger.reset();
    this.step = 0;
  }

  /** Take samples at the stream's rate, as `asSamples` gives them. */
  push(samples) {
    const ready = this.#resampler.push(samples);
    this.#waiting = joined(this.#waiting, ready);
  }

  /** Take the end: what the resampler holds, the model's tail of silence, and up to a whole chunk. */
  finish() {
    const waiting = joined(this.#waiting, this.#resampler.finish());
    const length = waiting.length + this.#card.tail;
    this.#waiting = new Float32Array(Math.ceil(length / this.#card.chunk) * this.#card.chunk);
    this.#waiting.set(waiting);
  }

  /** The chunks that are whole, at the model's rate; they wait no more. */
  take() {
    const { chunk } = this.#card;
    const count = Math.floor(this.#waiting.length / chunk);
    const whole = Array.from({ length: count }, (_, at) => this.#waiting.slice(at * chunk, (at + 1) * chunk));
    this.#waiting = this.#waiting.slice(count * chunk);
    return whole;
  }

  /**
   * What the triggers make of the next scores.
   *
   * @param {Float32Array} scores - steps × words, a step after the other.
   * @returns {{word: string, time_s: number, score: number}[]} in order of time.
   */
  judge(scores) {
    const found = judge(this.#card, this.triggers, scores, this.step);
    this.step += scores.length / this.#card.words.length;
    return found;
  }
}

/** A trigger at rest for each word. */
export function triggersOf(card, thresholds) {
  return card.words.map(
    (word) => new Trigger({ ...card.trigger[word], threshold: thresholds[word] }, card.step / card.rate),
  );
}

/** Detections among scores that follow `step` earlier ones. */
export function judge(card, triggers, scores, step = 0) {
  const { words } = card;
  const found = [];
  for (let at = 0; at * words.length < scores.length; at++) {
    triggers.forEach((trigger, column) => {
      const score = trigger.push(scores[at * words.length + column]);
      const time_s = ((step + at + 1) * card.step) / card.rate;
      if (score !== null) found.push({ word: words[column], time_s, score });
    });
  }
  return found;
}

/**
 * What a caller has, as samples: one channel, full scale 1.
 *
 * @param {Float32Array | Int16Array | (Float32Array | Int16Array)[]} x - one channel, or an array of channels,
 *   which are averaged.
 * @returns {Float32Array}
 * @throws {AudioError} another type, channels that differ in length, no numbers, or floats beyond ±2.
 */
export function asSamples(x) {
  if (Array.isArray(x)) return averaged(x.map(asSamples));
  if (x instanceof Int16Array) return Float32Array.from(x, (value) => value / FULL_SCALE);
  if (!(x instanceof Float32Array)) {
    const got = x?.constructor?.name ?? String(x);
    throw new AudioError(`samples must be a Float32Array in ±1 or an Int16Array, got ${got}. Convert them.`);
  }
  let peak = 0;
  for (const value of x) {
    if (!Number.isFinite(value)) {
      throw new AudioError("samples hold values that are no numbers (NaN or infinite). Remove them.");
    }
    peak = Math.max(peak, Math.abs(value));
  }
  if (peak > LOUDEST_FLOAT) {
    throw new AudioError(`float samples must lie in ±1, got ${peak}. If they are 16-bit samples, pass Int16Array.`);
  }
  return x.slice(); // a caller may use its array again, while this one waits
}

function averaged(channels) {
  if (!channels.length || channels.some((one) => one.length !== channels[0].length)) {
    const got = channels.map((one) => one.length).join(", ") || "none";
    throw new AudioError(`channels must be one or more, of one length, got ${got}. Pass those of one recording.`);
  }
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, at) => channels.reduce((sum, one) => sum + one[at], 0) / channels.length);
}
