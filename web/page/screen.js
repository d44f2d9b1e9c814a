// What is seen of a stream: picture, numbers, and the list of what was heard.

import { number, say, text } from "./language.js";
import { clock, Picture } from "./picture.js";
import { Spectrum } from "./spectrum.js";
import { rmsDbfs } from "./take.js";

const LISTED = 200;
const WRITTEN_S = 0.2;
const QUIETEST_DBFS = -60;
const at = (id) => document.getElementById(id);

export class Screen {
  #picture = new Picture(at("spectrogram"), at("curve"));
  #spectrum;
  #described_s = -1;
  #written_s = 0;
  #level = -Infinity;
  /** How often it was cleared: what belongs to an earlier time is not shown. */
  shown = 0;

  /**
   * Begin anew.
   *
   * @param {object} card - of the model.
   * @param {Record<string, number>} thresholds - by word.
   * @param {number} rate - Hertz of the samples that will be pushed.
   * @param {object} [axes] - see `Picture.clear`.
   * @returns {number} `shown`, until it is cleared again.
   */
  clear(card, thresholds, rate, axes = {}) {
    const smoothing = card.words.map((word) => card.trigger[word].smoothing);
    this.words = card.words;
    this.count = 0;
    this.seconds = this.#written_s = 0;
    this.rate = rate;
    this.#picture.clear({ words: card.words, smoothing }, axes);
    this.#spectrum = new Spectrum(rate, this.#picture.column_s);
    this.setThresholds(thresholds);
    at("log").setAttribute("aria-live", "polite");
    at("heard").replaceChildren();
    at("nothing").hidden = false;
    at("score-text").textContent = at("time-text").textContent = at("level-text").textContent = "–";
    return ++this.shown;
  }

  setThresholds(thresholds) {
    this.thresholds = thresholds;
    this.#picture.thresholds = this.words.map((word) => thresholds[word]);
    this.#picture.draw();
    this.describe();
  }

  /** Samples as they come. */
  pushSamples(samples) {
    this.seconds += samples.length / this.rate;
    this.#picture.pushColumns(this.#spectrum.push(samples));
    this.#level = Math.max(this.#level, QUIETEST_DBFS, rmsDbfs(samples));
    if (this.seconds - this.#written_s >= WRITTEN_S) this.write();
  }

  /** The numbers: a few times a second, more cannot be read. */
  write() {
    this.#written_s = this.seconds;
    if (this.#level > -Infinity) { // there was sound since
      at("level").value = this.#level;
      at("level-text").textContent = `${number(this.#level)} dBFS`;
    }
    at("time-text").textContent = clock(this.seconds, 1);
    const last = this.#picture.points.map((points) => points.at(-1)?.[1] ?? 0);
    at("score-text").textContent = last.map((score) => number(score, 2)).join(" · ");
    this.#level = -Infinity;
    if (Math.floor(this.seconds) !== this.#described_s) this.describe();
  }

  pushScores({ scores, time_s, step_s }) {
    this.#picture.pushScores(scores, time_s, step_s);
  }

  /** One more was heard; `onPlay` plays the sound there, where it can be played. */
  pushHit({ word, time_s, score }, onPlay) {
    this.count += 1;
    this.#picture.pushHit({ word, time_s, score });
    const item = document.createElement("li");
    item.append(made("span", clock(time_s, 2)), made("b", word), spoken("heardOne", { score: number(score, 2) }));
    if (onPlay) {
      const button = spoken("play", {}, "button");
      button.type = "button";
      button.addEventListener("click", onPlay);
      item.append(button);
    }
    at("heard").prepend(item);
    at("nothing").hidden = true;
    while (at("heard").children.length > LISTED) at("heard").lastChild.remove();
    this.describe();
  }

  /** Other detections in place of those that are shown. They are not read aloud: the status tells how many. */
  replaceHits(hits, onPlay) {
    const shown = this.#picture.hits;
    const same = (hit, at) => ["word", "time_s", "score"].every((name) => hit[name] === shown[at][name]);
    if (hits.length === shown.length && hits.every(same)) return;
    at("log").setAttribute("aria-live", "off");
    at("heard").replaceChildren();
    at("nothing").hidden = hits.length > 0;
    this.count = 0;
    this.#picture.hits = [];
    for (const hit of hits) this.pushHit(hit, onPlay && (() => onPlay(hit)));
    this.#picture.draw();
  }

  /** The pictures in words, for who does not see them. */
  describe() {
    this.#described_s = Math.floor(this.seconds);
    const seconds = number(Math.min(this.seconds, this.#picture.seen_s));
    const threshold = Object.values(this.thresholds ?? {}).map((one) => number(one, 3)).join(", ");
    at("spectrogram").setAttribute("aria-label", text("spectrogram", { seconds }));
    at("curve").setAttribute("aria-label", text("curve", { seconds, threshold, count: this.count ?? 0 }));
  }
}

function made(tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

/** An element with a text that follows the language. */
export function spoken(key, values = {}, tag = "span") {
  const element = document.createElement(tag);
  say(element, key, values);
  return element;
}
