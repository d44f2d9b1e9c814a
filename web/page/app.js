// The page: what was chosen, dropped and pressed, joined to the parts that do it.

import { has, number, say, startLanguage } from "./language.js";
import { Live } from "./live.js";
import { offered, opened, useToken } from "./models.js";
import { Played } from "./played.js";
import { RecordPanel } from "./record_panel.js";
import { Screen } from "./screen.js";
import { ThresholdPanel } from "./threshold.js";

const at = (id) => document.getElementById(id);

const screen = new Screen();
const live = new Live(screen);
const played = new Played(screen);
const threshold = new ThresholdPanel((wanted, byWord) => {
  live.setThreshold(wanted);
  if (played.shown) played.rejudge(byWord);
  else screen.setThresholds(byWord);
});
const panel = new RecordPanel(stopListening, tell);

let model = null;
let choices = [];
let turns = 0;
let opening = false;
let stopping = null;

/** Write an error into its place, in the page's language where there is a text for it; null empties it. */
function tell(place, error) {
  place.hidden = error === null;
  say(place, null);
  if (error === null) return;
  const key = `error_${error.code}`;
  if (has(key)) say(place, key, { origin: location.origin, name: "", ...error.values });
  else place.textContent = error.message;
}

/** Open a detector and go on with it: whether it could be; undefined where another one was chosen meanwhile. */
async function useModel(choice) {
  const problem = at("model-problem");
  tell(problem, null);
  if (!model) say(at("model-status"), "modelLoading");
  const turn = ++turns;
  let before = null;
  try {
    const next = await opened(choice);
    if (turn !== turns) return void next.close();
    before = model;
    model = next;
  } catch (error) {
    if (turn !== turns) return;
    tell(problem, error);
    say(at("model-status"), model ? "modelKept" : "modelNone", { name: model?.name });
    return false;
  }
  threshold.show(model.card);
  describeModel();
  at("start").disabled = at("sound-file").disabled = false;
  if (live.running) live.change(model, threshold.wanted);
  else if (played.busy || played.shown) hearFile(played.file);
  else screen.clear(model.card, threshold.byWord, model.card.rate);
  if (before) Promise.all([live.idle, played.idle]).then(() => before.close());
  return true;
}

function describeModel() {
  const { card, name, remote, difference } = model;
  const words = card.words.join("”, “");
  for (const id of ["tagline", "footer"]) say(at(id), remote ? `${id}Remote` : id, { host: remote });
  const step = number((1000 * card.step) / card.rate, card.step % (card.rate / 1000) ? 2 : 0);
  const values = { words, name, host: remote, rate: number(card.rate / 1000, card.rate % 1000 ? 1 : 0), step };
  say(at("model-status"), remote ? "modelRemote" : "modelReady", { ...values, difference: `±${difference?.toExponential(0)}` });
  if (card.preset !== "small") {
    const more = document.createElement("span");
    say(more, "modelDrifts");
    at("model-status").append(" ", more);
  }
}

function addChoice(choice) {
  choices.push(choice);
  const option = document.createElement("option");
  option.value = String(choices.length - 1);
  const words = choice.words.join(", ");
  option.textContent = words === choice.name ? words : `${words} (${choice.name})`;
  at("model").append(option);
  return option.value;
}

async function openModelFile(file) {
  const choice = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  const before = at("model").value;
  const used = await useModel(choice);
  if (used) at("model").value = addChoice({ ...choice, words: model.card.words });
  else if (used === false) at("model").value = before;
}

async function startListening() {
  if (opening) return; // not disabled meanwhile: that would take the keyboard's focus away
  opening = true;
  panel.stop();
  if (stopping) await stopping;
  tell(at("listen-problem"), null);
  played.clear();
  try {
    if (await live.start(() => [model, threshold.wanted])) {
      say(at("start"), "stop");
      at("start").dataset.running = "true";
    }
  } catch (error) {
    await live.stop();
    tell(at("listen-problem"), error);
    say(at("listen-status"), "idle");
  }
  opening = false;
}

async function stopListening(why = "stopped") {
  if (stopping) await stopping;
  if (!live.running && !opening) return stopping;
  const mine = (stopping = stopped(live.running ? why : "idle"));
  await mine;
  if (stopping === mine) stopping = null;
}

async function stopped(why) {
  await live.stop();
  say(at("start"), "start");
  delete at("start").dataset.running;
  say(at("listen-status"), why, { seconds: number(screen.seconds), count: screen.count });
}

async function hearFile(file) {
  await stopListening();
  tell(at("listen-problem"), null);
  try {
    await played.hear(file, model, () => threshold.wanted);
  } catch (error) {
    tell(at("listen-problem"), error);
    say(at("listen-status"), "idle");
  }
}

/** A file by its name: a detector, or a sound. */
function openFile(file) {
  if (file.name.toLowerCase().endsWith(".onnx")) return openModelFile(file);
  return model ? hearFile(file) : undefined;
}

/** Show what there is; where the server wants a token, ask for it. */
async function offer() {
  const found = await offered();
  at("token-form").hidden = found !== null;
  for (const choice of found ?? []) addChoice(choice);
  if (choices.length) await useModel(choices[0]);
  else say(at("model-status"), "modelNone");
}

function takeDrops() {
  const over = (event) => {
    event.preventDefault();
    document.body.classList.toggle("dropping", event.type === "dragover");
  };
  for (const type of ["dragover", "dragleave", "drop"]) addEventListener(type, over);
  addEventListener("drop", ({ dataTransfer }) => [...dataTransfer.files].forEach(openFile));
}

function takePresses() {
  at("start").addEventListener("click", () => (live.running ? stopListening() : startListening()));
  at("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useToken(at("token").value);
    offer();
  });
  at("model").addEventListener("change", () => useModel(choices[Number(at("model").value)]));
  for (const [id, open] of [["model-file", openModelFile], ["sound-file", hearFile]]) {
    at(id).addEventListener("change", () => {
      if (at(id).files.length) open(at(id).files[0]);
      at(id).value = ""; // the same file once more is a change, too
    });
  }
}

function rewrite() {
  threshold.write();
  if (model) describeModel();
  if (model) screen.describe();
}

live.onTaken = () => stopListening("unplugged");
live.onError = (error) => {
  stopListening();
  tell(at("listen-problem"), error);
};
startLanguage(rewrite);
takePresses();
takeDrops();
await offer();
document.documentElement.dataset.ready = "true"; // for tests: all is in place
