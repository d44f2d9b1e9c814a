// Takes of a word: a countdown, 2.5 s of sound, a verdict; and all of them in one zip file.
// Names and limits are those of `oyez record`, so that a training finds what it expects.

import { listen } from "./oyez-web/index.js";
import { examine } from "./take.js";
import { wav } from "./wav.js";
import { zip } from "./zip.js";

const TAKE_S = 2.5;
const COUNTDOWN_S = 3;
const NEXT_S = 1;
const BEEP_S = 0.12;
const BEEP_HZ = 880;
const AFTER_BEEP_S = 0.35; // the room has to fall silent
const NOT_A_NAME = /[\x00-\x1f/\\:*?"<>|]/;
const OWN_FOLDERS = ["negatives", "negative", "other", "backgrounds"];
const COLUMNS = [
  "path", "word", "speaker", "seconds", "rate", "level_dbfs", "peak_dbfs", "noise_dbfs", "snr_db", "device", "recorded",
];

/** Whether a word can be the name of its folder. */
export function isWord(word) {
  return Boolean(word) && !word.startsWith(".") && !NOT_A_NAME.test(word) && !OWN_FOLDERS.includes(word);
}

/** Whether a name can be what a file's name begins with; an underscore would end it. */
export function isSpeaker(speaker) {
  return Boolean(speaker) && !speaker.startsWith(".") && !NOT_A_NAME.test(speaker) && !speaker.includes("_");
}

/** One session: takes until there are enough, or it is stopped. */
export class Recorder {
  #stopped = false;
  #waiting = [];
  #reader = null;

  /**
   * @param {{word: string, speaker: string, count: number}} plan
   * @param {{ready, say, verdict}} screen - told what to show: the countdown, the prompt, the verdict of a take.
   */
  constructor(plan, screen) {
    Object.assign(this, plan, { screen });
  }

  /**
   * Record.
   *
   * @param {object[]} takes - that are there already; good ones are added.
   * @throws {DeviceError} there is no microphone.
   */
  async run(takes) {
    const microphone = await listen((samples) => this.#take(samples));
    const { rate, label } = microphone;
    microphone.ended.then(() => this.stop());
    try {
      for (let wait_s = COUNTDOWN_S; takes.length < this.count && !this.#stopped; wait_s = NEXT_S) {
        const samples = await this.#record(takes.length + 1, rate, wait_s);
        if (!samples) break;
        const take = { ...examine(samples, rate), rate, device: label, recorded: new Date().toISOString() };
        if (!take.problem) takes.push(take);
        this.screen.verdict(take);
        await this.#read(rate * NEXT_S);
      }
    } finally {
      await microphone.stop();
    }
  }

  stop() {
    this.#stopped = true;
    this.#reader?.(null);
  }

  async #record(number, rate, wait_s) {
    for (let seconds = wait_s; seconds > 0; seconds--) {
      this.screen.ready(number, seconds);
      if (!(await this.#read(rate))) return null;
    }
    beep();
    await this.#read(rate * (BEEP_S + AFTER_BEEP_S));
    this.screen.say(number);
    return this.#read(Math.round(rate * TAKE_S));
  }

  #take(samples) {
    this.#waiting.push(...samples);
    this.#reader?.();
  }

  /** The next so many samples; null where it was stopped. What waits from before is thrown away. */
  #read(count) {
    this.#waiting = [];
    return new Promise((resolve) => {
      if (this.#stopped) return resolve(null);
      this.#reader = () => {
        if (!this.#stopped && this.#waiting.length < count) return;
        this.#reader = null;
        resolve(this.#stopped ? null : Float32Array.from(this.#waiting.slice(0, count)));
      };
    });
  }
}

/** "Now", for who does not see the page; it ends before the take begins. */
function beep() {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: BEEP_HZ });
  const gain = new GainNode(context, { gain: 0.1 });
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + BEEP_S);
  tone.onended = () => context.close();
}

/**
 * The folder of words as a zip file: `words/WORD/SPEAKER_0001.wav` and so on, with `words/metadata.csv`.
 *
 * @param {{word: string, speaker: string}} plan
 * @param {object[]} takes
 */
export function packed({ word, speaker }, takes) {
  const files = [];
  const rows = [COLUMNS.join(",")];
  takes.forEach((take, at) => {
    const path = `${word}/${speaker}_${String(at + 1).padStart(4, "0")}.wav`;
    files.push([`words/${path}`, wav(take.clip, take.rate)]);
    const decibels = ["level_dbfs", "peak_dbfs", "noise_dbfs", "snr_db"].map((name) => take[name].toFixed(1));
    const seconds = (take.clip.length / take.rate).toFixed(4);
    rows.push([path, word, speaker, seconds, take.rate, ...decibels, take.device, take.recorded].map(field).join(","));
  });
  files.push(["words/metadata.csv", new TextEncoder().encode(`${rows.join("\n")}\n`)]);
  return zip(files);
}

/** A field of CSV. Source: RFC 4180. */
function field(value) {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
