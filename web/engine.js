// The only module that knows onnxruntime-web: WebAssembly, one thread, its files beside this one in vendor/.

import { EngineError, ModelError } from "./errors.js";

let loading = null;

/**
 * onnxruntime-web, loaded once.
 *
 * @param {string | URL} [assets] - the folder with the files of `vendor/`, where a bundler has moved them.
 * @throws {EngineError} there is no WebAssembly here, or it does not load.
 */
export function engine(assets) {
  loading ??= loaded(assets).catch((error) => {
    loading = null; // a network that failed may work the next time
    throw error;
  });
  return loading;
}

async function loaded(assets) {
  if (typeof WebAssembly === "undefined") {
    throw new EngineError("this browser has no WebAssembly, which runs the network. Use another one.", "no-wasm");
  }
  const folder = new URL(assets ?? "./vendor/", import.meta.url);
  try {
    const ort = assets
      ? await import(/* @vite-ignore */ /* webpackIgnore: true */ new URL("ort.mjs", folder).href)
      : await import("./vendor/ort.mjs");
    ort.env.wasm.numThreads = 1; // more would need headers that a static host does not send
    ort.env.wasm.proxy = false;
    ort.env.logLevel = "error";
    const wasm = new URL("ort.wasm", folder);
    if (wasm.protocol === "file:") ort.env.wasm.wasmBinary = await fromDisk(wasm);
    else ort.env.wasm.wasmPaths = { wasm: wasm.href };
    return ort;
  } catch (error) {
    throw new EngineError(
      `the runtime in ${folder} does not load (${error.message}). Serve its two files as they are.`, "engine",
    );
  }
}

/** In Node, which fetches no files. */
async function fromDisk(file) {
  const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ "node:fs/promises");
  return readFile(file);
}

/** A network that is run chunk by chunk: `(pcm, state) -> (scores, state)`. */
export class Network {
  #ort;
  #session;
  #width;

  /**
   * Open a network.
   *
   * @param {Uint8Array} bytes - of the model file.
   * @param {string} name - of the file, for errors.
   * @param {string | URL} [assets] - see `engine`.
   */
  static async open(bytes, name, assets) {
    const ort = await engine(assets);
    const network = new Network();
    try {
      network.#session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
    } catch (error) {
      if (/no available backend|initWasm|CompileError|WebAssembly/i.test(error.message)) {
        throw new EngineError(`WebAssembly does not run here (${error.message}). Use another browser.`, "engine");
      }
      throw new ModelError(`${name} is no network that runs here (${error.message}). Export it again.`, "network");
    }
    const inputs = Object.fromEntries(network.#session.inputMetadata.map((one) => [one.name, one.shape]));
    if (Object.keys(inputs).sort().join() !== "pcm,state") {
      const got = Object.keys(inputs).join(", ");
      throw new ModelError(`${name}: its inputs must be pcm and state, got ${got}. Export it again.`, "network");
    }
    network.#ort = ort;
    network.#width = inputs.state[1];
    return network;
  }

  /** The state of a stream that has heard nothing. */
  initialState() {
    return new this.#ort.Tensor("float32", new Float32Array(this.#width), [1, this.#width]);
  }

  /** Scores of one chunk, steps × words, and the state after it. */
  async run(samples, state) {
    const pcm = new this.#ort.Tensor("float32", samples, [1, samples.length]);
    const out = await this.#session.run({ pcm, state });
    return [out.scores.data, out.state_out];
  }

  /** Give its memory back. */
  async close() {
    await this.#session.release();
  }
}
