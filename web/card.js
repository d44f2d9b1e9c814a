// The card of a model, checked: a file that lacks what is required is refused with the reason.

import { ModelError } from "./errors.js";
import { readCard } from "./metadata.js";

/** The newest model format that is understood. */
export const FORMAT = 1;

const REQUIRED = [
  "format", "words", "rate", "chunk", "step", "delay_steps", "tail", "features", "model", "trigger", "check",
];

/**
 * Read and check what a model file says of itself.
 *
 * @param {Uint8Array} bytes - the whole `.onnx` file.
 * @param {string} name - of the file, for errors.
 * @returns {object} the card, all keys as they stand in the file.
 * @throws {ModelError} it is no model of ours, lacks something, or is newer than this module.
 */
export function checkedCard(bytes, name) {
  const card = parsed(bytes, name);
  const got = card?.format;
  if (!Number.isInteger(got) || got < 1 || got > FORMAT) {
    throw new ModelError(
      `${name} has model format ${JSON.stringify(got) ?? "none"}, this version reads 1 to ${FORMAT}. ` +
        "Take a newer oyez-web, or export the model again.",
      "format",
    );
  }
  const required = card.preset === "small" ? [...REQUIRED, "trunk_sha256"] : REQUIRED;
  const missing = required.filter((key) => !(key in card));
  if (missing.length) {
    throw new ModelError(`${name}: its metadata lacks ${missing.join(", ")}. Export it again.`, "incomplete");
  }
  const wrong = misfit(card);
  if (wrong) throw new ModelError(`${name}: its metadata does not fit (${wrong}). Export it again.`, "misfit");
  return card;
}

function parsed(bytes, name) {
  try {
    return readCard(bytes);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new ModelError(`${name}: its oyez metadata is no JSON. Export it again.`, "json");
    }
    throw new ModelError(`${name}: ${error.message}`, error.message.includes("no ONNX") ? "no-onnx" : "no-card");
  }
}

/** What does not fit, in words; null where all is well. */
function misfit(card) {
  const { words, trigger } = card;
  if (!Array.isArray(words) || !words.length || !words.every((word) => typeof word === "string")) {
    return `words must be a list of text, got ${JSON.stringify(words)}`;
  }
  for (const key of ["rate", "chunk", "step"]) {
    if (!Number.isInteger(card[key]) || card[key] < 1) return `${key} must be 1 or more, got ${card[key]}`;
  }
  for (const key of ["delay_steps", "tail"]) {
    if (!Number.isInteger(card[key]) || card[key] < 0) return `${key} must not be negative, got ${card[key]}`;
  }
  if (card.chunk % card.step) {
    return `chunk must be 1 step or several, of ${card.step} samples each, got ${card.chunk}`;
  }
  for (const word of words) {
    const wrong = triggerMisfit(trigger?.[word]);
    if (wrong) return `trigger of “${word}”: ${wrong}`;
  }
  const { pcm, scores } = card.check ?? {};
  if (typeof pcm !== "string" || !Array.isArray(scores)) return "check must hold pcm and scores";
  return null;
}

function triggerMisfit(trigger) {
  if (typeof trigger !== "object" || trigger === null) return "there is none";
  const { threshold, smoothing, release, refractory_s } = trigger;
  if (!(threshold > 0 && threshold < 1)) return `threshold must be between 0 and 1, got ${threshold}`;
  if (!(Number.isInteger(smoothing) && smoothing >= 1)) return `smoothing must be 1 step or more, got ${smoothing}`;
  if (!(release > 0 && release <= 1)) return `release must be above 0, at most 1, got ${release}`;
  if (!(refractory_s >= 0)) return `refractory_s must not be negative, got ${refractory_s}`;
  return null;
}
