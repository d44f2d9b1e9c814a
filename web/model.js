// A model file, opened: its card is checked, its network loaded, its test vector run.

import { checkedCard } from "./card.js";
import { Network } from "./engine.js";
import { ModelError } from "./errors.js";

/** How far scores may be from those that the file states. */
export const TOLERANCE = 1e-4;

export class Model {
  /**
   * Open a model file.
   *
   * @param {string | URL | Uint8Array | ArrayBuffer} source - where it lies, or its bytes.
   * @param {{name?: string, assets?: string | URL, signal?: AbortSignal}} options - `name` is for errors.
   * @returns {Promise<Model>}
   * @throws {ModelError} it is missing, no model of ours, newer, or its scores are not those that it states.
   * @throws {EngineError} this browser cannot run it.
   */
  static async open(source, { name, assets, signal } = {}) {
    const model = new Model();
    model.name = name ?? (typeof source === "string" || source instanceof URL ? nameOf(source) : "the model");
    const bytes = await bytesOf(source, signal);
    model.card = checkedCard(bytes, model.name);
    model.network = await Network.open(bytes, model.name, assets);
    model.difference = await selfCheck(model);
    return model;
  }

  /** Give its memory back; detectors on it end. */
  close() {
    return this.network.close();
  }
}

async function bytesOf(source, signal) {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  let response;
  try {
    response = await fetch(source, { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ModelError(`${source} cannot be fetched (${error.message}). Is the address right?`, "fetch");
  }
  if (!response.ok) {
    throw new ModelError(`${source}: expected a model, got status ${response.status}. Is the address right?`, "fetch");
  }
  return new Uint8Array(await response.arrayBuffer());
}

function nameOf(source) {
  return decodeURIComponent(String(source).split(/[?#]/)[0].split("/").pop());
}

/** Run the sound that the file carries; returns the largest difference from the scores that it must give. */
async function selfCheck({ card, network, name }) {
  const bytes = Uint8Array.from(atob(card.check.pcm), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const samples = Float32Array.from({ length: bytes.length >> 1 }, (_, at) => view.getInt16(2 * at, true) / 32_768);
  const wanted = card.check.scores.flat();
  let state = network.initialState();
  let difference = 0;
  let at = 0;
  for (let start = 0; start + card.chunk <= samples.length; start += card.chunk) {
    const [scores, next] = await network.run(samples.slice(start, start + card.chunk), state);
    for (const score of scores) difference = Math.max(difference, Math.abs(score - (wanted[at++] ?? NaN)));
    state = next;
  }
  if (!(at === wanted.length && difference <= TOLERANCE)) {
    const got = at === wanted.length ? `scores off by ${difference.toPrecision(2)}` : `${at} scores`;
    throw new ModelError(
      `${name}: its test vector gives ${got}, expected ${wanted.length} within ${TOLERANCE}. The file is damaged, ` +
        "or this browser computes wrongly: fetch it again, or use another one.",
      "self-check",
    );
  }
  return difference;
}
