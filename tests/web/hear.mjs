// A detector in Node, for the tests: reads jobs from standard input, a line of JSON each, and answers each with one.
//
//   {model, samples: FILE of float32, rate, cuts: [lengths], options}  scores and detections of those pieces
//   {intents: [[card table, word, rate], …]}                           thresholds, notes and refusals
//   {takes: [[FILE of float32, rate], …]}                              what the page says of takes
//   {resampled: FILE, from, to, cuts}                                  samples at another rate
//   {refused: [FILE, …]}                                               why models are refused
//   {wrong: [samples, …], model}                                       why samples are refused

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { choose, load, Resampler } from "../../web/index.js";
import { examine } from "../../web/page/take.js";

function floats(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function* pieces(samples, cuts) {
  let at = 0;
  for (const length of [...cuts, Infinity]) {
    yield samples.subarray(at, Math.min(samples.length, at + length));
    at += length;
  }
}

async function heard({ model, samples, rate, cuts, options = {} }) {
  const detector = await load(new Uint8Array(readFileSync(model)), { rate, ...options });
  const scores = [];
  const events = [];
  detector.addEventListener("scores", ({ detail }) => scores.push(...detail.scores));
  detector.addEventListener("detection", ({ detail }) => events.push(detail));
  const detections = [];
  for (const piece of pieces(floats(samples), cuts)) detections.push(...(await detector.push(piece)));
  detections.push(...(await detector.finish()));
  const { thresholds, notes, model: { difference } } = detector;
  return { scores, detections, events, thresholds, notes, difference };
}

function intent([table, word, rate, strict]) {
  try {
    return choose(table, word, rate, { strict });
  } catch (error) {
    return { error: error.message };
  }
}

function resampled({ resampled: path, from, to, cuts }) {
  const resampler = new Resampler(from, to);
  const parts = [...pieces(floats(path), cuts)].map((piece) => resampler.push(piece));
  return [...parts, resampler.finish()].flatMap((part) => Array.from(part));
}

async function refusals({ refused }) {
  const said = [];
  for (const path of refused) {
    const bytes = new Uint8Array(readFileSync(path));
    said.push(await load(bytes, { name: path }).then(() => null, (error) => error.message));
  }
  return said;
}

/** Plain data as samples: arrays are floats, `null` is NaN. */
function typed(one) {
  if (Array.isArray(one)) return Float32Array.from(one, (value) => value ?? NaN);
  if (one.i16) return Int16Array.from(one.i16);
  return one.channels ? one.channels.map(typed) : one;
}

async function pushed({ wrong, model }) {
  const detector = await load(new Uint8Array(readFileSync(model)));
  return Promise.all(wrong.map((one) => detector.push(typed(one)).catch((error) => error.message)));
}

function answer(job) {
  if (job.wrong) return pushed(job);
  if (job.refused) return refusals(job);
  if (job.model) return heard(job);
  if (job.intents) return job.intents.map(intent);
  if (job.takes) return job.takes.map(([path, rate]) => ({ ...examine(floats(path), rate), clip: undefined }));
  return resampled(job);
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
