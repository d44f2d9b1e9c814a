// The two canvases: the spectrogram above, the score below, on one axis of time.

import { BANDS } from "./spectrum.js";

/** Seconds that are seen while listening. */
export const SEEN_S = 12;

const RANGE_DB = 75;
/** Of black, purple, red, orange and pale yellow: a scale that also grows in lightness, as matplotlib's magma. */
const COLOURS = [[0, 0, 4], [59, 15, 112], [140, 41, 129], [222, 73, 104], [254, 159, 109], [252, 253, 191]];
const MARGIN = 4;

export class Picture {
  #spectrogram;
  #curve;
  #ring = document.createElement("canvas");
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #drawing = 0;
  #drawn_s = -1;

  constructor(spectrogram, curve) {
    this.#spectrogram = spectrogram;
    this.#curve = curve;
    this.#ring.height = BANDS;
    this.clear({ words: [], smoothing: [] });
    new ResizeObserver(() => this.draw()).observe(spectrogram);
    this.#dark.addEventListener("change", () => this.draw());
  }

  /**
   * Begin anew.
   *
   * @param {{words: string[], smoothing: number[]}} shown - words, and over how many steps each one's score is averaged.
   * @param {{seen_s?: number, column_s?: number, top_db?: number}} axes - seconds of the whole picture and of a
   *   column of it, and the level that is brightest.
   */
  clear({ words, smoothing }, { seen_s = SEEN_S, column_s = 0.02, top_db = -15 } = {}) {
    Object.assign(this, { words, smoothing, seen_s, column_s, top_db });
    this.columns = 0;
    this.now_s = 0;
    this.points = words.map(() => []);
    this.recent = words.map(() => []);
    this.hits = [];
    this.thresholds = words.map(() => 0.5);
    this.whole = seen_s !== SEEN_S; // a file: all of it at once
    this.#ring.width = Math.max(1, Math.ceil(seen_s / column_s));
    this.#drawn_s = -1;
    this.draw();
  }

  /** Columns of the spectrogram, as `Spectrum` gives them. */
  pushColumns(columns) {
    const context = this.#ring.getContext("2d");
    for (const column of columns) {
      const image = context.createImageData(1, BANDS);
      column.forEach((level, band) => {
        const [red, green, blue] = colour((level - this.top_db) / RANGE_DB + 1);
        image.data.set([red, green, blue, 255], 4 * (BANDS - 1 - band));
      });
      context.putImageData(image, this.columns % this.#ring.width, 0);
      this.columns += 1;
    }
    if (!this.whole) this.now_s = this.columns * this.column_s;
    this.draw();
  }

  /** A score for each word, step after step; the first of them ends at `time_s`. */
  pushScores(scores, time_s, step_s) {
    for (let at = 0; at < scores.length; at++) {
      const column = at % this.words.length;
      const recent = this.recent[column];
      recent.push(scores[at]);
      if (recent.length > this.smoothing[column]) recent.shift();
      const mean = recent.reduce((sum, one) => sum + one, 0) / this.smoothing[column];
      this.points[column].push([time_s + Math.floor(at / this.words.length) * step_s, mean]);
    }
    if (!this.whole) for (const points of this.points) while (points[0]?.[0] < this.now_s - SEEN_S - 1) points.shift();
    this.draw();
  }

  pushHit(hit) {
    this.hits.push(hit);
    if (!this.whole) this.hits = this.hits.filter(({ time_s }) => time_s > this.now_s - SEEN_S - 1);
    this.draw();
  }

  /** Draw with the next frame of the screen; with reduced motion, at most four times a second. */
  draw() {
    this.#drawing ||= requestAnimationFrame((time_ms) => {
      this.#drawing = 0;
      if (this.#still.matches && !this.whole && this.#drawn_s >= 0 && time_ms / 1000 - this.#drawn_s < 0.25) return;
      this.#drawn_s = time_ms / 1000;
      this.#drawSpectrogram();
      this.#drawCurve();
    });
  }

