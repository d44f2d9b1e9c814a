// How a page written in TypeScript uses the module: it is checked, never run.

import { choose, Detector, listen, load, Model, OyezError, Resampler, type Detection } from "oyez-web";

const detector: Detector = await load("activate.onnx", { rate: 48_000, falseAccepts: "1/day", strict: true });
detector.addEventListener("detection", ({ detail }) => console.log(detail.word, detail.time_s.toFixed(2)));
detector.addEventListener("scores", ({ detail }) => console.log(detail.scores.length, detail.step_s));
const found: Detection[] = await detector.push(new Int16Array(160));
found.push(...(await detector.push([new Float32Array(8), new Float32Array(8)])), ...(await detector.finish()));
detector.setThreshold({ threshold: { activate: 0.4 } });
await detector.reset();

const model = await Model.open(new URL("activate.onnx", import.meta.url), { name: "mine" });
const table = model.card.table?.["activate"];
if (table) console.log(choose(table, "activate", 2).note ?? "supported");
const microphone = await listen((samples, rate) => new Resampler(rate, 16_000).push(samples), {
  worklet: "/static/oyez/worklet.js",
});
if (await microphone.ended) console.log("unplugged");

try {
  new Detector(model, { rate: 1 });
} catch (error) {
  if (error instanceof OyezError) console.log(error.code);
}

// @ts-expect-error a threshold is a number, or one for each word
await load("activate.onnx", { threshold: "high" });
