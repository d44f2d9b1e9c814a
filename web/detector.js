// The detector: samples in, detections out, for any cut of the stream.

import { thresholds } from "./intent.js";
import { Model } from "./model.js";
import { asSamples, Stream } from "./stream.js";

/** Node 18 does not know CustomEvent. */
const Told = globalThis.CustomEvent ?? class extends Event {
  constructor(type, { detail }) {
    super(type);
    this.detail = detail;
  }
};

/**
 * Open a detector.
 *
 * @param {string | URL | Uint8Array | ArrayBuffer} source - a model file: where it lies, or its bytes.
 * @param {object} options - see `Detector`; `assets` and `name` see `Model.open`.
 * @returns {Promise<Detector>} one that has heard nothing.
 */
export async function load(source, options = {}) {
  const model = await Model.open(source, options);
  return new Detector(model, options);
}

/**
 * Listens to one stream. Any cut of the stream gives identical detections: the network is always fed chunks of
 * one size.
 *
 * Calls wait for each other in order, so `push` need not be awaited. Events: `detection`, with
 * `detail: {word, time_s, score}`, and `scores`, with `detail: {scores, time_s, step_s}`: a score for each word,
 * step after step; `time_s` is the end of the first step.
 */
export class Detector extends EventTarget {
  #stream;
  #state;
  #queue = Promise.resolve();
  #pending = 0;

  /**
   * @param {Model} model - an open one; several detectors may share it.
   * @param {object} [options]
   * @param {number} [options.rate] - Hertz of the samples that will be pushed; else the model's own.
   * @param {number | Record<string, number>} [options.threshold] - score, 0..1, that every word needs, or by
   *   word; else the model's own.
   * @param {string | number} [options.falseAccepts] - in its place: how often it may be wrong, such as `1/day`,
   *   or a number per hour. The threshold comes from the model's own table.
   * @param {boolean} [options.strict] - whether a rate that the table does not show is an error; else `notes` tells.
   */
  constructor(model, { rate, ...wanted } = {}) {
    super();
    this.model = model;
    this.card = model.card;
    this.words = [...model.card.words];
    this.rate = rate ?? model.card.rate;
    this.step_s = model.card.step / model.card.rate;
    this.setThreshold(wanted);
    this.#stream = new Stream(this.card, this.rate, this.thresholds);
    this.#state = model.network.initialState();
  }

  /**
   * Ask for other thresholds, from the next score on.
   *
   * @param {object} wanted - `threshold`, or `falseAccepts` and `strict`, as for a new detector.
   */
  setThreshold({ threshold, falseAccepts, strict } = {}) {
    const found = thresholds(this.card, { threshold, falseAccepts, strict }, this.model.name);
    this.thresholds = found.byWord;
    this.notes = found.notes;
    this.#stream?.triggers.forEach((trigger, column) => {
      trigger.config.threshold = found.byWord[this.words[column]];
    });
  }

  /** Seconds of sound that were pushed and are not yet heard: they grow where the machine is too slow. */
  get waiting_s() {
    return this.#pending / this.rate;
  }

  /**
   * Hear more samples.
   *
   * @param {Float32Array | Int16Array | (Float32Array | Int16Array)[]} x - floats in ±1 or 16-bit samples, any
   *   length, at `rate`; or an array of channels, which are averaged.
   * @returns {Promise<{word: string, time_s: number, score: number}[]>} detections, in order of time.
   * @throws {AudioError} values are none of these; nothing of them was heard.
   */
  async push(x) {
    const samples = asSamples(x);
    this.#pending += samples.length;
    return this.#inOrder(() => {
      this.#pending -= samples.length;
      this.#stream.push(samples);
      return this.#hear();
    });
  }

  /**
   * Hear that the stream is over; what comes next is a new one. Silence of the length that the model states
   * follows, so that a word that ends with the file is still heard.
   */
  finish() {
    return this.#inOrder(async () => {
      this.#stream.finish();
      const found = await this.#hear();
      this.#forget();
      return found;
    });
  }

  /** Forget everything heard: the next sample is the first. */
  reset() {
    return this.#inOrder(() => this.#forget());
  }

  /**
   * Scores of a whole clip, from a fresh state; the live one is left alone.
   *
   * @param {Float32Array | Int16Array | (Float32Array | Int16Array)[]} x - as for `push`.
   * @returns {Promise<Float32Array>} a score for each word, step after step, the tail of silence included.
   */
  async scores(x) {
    const fresh = new Detector(this.model, { rate: this.rate });
    const parts = [];
    fresh.addEventListener("scores", ({ detail }) => parts.push(...detail.scores));
    await fresh.push(x);
    await fresh.finish();
    return Float32Array.from(parts);
  }

  #forget() {
    this.#stream.reset();
    this.#state = this.model.network.initialState();
  }

  #inOrder(work) {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {}); // who called is told; the next call goes on
    return done;
  }

  /** Run the network over the chunks that are whole. */
  async #hear() {
    const found = [];
    for (const chunk of this.#stream.take()) {
      const [scores, state] = await this.model.network.run(chunk, this.#state);
      this.#state = state;
      const time_s = ((this.#stream.step + 1) * this.card.step) / this.card.rate;
      const heard = this.#stream.judge(scores);
      this.dispatchEvent(new Told("scores", { detail: { scores, time_s, step_s: this.step_s } }));
      for (const detail of heard) this.dispatchEvent(new Told("detection", { detail }));
      found.push(...heard);
    }
    return found;
  }
}