  /** Where the picture begins: it scrolls, or, with reduced motion, fills and begins again. */
  get #start_s() {
    if (this.whole) return 0;
    if (this.#still.matches) return Math.floor(this.now_s / this.seen_s) * this.seen_s;
    return Math.max(0, this.now_s - this.seen_s);
  }

  #drawSpectrogram() {
    const [context, width, height] = fitted(this.#spectrogram);
    const seen = this.#ring.width;
    const first = Math.round(this.#start_s / this.column_s);
    const count = Math.min(seen, this.columns - first);
    context.imageSmoothingEnabled = false;
    let done = 0;
    while (done < count) {
      const from = (first + done) % seen;
      const part = Math.min(count - done, seen - from);
      context.drawImage(this.#ring, from, 0, part, BANDS, (done * width) / seen, 0, (part * width) / seen, height);
      done += part;
    }
    context.fillStyle = "#ffffff";
    this.#drawTimes(context, width, height);
  }

  #drawTimes(context, width, height) {
    const every = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((one) => this.seen_s / one <= width / 60) ?? 1200;
    context.font = "12px system-ui, sans-serif";
    context.shadowColor = "#000000";
    context.shadowBlur = 3;
    const start = this.#start_s;
    for (let time = Math.ceil(start / every) * every; time < start + this.seen_s; time += every) {
      const x = ((time - start) / this.seen_s) * width;
      if (x > width - 24) continue;
      context.fillRect(x, height - 5, 1, 5);
      context.fillText(clock(time), x + 3, height - 4);
    }
  }

  #drawCurve() {
    const [context, width, height] = fitted(this.#curve);
    const style = getComputedStyle(this.#curve);
    const value = (name) => style.getPropertyValue(name).trim();
    const start = this.#start_s;
    const x = (time_s) => ((time_s - start) / this.seen_s) * width;
    const y = (score) => height - MARGIN - score * (height - 2 * MARGIN);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = context.strokeStyle = value("--rule");
    for (const score of [0, 1]) context.fillRect(0, y(score), width, 1);
    context.fillStyle = value("--hit");
    let free = 0; // where the last label ends
    for (const { time_s, word } of this.hits) {
      if (time_s < start) continue;
      context.fillRect(x(time_s) - 1, 0, 2, height);
      const label = x(time_s) - context.measureText(word).width - 5; // the curve rises on the other side
      if (label >= free) context.fillText(word, label, 14);
      free = x(time_s) + 3;
    }
    this.points.forEach((points, column) => {
      const ink = value(`--line-${column % 4}`);
      context.strokeStyle = this.words.length > 1 ? ink : value("--threshold");
      line(context, [[0, y(this.thresholds[column])], [width, y(this.thresholds[column])]], [6, 4], 1.5);
      context.strokeStyle = ink;
      const seen = points.filter(([time_s]) => time_s >= start - 1);
      line(context, thinned(seen, 4 * width).map(([time_s, score]) => [x(time_s), y(score)]), [], 2);
    });
  }
}

function line(context, points, dashes, width) {
  context.setLineDash(dashes);
  context.lineWidth = width;
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

/** Of many points, the highest of each group: a peak must not get lost. */
function thinned(points, most) {
  const group = Math.ceil(points.length / most);
  if (group <= 1) return points;
  const kept = [];
  for (let at = 0; at < points.length; at += group) {
    kept.push(points.slice(at, at + group).reduce((high, one) => (one[1] > high[1] ? one : high)));
  }
  return kept;
}

/** A canvas with as many pixels as the screen has there, cleared: [context, width, height] in CSS pixels. */
function fitted(canvas) {
  const ratio = devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.shadowBlur = 0;
  return [context, width, height];
}

function colour(share) {
  const place = Math.min(0.9999, Math.max(0, share)) * (COLOURS.length - 1);
  const at = Math.floor(place);
  return COLOURS[at].map((from, channel) => from + (place - at) * (COLOURS[at + 1][channel] - from));
}

/** Minutes and seconds. */
export function clock(seconds, digits = 0) {
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - 60 * minutes).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? 3 + digits : 2, "0")}`;
}
