// Does a model give the same scores in a browser's runtime (WebAssembly) as it must?
//
//   node check.mjs MODEL.onnx              runs the test vector that the file carries
//   node check.mjs MODEL.onnx PCM.f32      prints the scores of raw float32 samples, chunk by chunk
//
// Needs `npm install` in this folder.

import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-web/wasm";
import { readCard } from "./metadata.js";

const TOLERANCE = 1e-4;

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

/** Run samples through a model, chunk by chunk; returns one array of the words' scores per step. */
async function scores(model, card, samples) {
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  const width = session.inputMetadata.find((one) => one.name === "state").shape[1];
  let state = new ort.Tensor("float32", new Float32Array(width), [1, width]);
  const steps = [];
  for (let start = 0; start + card.chunk <= samples.length; start += card.chunk) {
    const pcm = new ort.Tensor("float32", samples.slice(start, start + card.chunk), [1, card.chunk]);
    const out = await session.run({ pcm, state });
    state = out.state_out;
    for (let step = 0; step < out.scores.dims[1]; step++) {
      steps.push(Array.from(out.scores.data.slice(step * card.words.length, (step + 1) * card.words.length)));
    }
  }
  return steps;
}

const [modelPath, pcmPath] = process.argv.slice(2);
const model = new Uint8Array(await readFile(modelPath));
const card = readCard(model);
if (pcmPath) {
  const file = await readFile(pcmPath);
  const samples = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
  console.log(JSON.stringify(await scores(model, card, samples)));
} else {
  const bytes = Buffer.from(card.check.pcm, "base64");
  const samples = Float32Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readInt16LE(2 * at) / 32768);
  const found = (await scores(model, card, samples)).flat();
  const wanted = card.check.scores.flat();
  const difference = Math.max(...wanted.map((score, at) => Math.abs(score - found[at])));
  console.log(`hears ${card.words.join(", ")}; scores as stated to ${difference.toExponential(1)}`);
  process.exitCode = difference <= TOLERANCE ? 0 : 1;
}
