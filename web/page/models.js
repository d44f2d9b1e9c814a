// Which detectors there are, and how they are opened: here, or, where WebAssembly fails, on the server.

import { EngineError, Model } from "../oyez-web/index.js";
import { openRemote } from "./remote.js";

/**
 * The detectors that lie beside the page: `{name, words, url, card?}`.
 *
 * `site.json`, which the build writes, lists those of a static folder, or says that a server has them.
 *
 * @returns {Promise<object[]>} none where nothing answers.
 */
export async function offered() {
  const site = await json("site.json");
  if (!site) return [];
  if (!site.server) return site.models;
  const found = await json("v1/models");
  return (found?.models ?? []).map(({ name, words, file }) => ({
    name, words, url: new URL(file.replace(/^\//, ""), document.baseURI).href, server: true,
  }));
}

/**
 * Open one of them, or a file.
 *
 * @param {{name: string, url?: string, bytes?: Uint8Array, server?: boolean}} one
 * @returns {Promise<object>} a model; `detector` is there where the server listens in its place.
 */
export async function opened(one) {
  try {
    return await Model.open(one.bytes ?? one.url, { name: one.name });
  } catch (error) {
    if (error instanceof EngineError && one.server) return openRemote(one.name);
    throw Object.assign(error, { values: { name: one.name } });
  }
}

async function json(path) {
  try {
    const response = await fetch(path);
    return response.ok ? await response.json() : null;
  } catch {
    return null; // a folder without it, or a server that has gone: the page says that there is no detector
  }
}
