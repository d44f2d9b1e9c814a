// A threshold by intent: from how often a detector may be wrong to the score that a word needs.
// The same rule and the same words as src/oyez/detect/intent.py.

import { ConfigError, ModelError } from "./errors.js";

/** Events: with more than that to be expected, none at all is seen in under 5 % of cases. */
const NOTHING_HEARD = -Math.log(0.05);

const HOURS = { hour: 1, day: 24, week: 7 * 24, month: 30 * 24 };
const SHORT = { h: "hour", d: "day" };
const PATTERN = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:\/|\bper\b)\s*([a-z]+)\s*$/i;

/**
 * How often something may happen, as a person says it.
 *
 * @param {string | number} value - `1/day`, `2/hour`, `0.5/h`, `3 per week`, `1/month`; or a number per hour.
 * @returns {{count: number, unit: string, perHour: number, text: string}}
 * @throws {ConfigError} it is none of these, or not above 0.
 */
export function eventRate(value) {
  const match = typeof value === "string" ? PATTERN.exec(value) : null;
  const count = match ? Number(match[1]) : value;
  const named = match ? match[2].toLowerCase() : "hour";
  const unit = SHORT[named] ?? named;
  if (typeof count !== "number" || !(count > 0 && count < Infinity) || !(unit in HOURS)) {
    throw new ConfigError(
      `expected a rate such as 1/day, 2/hour or 3 per week, got '${value}'. Give a number above 0 and one of ` +
        `${Object.keys(HOURS).join(", ")}.`,
      "rate",
    );
  }
  return { count, unit, perHour: count / HOURS[unit], text: `${general(count)} per ${unit}` };
}

/**
 * A threshold that gives false accepts at most so often.
 *
 * It is the lowest one with which no more were measured, nor with any higher one. But in H hours, however
 * quiet, no rate below −ln(0.05)/H is shown. Where less is asked for, or less than the strictest measured
 * threshold gave, that threshold is taken and a note tells so; with `strict` it is an error.
 *
 * @param {object} table - of this word, as model files carry it.
 * @param {string} word - to be named in notes and errors.
 * @param {string | number} falseAccepts - at most so many.
 * @param {{strict?: boolean}} options
 * @returns {{threshold: number, note: string | null, supported: number}} `supported`: the lowest rate per hour
 *   that the table shows.
 * Source: Garwood (1936), Biometrika 28(3–4), p. 437, for a count of 0.
 */
export function choose(table, word, falseAccepts, { strict = false } = {}) {
  const rate = eventRate(falseAccepts);
  const { hours, rows } = checkedTable(table, word);
  const [strictest, fewest] = rows.at(-1);
  const shown = NOTHING_HEARD / hours;
  const supported = Math.max(fewest, roundedUp(shown));
  if (fewest <= rate.perHour && shown <= rate.perHour) {
    const tooMany = rows.findLastIndex(([, perHour]) => perHour > rate.perHour);
    return { threshold: rows[tooMany + 1][0], note: null, supported };
  }
  const asked = `“${word}”: asked for at most ${rate.text}`;
  const last = `the strictest measured threshold, ${general(strictest)},`;
  const known = hours >= 1 ? `${hours.toFixed(1)} h` : `${Number(hours.toPrecision(2))} h`;
  const measured = fewest > rate.perHour;
  const reason = measured
    ? `${asked}; ${last} gave ${general(fewest)} per hour (${known})`
    : `${asked}; evidence supports at most ${general(roundedUp(shown))} per hour (${known})`;
  if (strict) {
    throw new ConfigError(
      `${reason}. Ask for no less, or measure on more sound without the word.`, "unsupported",
    );
  }
  const note = measured ? `${reason}: it is taken` : `${reason}: ${last} is taken`;
  return { threshold: strictest, note, supported };
}

/**
 * What was asked for, by one of the two ways of asking, as a threshold for each word.
 *
 * @param {object} card - of the model.
 * @param {{threshold?: number | object, falseAccepts?: string | number, strict?: boolean}} wanted
 * @param {string} name - of the model, for errors.
 * @returns {{byWord: Record<string, number>, notes: Record<string, string | null>}}
 */
export function thresholds(card, { threshold, falseAccepts, strict = false } = {}, name = "the model") {
  if (falseAccepts === undefined) {
    if (strict) {
      throw new ConfigError("strict goes with a rate of false accepts, got none. Give one, or leave it out.");
    }
    return { byWord: byWord(card, threshold), notes: Object.fromEntries(card.words.map((word) => [word, null])) };
  }
  const rate = eventRate(falseAccepts);
  if (threshold !== undefined) {
    throw new ConfigError(
      `expected a threshold or a rate of false accepts, got both (${threshold} and ${rate.text}). ` +
        "Leave one of them out.",
    );
  }
  const found = card.words.map((word) => [word, choose(tableOf(card, word, rate, name), word, falseAccepts, { strict })]);
  return {
    byWord: Object.fromEntries(found.map(([word, choice]) => [word, choice.threshold])),
    notes: Object.fromEntries(found.map(([word, choice]) => [word, choice.note])),
  };
}

function tableOf(card, word, rate, name) {
  const table = card.table?.[word];
  if (table) return table;
  throw new ModelError(
    `${name} has no table of false accepts for “${word}”, so no threshold for ${rate.text} is known. ` +
      "Make one of sound without it: oyez evaluate MODEL --negatives DIR --calibrate",
    "no-table",
  );
}

function byWord(card, threshold) {
  const wanted = typeof threshold === "object" && threshold !== null
    ? threshold
    : Object.fromEntries(threshold === undefined ? [] : card.words.map((word) => [word, threshold]));
  for (const [word, value] of Object.entries(wanted)) {
    if (!card.words.includes(word)) {
      throw new ConfigError(
        `a threshold is given for “${word}”, but the model listens for ${card.words.join(", ")}. Name one of those.`,
      );
    }
    if (!(typeof value === "number" && value > 0 && value < 1)) {
      throw new ConfigError(`threshold must be between 0 and 1, got ${value}. Give a number such as 0.5.`);
    }
  }
  return Object.fromEntries(card.words.map((word) => [word, wanted[word] ?? card.trigger[word].threshold]));
}

function checkedTable(table, word) {
  const hours = Number(table?.hours);
  const rows = Array.isArray(table?.rows) ? table.rows : [];
  const fits = rows.every(
    (row, at) =>
      Array.isArray(row) && row.length === 2 && row[0] > 0 && row[0] < 1 && row[1] >= 0 && row[1] < Infinity &&
      (at === 0 || rows[at - 1][0] < row[0]),
  );
  if (!rows.length || !fits || !(hours > 0 && hours < Infinity)) {
    throw new ModelError(
      `the table of false accepts for “${word}” does not fit: expected hours above 0, and rows of a rising ` +
        "threshold and a rate per hour. Make one: oyez evaluate MODEL --negatives DIR --calibrate",
      "table",
    );
  }
  return { hours, rows };
}

/** A number as people write it: six digits, no zeros at its end. */
function general(value) {
  return String(Number(value.toPrecision(6)));
}

/** Two digits, rounded up: it is told as a limit. */
function roundedUp(value) {
  const scale = 10 ** (1 - Math.floor(Math.log10(value)));
  return Math.ceil(value * scale) / scale;
}
