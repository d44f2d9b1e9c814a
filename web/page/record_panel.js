// The part of the page that records a word: its form, the prompt, the list of takes, the download.

import { number, say } from "./language.js";
import { isSpeaker, isWord, packed, Recorder } from "./recorder.js";
import { spoken } from "./screen.js";
import { wav } from "./wav.js";

const at = (id) => document.getElementById(id);

export class RecordPanel {
  #recorder = null;
  #takes = [];
  #plan = null;

  /**
   * @param {() => Promise<void>} onStart - called before the microphone is opened.
   * @param {(element: HTMLElement, error: Error | null) => void} tell - writes an error.
   */
  constructor(onStart, tell) {
    this.onStart = onStart;
    this.tell = tell;
    at("record-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#recorder) this.#recorder.stop();
      else this.#record();
    });
    at("record-download").addEventListener("click", () => this.#download());
    addEventListener("beforeunload", (event) => {
      if (this.#unsaved) event.preventDefault();
    });
  }

  /** Whether there are takes that are only here. */
  get #unsaved() {
    return this.#takes.some((take) => !take.saved);
  }

  stop() {
    this.#recorder?.stop();
  }

  async #record() {
    const plan = this.#read();
    if (!plan) return;
    const others = plan.word !== this.#plan?.word || plan.speaker !== this.#plan?.speaker;
    if (others && this.#unsaved) {
      at("record-problem").hidden = false;
      say(at("record-problem"), "problem_unsaved", { word: this.#plan.word });
      return;
    }
    await this.onStart();
    if (others) this.#takes = [];
    this.#plan = plan;
    this.#recorder = new Recorder(plan, this);
    say(at("record-start"), "recordStop");
    Object.assign(at("record-progress"), { hidden: false, max: plan.count });
    this.#list();
    try {
      await this.#recorder.run(this.#takes);
      say(at("record-prompt"), this.#takes.length ? "recordDone" : null, { count: this.#takes.length });
    } catch (error) {
      this.tell(at("record-problem"), error);
    } finally {
      at("record-prompt").removeAttribute("aria-live"); // stopped while a word was awaited
    }
    this.#recorder = null;
    say(at("record-start"), "recordStart");
    if (this.#takes.length) at("record-download").focus();
  }

  /** The form, checked; null where something does not fit. */
  #read() {
    this.tell(at("record-problem"), null);
    const word = at("record-word").value.trim();
    const speaker = at("record-speaker").value.trim();
    for (const [name, value, fits] of [["word", word, isWord(word)], ["speaker", speaker, isSpeaker(speaker)]]) {
      if (fits) continue;
      at("record-problem").hidden = false;
      say(at("record-problem"), `problem_${name}`, { got: value });
      at(`record-${name}`).focus();
      return null;
    }
    return { word, speaker, count: Number(at("record-count").value) };
  }

  // What the recorder tells.

  ready(take, seconds) {
    say(at("record-prompt"), "recordReady", { number: take, count: this.#plan.count, seconds });
  }

  /** Not a live region: a screen reader that says it aloud would be recorded. */
  say(take) {
    at("record-prompt").setAttribute("aria-live", "off");
    say(at("record-prompt"), "recordSay", { number: take, count: this.#plan.count, word: this.#plan.word });
  }

  verdict(take) {
    at("record-prompt").removeAttribute("aria-live");
    say(at("record-prompt"), take.problem ? `take_${take.problem}` : "recordGood");
    this.#list();
  }

  #list() {
    at("record-progress").value = this.#takes.length;
    at("record-download").disabled = !this.#takes.length;
    at("takes").replaceChildren(...this.#takes.map((take, index) => this.#item(take, index)));
    at("takes").lastElementChild?.scrollIntoView({ block: "nearest" });
    const hint = at("record-hint");
    hint.replaceChildren();
    if (!this.#takes.length) return;
    const code = document.createElement("code");
    code.textContent = `oyez train "${this.#plan.word}" --recordings "words/${this.#plan.word}"`;
    hint.append(spoken("recordHint"), " ", code);
  }

  #item(take, index) {
    const item = document.createElement("li");
    const play = spoken("play", {}, "button");
    play.addEventListener("click", () => new Audio(URL.createObjectURL(blob(wav(take.clip, take.rate), "audio/wav"))).play());
    const remove = spoken("recordDelete", {}, "button");
    remove.addEventListener("click", () => {
      this.#takes.splice(index, 1);
      this.#list();
      const next = at("takes").children[Math.min(index, this.#takes.length - 1)];
      (next?.lastElementChild ?? at("record-start")).focus(); // the button that had the focus is gone
    });
    play.type = remove.type = "button";
    const values = { seconds: () => number(take.seconds, 2), level: () => number(take.level_dbfs) };
    item.append(spoken("recordTake", { number: index + 1 }, "b"), spoken("recordMeasured", values), play, remove);
    return item;
  }

  #download() {
    const link = document.createElement("a");
    const address = URL.createObjectURL(blob(packed(this.#plan, this.#takes), "application/zip"));
    link.href = address;
    link.download = `${this.#plan.word}-${this.#plan.speaker}.zip`;
    link.click();
    for (const take of this.#takes) take.saved = true;
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser is still reading
  }
}

function blob(bytes, type) {
  return new Blob([bytes], { type });
}
