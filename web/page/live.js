// Listening to the microphone, until it is stopped.

import { Detector, listen } from "./oyez-web/index.js";
import { number, say } from "./language.js";

const SLOW_S = 2;
const SILENT_S = 5;
const at = (id) => document.getElementById(id);

export class Live {
  #screen;
  #microphone = null;
  #zeros_s = 0;
  #told = null;
  #turn = 0;
  #idle = Promise.resolve();

  /** @param {Screen} screen - where all is shown. */
  constructor(screen) {
    this.#screen = screen;
  }

  get running() {
    return this.#microphone !== null;
  }

  /** Kept when no model is in use any more by detectors that were left until now. */
  get idle() {
    return this.#idle;
  }

  /**
   * Open the microphone and listen.
   *
   * @param {() => [object, object]} chosen - an open model, and thresholds as for a detector; asked when the
   *   microphone is open: the question for it may stand for minutes.
   * @returns {Promise<boolean>} false where it was stopped before it began.
   * @throws {DeviceError} there is no microphone to listen to.
   */
  async start(chosen) {
    const turn = ++this.#turn;
    say(at("listen-status"), "opening");
    this.#zeros_s = 0;
    let microphone;
    try {
      microphone = await listen((samples, rate) => this.#hear(samples, rate));
    } catch (error) {
      if (turn !== this.#turn) return false;
      throw error;
    }
    if (turn !== this.#turn) {
      await microphone.stop();
      return false;
    }
    this.#microphone = microphone;
    const { rate, label, ended } = microphone;
    ended.then((taken) => taken && this.#microphone === microphone && this.onTaken?.());
    this.#listenWith(...chosen(), rate);
    this.#told = { device: label || "?", rate: () => number(rate / 1000, rate % 1000 ? 1 : 0) };
    this.saying = "listening";
    say(at("listen-status"), "listening", this.#told);
    return true;
  }

  /** Another model takes over; the stream begins anew. */
  change(model, wanted) {
    if (!this.running) return;
    const before = this.detector;
    this.#listenWith(model, wanted, this.#microphone.rate);
    this.#end(before);
  }

  setThreshold(wanted) {
    this.detector?.setThreshold(wanted);
  }

  async stop() {
    this.#turn += 1;
    const { detector } = this;
    const microphone = this.#microphone;
    this.detector = this.#microphone = this.#told = null; // at once: who starts meanwhile brings others
    const ended = this.#end(detector);
    await microphone?.stop();
    await ended;
  }

  /** A detector hears what still waits for it, and is left. */
  #end(detector) {
    if (!detector) return this.#idle;
    const heard = detector.finish().catch(() => {}); // of a server that has gone: it was told
    const ended = heard.then(() => detector.close?.());
    this.#idle = Promise.all([this.#idle, ended]);
    return ended;
  }

  #listenWith(model, wanted, rate) {
    const detector = model.detector ? model.detector({ rate, ...wanted }) : new Detector(model, { rate, ...wanted });
    const shown = this.#screen.clear(model.card, detector.thresholds, rate);
    const onScreen = (push) => ({ detail }) => this.#screen.shown === shown && push(detail);
    detector.addEventListener("scores", onScreen((detail) => this.#screen.pushScores(detail)));
    detector.addEventListener("detection", onScreen((detail) => this.#screen.pushHit(detail)));
    this.detector = detector;
  }

  #hear(samples, rate) {
    const { detector } = this;
    if (!detector) return;
    this.#screen.pushSamples(samples);
    detector.push(samples).catch((error) => detector === this.detector && this.onError?.(error));
    this.#watch(samples, rate);
  }

  /** Tell what keeps words from being heard: a muted microphone, a machine that is too slow. */
  #watch(samples, rate) {
    this.#zeros_s = samples.every((one) => one === 0) ? this.#zeros_s + samples.length / rate : 0;
    const waiting_s = this.detector.waiting_s;
    const now = this.#zeros_s > SILENT_S ? "silent" : waiting_s > SLOW_S ? "slow" : "listening";
    if (!this.#told || now === this.saying) return;
    this.saying = now;
    say(at("listen-status"), now, { ...this.#told, seconds: () => number(waiting_s) });
  }
}
