// One take: where the word is in it, how it measures, and what is wrong with it.
// The same rules and limits as `oyez record`: find_word in src/oyez/synth/clips.py, examine in src/oyez/record/take.py.

const FRAME_S = 0.01;
const FAR_DB = 35;
const EVEN_DB = 4;
const NEAR_NOISY_DB = 12;
const NEAR_DB = 25;
const ABOVE_NOISE_DB = 9;
const CLICK = 4;
const APART = 20;

const MARGIN_S = 0.2;
const NEAR_S = 0.1;
const QUIET_S = 0.25;
const EDGE_S = 0.02;
const CUT_DB = 15;
const FLOOR_DBFS = -96;
const SILENT_DBFS = -90;
const FULL = 0.999;
const LIMITS = {
  shortest_s: 0.12, longest_s: 2, quietest_dbfs: -45, loudest_dbfs: -8, clipped: 2e-4, snr_db: 12, word_snr_db: 6,
};

/**
 * Find the word in a take, trim it, and tell what is wrong.
 *
 * @param {Float32Array} samples - as recorded.
 * @param {number} rate - Hertz.
 * @returns {{clip: Float32Array, problem: string | null, seconds: number, level_dbfs: number, peak_dbfs: number,
 *   noise_dbfs: number, snr_db: number}} the word with 0.2 s around it, and the first problem by its short name.
 */
export function examine(samples, rate) {
  const mean = samples.reduce((sum, one) => sum + one, 0) / (samples.length || 1);
  const centred = samples.map((one) => one - mean);
  if (rmsDbfs(centred) < SILENT_DBFS) return whole("silent", samples, centred, rate);
  const [start, stop] = findWord(samples, rate);
  const measures = measured(samples, centred, rate, start, stop);
  const problem = problemOf(centred, rate, start, stop, measures);
  if (problem === "nothing") return whole(problem, samples, centred, rate);
  const margin = Math.round(MARGIN_S * rate);
  return { clip: samples.slice(Math.max(0, start - margin), stop + margin), problem, ...measures };
}

/** A take in which there is no word to find. */
function whole(problem, samples, centred, rate) {
  const measures = measured(samples, centred, rate);
  return { ...measures, clip: samples, problem, noise_dbfs: measures.level_dbfs, snr_db: 0 };
}

function problemOf(centred, rate, start, stop, got) {
  if (got.snr_db < LIMITS.word_snr_db) return "nothing";
  if (got.clipped > LIMITS.clipped) return "clipped";
  if (got.level_dbfs > LIMITS.loudest_dbfs) return "loud";
  if (got.level_dbfs < LIMITS.quietest_dbfs) return "quiet";
  if (got.snr_db < LIMITS.snr_db) return "noisy";
  if (got.seconds < LIMITS.shortest_s) return "short";
  if (got.seconds > LIMITS.longest_s) return endsInNoise(centred.subarray(start, stop), rate, got) ? "noisy" : "long";
  return isCut(centred, rate, start, stop, got.level_dbfs) ? "cut" : null;
}

function endsInNoise(word, rate, got) {
  const end = Math.round(0.05 * rate);
  return Math.min(rmsDbfs(word.subarray(0, end)), rmsDbfs(word.subarray(-end))) < got.noise_dbfs + 3;
}

/** Whether an end of the word is missing: a word that fades out at the edge is whole. */
function isCut(centred, rate, start, stop, level_dbfs) {
  const edge = Math.max(1, Math.round(EDGE_S * rate));
  const loud = (part) => rmsDbfs(part) > level_dbfs - CUT_DB;
  const before = start < edge && loud(centred.subarray(0, edge));
  return before || (centred.length - stop < edge && loud(centred.subarray(-edge)));
}

/** Where the word is, by its energy: [start, stop] in samples. */
export function findWord(samples, rate) {
  const length = Math.max(1, Math.round(FRAME_S * rate));
  const level = frameLevels(samples, length);
  const loudest = Math.max(-120, ...level);
  const sorted = Float64Array.from(level).sort();
  const noise = percentile(sorted, 10);
  const even = percentile(sorted, 25) - percentile(sorted, 2) < EVEN_DB;
  const near = loudest - (even ? NEAR_NOISY_DB : NEAR_DB);
  const bar = Math.max(loudest - FAR_DB, Math.min(noise + ABOVE_NOISE_DB, near));
  const groups = [];
  level.forEach((one, frame) => {
    if (one < bar) return;
    const last = groups.at(-1);
    if (last && frame - last.at(-1) <= APART) last.push(frame);
    else groups.push([frame]);
  });
  const words = groups.filter((group) => group.length >= CLICK);
  const speech = (words.length ? words : groups).flat();
  return [speech[0] * length, Math.min((speech.at(-1) + 1) * length, samples.length)];
}

/** Levels of the differences of neighbouring samples, so that hum and rumble count little. */
function frameLevels(samples, length) {
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, frame) => {
    let power = 0;
    for (let at = frame * length; at < Math.min((frame + 1) * length, samples.length); at++) {
      power += at ? (samples[at] - samples[at - 1]) ** 2 : 0;
    }
    return 10 * Math.log10(power / length + 1e-12);
  });
}

function measured(samples, centred, rate, start = 0, stop = samples.length) {
  const word = samples.subarray(start, stop);
  const level_dbfs = Math.max(FLOOR_DBFS, rmsDbfs(centred.subarray(start, stop)));
  const noise_dbfs = Math.max(FLOOR_DBFS, noiseDbfs(centred, rate, start, stop));
  const peak = word.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const clipped = word.reduce((count, one) => count + (Math.abs(one) >= FULL), 0) / (word.length || 1);
  return {
    seconds: word.length / rate, level_dbfs, noise_dbfs, snr_db: level_dbfs - noise_dbfs, clipped,
    peak_dbfs: Math.max(FLOOR_DBFS, 20 * Math.log10(peak + 1e-12)),
  };
}

/** Level of what lies apart from the word; of the quietest tenth, where that is too little. */
function noiseDbfs(centred, rate, start, stop) {
  const near = Math.round(NEAR_S * rate);
  const quiet = [...centred.subarray(0, Math.max(0, start - near)), ...centred.subarray(stop + near)];
  if (quiet.length >= QUIET_S * rate) return rmsDbfs(quiet);
  const length = Math.max(1, Math.round(0.02 * rate));
  const count = Math.floor(centred.length / length);
  if (!count) return rmsDbfs(centred);
  const frame = (at) => centred.subarray(at * length, (at + 1) * length);
  const power = Float64Array.from({ length: count }, (_, at) => meanSquare(frame(at))).sort();
  return 10 * Math.log10(percentile(power, 10) + 1e-12);
}

/** Root mean square in dB re full scale; −∞ for silence. */
export function rmsDbfs(samples) {
  const power = samples.length ? meanSquare(samples) : 0;
  return power > 0 ? 10 * Math.log10(power) : -Infinity;
}

function meanSquare(samples) {
  let sum = 0;
  for (const one of samples) sum += one * one;
  return sum / samples.length;
}

/** Of sorted values; between two of them in proportion. */
function percentile(sorted, share) {
  const place = ((sorted.length - 1) * share) / 100;
  const at = Math.floor(place);
  return sorted[at] + (place - at) * ((sorted[at + 1] ?? sorted[at]) - sorted[at]);
}
