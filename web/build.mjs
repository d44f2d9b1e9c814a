// Puts together what is served: node build.mjs [--vendor] [--server] [--out FOLDER]
//
//   (nothing)  the page with the shipped models, a folder for any web server: ../build/page
//   --server   the page for `oyez serve --http`, which has the models itself: ../src/oyez/serve/web
//   --out      another folder for either
//   --vendor   only vendor/: the two files of onnxruntime-web that the module needs (npm install does this)

import { cp, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCard } from "./metadata.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const RUNTIME = join(HERE, "node_modules", "onnxruntime-web");
const USUAL = "activate"; // which runs where none is named, as everywhere
const MODELS = join(HERE, "..", "src", "oyez", "models");
const SERVER = join(HERE, "..", "src", "oyez", "serve", "web");
const SITE = "site.json"; // tells the page where its detectors are, and us that the folder is ours
const TOOLS = ["build.mjs", "check.mjs"];

/** The runtime with its loader in one file, and the network's engine. */
const VENDORED = { "ort.wasm.bundle.min.mjs": "ort.mjs", "ort-wasm-simd-threaded.wasm": "ort.wasm" };

async function vendor() {
  await mkdir(join(HERE, "vendor"), { recursive: true });
  for (const [from, to] of Object.entries(VENDORED)) {
    await copyFile(join(RUNTIME, "dist", from), join(HERE, "vendor", to));
  }
  const { version, license } = JSON.parse(await readFile(join(RUNTIME, "package.json"), "utf8"));
  const notice =
    `ort.mjs and ort.wasm are onnxruntime-web ${version} by Microsoft, licence ${license}, unchanged but for their names.\n` +
    "What they hold of others is told by ThirdPartyNotices.txt of ONNX Runtime, which its Python package has too.\n\n";
  const text = await readFile(join(HERE, "runtime-license.txt"), "utf8"); // the npm package has none
  await writeFile(join(HERE, "vendor", "NOTICE"), notice + text.replaceAll("\r\n", "\n"));
  for (const name of ["LICENSE", "NOTICE"]) await copyFile(join(HERE, "..", name), join(HERE, name));
}

async function page(folder, server) {
  if (!(await replaceable(folder))) throw new Error(`${folder} holds other files: name an empty one`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, SITE), JSON.stringify({ server })); // ours from the start, also if this is interrupted
  await cp(join(HERE, "page"), folder, { recursive: true });
  const module = join(folder, "oyez-web");
  await mkdir(module);
  for (const name of await readdir(HERE)) {
    const wanted = /\.(js|d\.ts)$/.test(name) || ["LICENSE", "NOTICE", "package.json"].includes(name);
    if (wanted && !TOOLS.includes(name)) await copyFile(join(HERE, name), join(module, name));
  }
  await cp(join(HERE, "vendor"), join(module, "vendor"), { recursive: true });
  const site = server ? { server: true } : { server: false, models: await models(folder) };
  await writeFile(join(folder, SITE), `${JSON.stringify(site, null, 2)}\n`);
}

/** Whether a folder may be removed: there is none, nothing is in it, or it is an earlier page. */
async function replaceable(folder) {
  try {
    const names = await readdir(folder);
    if (!names.includes(SITE)) return !names.length;
    return typeof JSON.parse(await readFile(join(folder, SITE), "utf8")).server === "boolean";
  } catch (error) {
    return error.code === "ENOENT";
  }
}

/** The shipped models, copied: what site.json says of them. */
async function models(folder) {
  await mkdir(join(folder, "models"));
  const names = (await readdir(MODELS)).filter((name) => name.endsWith(".onnx"));
  const found = [];
  for (const file of names) {
    await copyFile(join(MODELS, file), join(folder, "models", file));
    const { words } = readCard(new Uint8Array(await readFile(join(MODELS, file))));
    found.push({ name: file.replace(/\.onnx$/, ""), words, url: `models/${file}` });
  }
  return found.sort((a, b) => (b.name === USUAL) - (a.name === USUAL) || a.name.localeCompare(b.name));
}

const options = process.argv.slice(2);
await vendor();
if (!options.includes("--vendor")) {
  const server = options.includes("--server");
  const usual = server ? SERVER : join(HERE, "..", "build", "page");
  const folder = options.includes("--out") ? options[options.indexOf("--out") + 1] : usual;
  try {
    if (!folder) throw new Error("--out goes with a folder: name one");
    await page(folder, server);
    console.log(`the page is in ${folder}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
