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

  /** @param {Screen} screen - where all is shown. */
  constructor(screen) {
    this.#screen = screen;
  }

  get running() {
    return this.#microphone !== null;
  }

  /**
   * Open the microphone and listen.
   *
   * @param {object} model - an open one.
   * @param {object} wanted - thresholds, as for a detector.
   * @throws {DeviceError} there is no microphone to listen to.
   */
  async start(model, wanted) {
    say(at("listen-status"), "opening");
    this.detector = null;
    this.#zeros_s = 0;
    this.#microphone = await listen((samples, rate) => this.#hear(samples, rate));
    const { rate, label, ended } = this.#microphone;
    ended.then((taken) => taken && this.onTaken?.());
    this.#listenWith(model, wanted, rate);
    this.#told = { device: label || "?", rate: () => number(rate / 1000, rate % 1000 ? 1 : 0) };
    this.saying = "listening";
    say(at("listen-status"), "listening", this.#told);
  }

  /** Another model takes over; the stream begins anew. */
  change(model, wanted) {
    if (this.running) this.#listenWith(model, wanted, this.#microphone.rate);
  }

  setThreshold(wanted) {
    this.detector?.setThreshold(wanted);
  }

  async stop() {
    const microphone = this.#microphone;
    this.#microphone = this.#told = null;
    await microphone?.stop();
    await this.detector?.finish().catch(() => {}); // of a server that has gone: it was told
    this.detector?.close?.();
    this.detector = null;
  }

  #listenWith(model, wanted, rate) {
    this.detector?.close?.();
    const detector = model.detector ? model.detector({ rate, ...wanted }) : new Detector(model, { rate, ...wanted });
    this.#screen.clear(model.card, detector.thresholds, rate);
    detector.addEventListener("scores", ({ detail }) => this.#screen.pushScores(detail));
    detector.addEventListener("detection", ({ detail }) => this.#screen.pushHit(detail));
    this.detector = detector;
  }

  #hear(samples, rate) {
    if (!this.detector) return;
    this.#screen.pushSamples(samples);
    this.detector.push(samples).catch((error) => this.onError?.(error));
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
