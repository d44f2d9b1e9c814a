// A sound file, heard from end to end as a stream would be.

import { Detector, judge, triggersOf } from "./oyez-web/index.js";
import { number, say } from "./language.js";
import { decode } from "./sound_file.js";
import { LOWEST_DB, Spectrum } from "./spectrum.js";

const LONGEST_S = 3600;
const COLUMNS = 1000;
const PIECE_S = 1;
const BEFORE_S = 1; // a detection comes at the end of its word
const at = (id) => document.getElementById(id);

export class Played {
  #screen;
  #heard = null;
  #turn = 0;
  #busy = 0; // the turn that is being heard
  #idle = Promise.resolve();

  constructor(screen) {
    this.#screen = screen;
  }

  /** Whether a file is on the screen. */
  get shown() {
    return this.#heard !== null;
  }

  /** Whether a file is on its way to the screen. */
  get busy() {
    return this.#busy === this.#turn && this.#turn > 0;
  }

  /** Kept when no model is in use any more by what was begun until now. */
  get idle() {
    return this.#idle;
  }

  /**
   * Hear a file and show all of it.
   *
   * @param {File} file
   * @param {object} model - an open one.
   * @param {() => object} wanted - thresholds, as for a detector; asked when the file is decoded.
   * @throws {Error} with a `code` and `values` of a text: it is no sound, or too long.
   */
  async hear(file, model, wanted) {
    const turn = (this.#busy = ++this.#turn);
    this.file = file;
    this.#heard = null;
    const hearing = this.#hear(turn, file, model, wanted);
    this.#idle = Promise.allSettled([this.#idle, hearing]);
    try {
      await hearing;
    } catch (error) {
      if (turn === this.#turn) throw error; // of what was left meanwhile, nobody wants to know
    } finally {
      if (this.#busy === turn) this.#busy = 0;
    }
  }

  async #hear(turn, file, model, wanted) {
    const sound = await decoded(file);
    if (turn !== this.#turn) return;
    const options = { rate: sound.rate, ...wanted() };
    const detector = model.detector ? model.detector(options) : new Detector(model, options);
    try {
      await this.#hearWith(detector, turn, file, sound, model.card);
    } finally {
      detector.close?.();
    }
  }

  async #hearWith(detector, turn, file, { channels, rate, seconds }, card) {
    const samples = mixed(channels);
    const column_s = Math.max(0.01, seconds / COLUMNS);
    this.#screen.clear(card, detector.thresholds, rate, {
      seen_s: seconds, column_s, top_db: loudest(samples, rate, column_s),
    });
    this.#show(file);
    const steps = [];
    detector.addEventListener("scores", ({ detail }) => {
      for (const score of detail.scores) steps.push(score);
      if (turn === this.#turn) this.#screen.pushScores(detail);
    });
    const piece = PIECE_S * rate;
    let told = -1;
    for (let start = 0; start < samples.length; start += piece) {
      const part = samples.subarray(start, start + piece);
      await detector.push(part);
      if (turn !== this.#turn) return;
      this.#screen.pushSamples(part);
      const percent = 10 * Math.floor((10 * start) / samples.length);
      if (percent !== told) say(at("listen-status"), "hearing", { name: file.name, percent }); // it is read aloud
      told = percent;
      await new Promise((resolve) => setTimeout(resolve)); // the page stays alive
      if (turn !== this.#turn) return;
    }
    await detector.finish();
    if (turn !== this.#turn) return;
    this.#screen.write();
    this.#heard = { card, scores: Float32Array.from(steps), seconds, name: file.name };
    this.rejudge(this.#screen.thresholds); // others may have been chosen meanwhile
  }

  /** The same scores against other thresholds. */
  rejudge(thresholds) {
    if (!this.#heard) return;
    const { card, scores, seconds, name } = this.#heard;
    const found = judge(card, triggersOf(card, thresholds), scores);
    // what is heard in the silence after the end is of the end
    const hits = found.map((hit) => ({ ...hit, time_s: Math.min(hit.time_s, seconds) }));
    this.#screen.setThresholds(thresholds);
    this.#screen.replaceHits(hits, ({ time_s }) => {
      at("player").currentTime = Math.max(0, time_s - BEFORE_S);
      at("player").play();
    });
    say(at("listen-status"), "heardFile", { name, seconds: () => number(seconds, 1), count: hits.length });
  }

  /** Off the screen. */
  clear() {
    this.#turn += 1;
    this.#heard = null;
    this.#show(null);
  }

  #show(file) {
    const player = at("player");
    if (player.src) URL.revokeObjectURL(player.src);
    if (file) player.src = URL.createObjectURL(file);
    else player.removeAttribute("src");
    player.hidden = !file;
  }
}

async function decoded(file) {
  let sound;
  try {
    sound = await decode(await file.arrayBuffer());
  } catch (error) {
    throw Object.assign(error, { code: "sound", values: { name: file.name } });
  }
  if (sound.seconds > LONGEST_S) {
    const values = { name: file.name, minutes: number(sound.seconds / 60) };
    throw Object.assign(new Error(`${file.name} is too long`), { code: "long", values });
  }
  return sound;
}

function mixed(channels) {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, n) => channels.reduce((sum, one) => sum + one[n], 0) / channels.length);
}

/** The highest level of any band: what is brightest in the picture. */
function loudest(samples, rate, column_s) {
  const every = Math.max(column_s, samples.length / rate / 200);
  let most = LOWEST_DB;
  for (const column of new Spectrum(rate, every).push(samples)) for (const level of column) most = Math.max(most, level);
  return most;
}
