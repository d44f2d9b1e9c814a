// Oyez in the browser: a detector that listens to samples, with the same numbers as in Python.
//
//     import { load } from "./oyez-web/index.js";
//     const detector = await load("activate.onnx", { rate: 48_000 });
//     detector.addEventListener("detection", ({ detail }) => console.log(detail.word, detail.time_s));
//     detector.push(samples);

export { Detector, load } from "./detector.js";
export { AudioError, ConfigError, DeviceError, EngineError, ModelError, OyezError } from "./errors.js";
export { choose, eventRate, thresholds } from "./intent.js";
export { readCard } from "./metadata.js";
export { listen } from "./microphone.js";
export { Model } from "./model.js";
export { Resampler } from "./resampler.js";
export { judge, triggersOf } from "./stream.js";
export { Trigger } from "./trigger.js";
