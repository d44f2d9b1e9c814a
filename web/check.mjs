// Does a model give the same scores in a browser's runtime (WebAssembly) as it must?
//
//   node check.mjs MODEL.onnx …   runs the test vector that each file carries
//
// Needs `npm install` in this folder.

import { readFile } from "node:fs/promises";
import { Model } from "./model.js";

for (const path of process.argv.slice(2)) {
  try {
    const { card, difference } = await Model.open(new Uint8Array(await readFile(path)), { name: path });
    console.log(`hears ${card.words.join(", ")}; scores as stated to ${difference.toExponential(1)}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
