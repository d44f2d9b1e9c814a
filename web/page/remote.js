// A detector that runs on the server: sound goes out, scores come back, the rule is applied here.
// The messages are those of docs/server-protocol.md.

import { judge, ModelError, thresholds, triggersOf } from "./oyez-web/index.js";

const FULL_BYTES = 1 << 20; // that wait to be sent, before `push` waits too

/** A model of the server, as far as a page needs it. */
export async function openRemote(name, token = null) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(`v1/models/${encodeURIComponent(name)}`, { headers });
  if (!response.ok) {
    const error = new ModelError(`the server has no model ${name}, got status ${response.status}.`, "fetch");
    throw Object.assign(error, { values: { name } });
  }
  const { card } = await response.json();
  const detector = (options) => new RemoteDetector(name, card, { ...options, token });
  return { name, card, remote: location.host, detector, close() {} };
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** As `Detector`, but for what `push` returns: what was heard comes by events, and from `finish`. */
export class RemoteDetector extends EventTarget {
  #socket;
  #triggers;
  #step = 0;
  #pending = [];
  #found = null;
  #open;
  #failed = null;
  #queue = Promise.resolve();
  #waiting = 0; // samples in the queue

  constructor(name, card, { rate = card.rate, token, ...wanted } = {}) {
    super();
    this.card = card;
    this.words = card.words;
    this.rate = rate;
    this.setThreshold(wanted);
    const address = new URL("v1/stream", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address);
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    this.#open = this.#answer("ready");
    const start = { type: "start", rate, format: "f32", names: [name], scores: true };
    this.#socket.onopen = () => this.#send(token ? { ...start, token } : start);
    this.#socket.onclose = ({ reason }) => this.#fail(reason || "it closed the connection");
    this.#open.catch(() => {}); // who pushes is told
  }

  setThreshold(wanted) {
    this.thresholds = thresholds(this.card, wanted).byWord;
    this.#triggers?.forEach((trigger, column) => {
      trigger.config.threshold = this.thresholds[this.words[column]];
    });
    this.#triggers ??= triggersOf(this.card, this.thresholds);
  }

  get waiting_s() {
    return (this.#waiting + this.#socket.bufferedAmount / 4) / this.rate;
  }

  push(samples) {
    const kept = samples.slice(); // a caller may use its array again, while this one waits
    this.#waiting += kept.length;
    const sent = this.#inOrder(async () => {
      while (this.#listening && this.#socket.bufferedAmount > FULL_BYTES) await pause();
      this.#check();
      this.#socket.send(kept);
      return [];
    });
    const done = () => (this.#waiting -= kept.length);
    sent.then(done, done);
    return sent;
  }

  finish() {
    return this.#inOrder(async () => {
      const found = (this.#found = []);
      const end = this.#answer("end");
      this.#send({ type: "finish" });
      await end;
      this.#found = null;
      this.#forget();
      return found;
    });
  }

  reset() {
    return this.#inOrder(async () => {
      const done = this.#answer("reset");
      this.#send({ type: "reset" });
      await done;
      this.#forget();
    });
  }

  close() {
    this.#socket.onclose = null;
    this.#fail("it was closed here");
    this.#socket.close();
  }

  get #listening() {
    return !this.#failed && this.#socket.readyState === WebSocket.OPEN;
  }

  #check() {
    if (!this.#listening) this.#fail("it closed the connection");
    if (this.#failed) throw this.#failed;
  }

  #inOrder(work) {
    const done = this.#queue.then(async () => {
      await this.#open;
      this.#check();
      return work();
    });
    this.#queue = done.catch(() => {}); // who called is told; the next call is told, too
    return done;
  }

  #forget() {
    this.#step = 0;
    for (const trigger of this.#triggers) trigger.reset();
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #answer(type) {
    return new Promise((resolve, reject) => this.#pending.push({ type, resolve, reject }));
  }

  #take(message) {
    if (message.type === "scores") this.#judge(Float32Array.from(message.scores.flat()), message);
    if (message.type === "error") this.#fail(message.message);
    const at = this.#pending.findIndex(({ type }) => type === message.type);
    if (at >= 0) this.#pending.splice(at, 1)[0].resolve(message);
  }

  #judge(scores, { time_s, step_s }) {
    this.dispatchEvent(new CustomEvent("scores", { detail: { scores, time_s, step_s } }));
    const found = judge(this.card, this.#triggers, scores, this.#step);
    this.#step += scores.length / this.words.length;
    for (const detail of found) this.dispatchEvent(new CustomEvent("detection", { detail }));
    this.#found?.push(...found);
  }

  #fail(reason) {
    this.#failed ??= new ModelError(`the server does not listen: ${reason}. Load the page again.`, "server");
    for (const { reject } of this.#pending.splice(0)) reject(this.#failed);
  }
}
