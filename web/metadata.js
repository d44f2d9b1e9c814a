// What a model file says of itself, read from its bytes: onnxruntime-web has no call for it.
//
// An ONNX file is a protobuf message: fields one after the other, each a number that tells which field
// it is and how long. Only `metadata_props` (14) is read, entries of a key (1) and a value (2); the rest,
// the graph above all, is stepped over, so a model of megabytes takes microseconds.

const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

/**
 * The card of an Oyez model: words, rate, chunk, triggers, test vector and so on.
 *
 * @param {Uint8Array} bytes - the whole `.onnx` file.
 * @returns {object} what `oyez info` prints.
 * @throws {Error} the file is no ONNX, or carries no card.
 */
export function readCard(bytes) {
  for (const [field, entry] of fields(bytes)) {
    if (field !== METADATA_PROPS) continue;
    const texts = {};
    for (const [name, text] of fields(entry)) texts[name] = new TextDecoder().decode(text);
    if (texts[KEY] === "oyez") return JSON.parse(texts[VALUE]);
  }
  throw new Error("the file carries no oyez metadata. Export it again with oyez train.");
}

/** The message's fields of bytes, as [number, bytes]; numbers and fixed widths are stepped over. */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; at < bytes.length && scale < 2 ** 63; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new Error("the file is no ONNX model: a number in it has no end.");
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      const start = at;
      at += length;
      if (at <= bytes.length) yield [Math.floor(tag / 8), bytes.subarray(start, at)];
    } else throw new Error(`the file is no ONNX model: it holds a field of kind ${kind}.`);
    if (at > bytes.length) throw new Error("the file is no ONNX model: a field ends after it.");
  }
}
