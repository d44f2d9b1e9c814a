// Which detectors there are, and how they are opened: here, or, where WebAssembly fails, on the server.

import { EngineError, Model, ModelError } from "./oyez-web/index.js";
import { openRemote } from "./remote.js";

/** Of the address, `#token=…`, where it is given there: that part never leaves the browser. */
let token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) history.replaceState(null, "", location.pathname + location.search); // nobody reads it over a shoulder

/** Say who asks, where the server wants to know; it is kept until the page is closed, and nowhere else. */
export function useToken(given) {
  token = given;
}

/**
 * The detectors that lie beside the page: `{name, words, url}`.
 *
 * `site.json`, which the build writes, lists those of a static folder, or says that a server has them.
 *
 * @returns {Promise<object[] | null>} none where nothing answers; null where the server wants a token.
 */
export async function offered() {
  const site = await answer("site.json");
  if (!site?.ok) return [];
  const { server, models } = await site.json();
  if (!server) return models;
  const found = await answer("v1/models");
  if (found?.status === 401) return null;
  if (!found?.ok) return [];
  return (await found.json()).models.map(({ name, words, file }) => ({
    name, words, url: file.replace(/^\//, ""), server: true, // where the page lies, the server's pages do
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
    return await Model.open(one.bytes ?? (await fetched(one)), { name: one.name });
  } catch (error) {
    if (error instanceof EngineError && one.server) return openRemote(one.name, token);
    throw Object.assign(error, { values: { name: one.name } });
  }
}

async function fetched({ url, name }) {
  const response = await answer(url);
  if (response?.ok) return response.arrayBuffer();
  throw new ModelError(`${name} cannot be fetched, got status ${response?.status ?? "none"}.`, "fetch");
}

/** null where nobody answers: the page says then that there is no detector. */
async function answer(path) {
  const headers = token && path.startsWith("v1/") ? { Authorization: `Bearer ${token}` } : {};
  try {
    return await fetch(path, { headers });
  } catch {
    return null;
  }
}
