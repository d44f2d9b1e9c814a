// Files in one zip file, stored as they are: sound hardly shrinks.
// Source: PKWARE, .ZIP File Format Specification 6.3, sections 4.3.7, 4.3.12 and 4.3.16.

const UTF_8 = 0x0800;
const VERSION = 20;

/**
 * @param {[name: string, bytes: Uint8Array][]} files - names with `/` between folders.
 * @param {Date} date - of all of them.
 * @returns {Uint8Array}
 */
export function zip(files, date = new Date()) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const path = new TextEncoder().encode(name);
    const common = numbers([2, VERSION], [2, UTF_8], [2, 0], ...dosTime(date), [4, crc32(bytes)], [4, bytes.length],
      [4, bytes.length], [2, path.length], [2, 0]);
    const local = [numbers([4, 0x04034b50]), common, path, bytes];
    directory.push(numbers([4, 0x02014b50], [2, VERSION]), common,
      numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), path);
    parts.push(...local);
    offset += length(local);
  }
  const end = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, length(directory)],
    [4, offset], [2, 0]);
  return joined([...parts, ...directory, end]);
}

/** The check sum of zip files, bit by bit through a table of bytes. */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function dosTime(date) {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  return [[2, time], [2, day]];
}

/** Little-endian numbers of 2 or 4 bytes. */
function numbers(...fields) {
  return Uint8Array.from(fields.flatMap(([size, value]) => Array.from({ length: size }, (_, at) => (value >>> (8 * at)) & 255)));
}

function length(parts) {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function joined(parts) {
  const all = new Uint8Array(length(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
