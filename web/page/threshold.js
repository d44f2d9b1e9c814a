// How sure the detector must be: by how often it may be wrong, or by a slider for each word.

import { choose, thresholds } from "./oyez-web/index.js";
import { number, say, text } from "./language.js";
import { spoken } from "./screen.js";

const at = (id) => document.getElementById(id);

export class ThresholdPanel {
  #onChange;
  #card = null;
  #wanted = {};

  /** @param {(wanted: object, byWord: Record<string, number>) => void} onChange - called with what was chosen. */
  constructor(onChange) {
    this.#onChange = onChange;
    at("intent").addEventListener("change", () => this.#chooseIntent(at("intent").value));
  }

  /** What a detector is asked for: `threshold` or `falseAccepts`. */
  get wanted() {
    return this.#wanted;
  }

  get byWord() {
    return thresholds(this.#card, this.#wanted).byWord;
  }

  /** Show a model's own thresholds. */
  show(card) {
    this.#card = card;
    this.#wanted = {};
    const measured = card.words.every((word) => this.#table(word));
    for (const option of at("intent").options) option.disabled = option.value.includes("/") && !measured;
    at("intent").value = "";
    at("sliders").replaceChildren(...card.words.map((word, column) => this.#slider(word, column)));
    this.write();
  }

  /** Sliders and sentences, as the thresholds are; also in another language. */
  write() {
    if (!this.#card) return;
    const byWord = this.byWord;
    const notes = this.#card.words.map((word, column) => {
      at(`threshold-${column}`).value = byWord[word];
      at(`threshold-${column}-text`).textContent = number(byWord[word], 3);
      return this.#worth(word, byWord[word]);
    });
    at("threshold-note").textContent = notes.join(" ");
  }

  #slider(word, column) {
    const row = document.createElement("div");
    row.className = "row";
    const label = spoken("threshold", { word }, "label");
    label.htmlFor = `threshold-${column}`;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", id: `threshold-${column}`, min: 0.005, max: 0.995, step: 0.005 });
    slider.addEventListener("input", () => this.#slide(word, Number(slider.value)));
    const output = document.createElement("output");
    output.id = `threshold-${column}-text`;
    output.htmlFor = slider.id;
    row.append(label, slider, output);
    return row;
  }

  /** A word's table of false accepts; null if there is none, or none that makes sense. */
  #table(word) {
    const table = this.#card.table?.[word];
    try {
      if (table) choose(table, word, "1/day");
      return table ?? null;
    } catch {
      return null;
    }
  }

  #slide(word, value) {
    this.#choose({ threshold: { ...this.byWord, [word]: value } });
    at("intent").querySelector("[value=slider]").hidden = false;
    at("intent").value = "slider";
  }

  #chooseIntent(value) {
    if (value === "slider") return;
    this.#choose(value ? { falseAccepts: value } : {});
  }

  #choose(wanted) {
    this.#wanted = wanted;
    this.write();
    this.#onChange(wanted, this.byWord);
  }

  /** What the table says of a threshold, and whether it supports what was asked for. */
  #worth(word, threshold) {
    const table = this.#table(word);
    if (!table) return text("thresholdUnmeasured", { word });
    const hours = number(table.hours, 1);
    const written = number(threshold, 3);
    const { falseAccepts } = this.#wanted;
    if (falseAccepts) {
      const choice = choose(table, word, falseAccepts);
      const rate = number(choice.supported, 2);
      if (choice.note) return text("thresholdUnsupported", { hours, rate, threshold: written });
    }
    const row = table.rows.findLast(([one]) => one <= threshold);
    if (!row) return text("thresholdMore", { threshold: written, rate: number(table.rows[0][1], 1) });
    return text("thresholdWorth", { threshold: written, rate: number(row[1], 2), hours });
  }
}
