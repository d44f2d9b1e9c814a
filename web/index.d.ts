/** Oyez in the browser. Seconds are `_s`, scores lie in 0..1. */

export interface Detection {
  /** The word, as the model names it. */
  word: string;
  /** Seconds of audio heard when the score crossed, since the last reset. */
  time_s: number;
  /** The smoothed score there. */
  score: number;
}

export interface TriggerConfig {
  threshold: number;
  smoothing: number;
  release: number;
  refractory_s: number;
}

export interface Table {
  /** Of sound without the word. */
  hours: number;
  /** Thresholds, rising, and the false accepts per hour of each. */
  rows: [threshold: number, perHour: number][];
}

/** What a model file says of itself. Samples are those at `rate`. */
export interface Card {
  format: number;
  words: string[];
  rate: number;
  chunk: number;
  step: number;
  delay_steps: number;
  tail: number;
  trigger: Record<string, TriggerConfig>;
  table?: Record<string, Table | null> | null;
  check: { pcm: string; scores: number[][] };
  [key: string]: unknown;
}

export type Samples = Float32Array | Int16Array | (Float32Array | Int16Array)[];
export type Source = string | URL | Uint8Array | ArrayBuffer;

export interface Wanted {
  /** Score that every word needs, or by word; else the model's own. */
  threshold?: number | Record<string, number>;
  /** In its place: how often it may be wrong, such as `1/day`, or a number per hour. */
  falseAccepts?: string | number;
  /** Whether a rate that the model's table does not show is an error; else `notes` tells. */
  strict?: boolean;
}

export interface Options extends Wanted {
  /** Hertz of the samples that will be pushed; else the model's own. */
  rate?: number;
}

export interface ModelOptions {
  /** For errors; else the file's. */
  name?: string;
  /** The folder with the files of `vendor/`, where a bundler has moved them. */
  assets?: string | URL;
  signal?: AbortSignal;
}

export class Model {
  static open(source: Source, options?: ModelOptions): Promise<Model>;
  readonly name: string;
  readonly card: Card;
  /** Between the scores that the file states and those that came here. */
  readonly difference: number;
  close(): Promise<void>;
}

export interface DetectorEvents {
  detection: CustomEvent<Detection>;
  /** A score for each word, step after step; `time_s` is the end of the first step. */
  scores: CustomEvent<{ scores: Float32Array; time_s: number; step_s: number }>;
}

export class Detector extends EventTarget {
  constructor(model: Model, options?: Options);
  readonly model: Model;
  readonly card: Card;
  readonly words: string[];
  readonly rate: number;
  readonly step_s: number;
  /** By word. */
  readonly thresholds: Record<string, number>;
  /** By word: what was taken where the table does not show what was asked for. */
  readonly notes: Record<string, string | null>;
  /** Seconds of sound that were pushed and are not yet heard. */
  readonly waiting_s: number;
  setThreshold(wanted?: Wanted): void;
  push(x: Samples): Promise<Detection[]>;
  finish(): Promise<Detection[]>;
  reset(): Promise<void>;
  /** A score for each word, step after step, from a fresh state. */
  scores(x: Samples): Promise<Float32Array>;
  addEventListener<K extends keyof DetectorEvents>(
    type: K,
    listener: (event: DetectorEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export function load(source: Source, options?: Options & ModelOptions): Promise<Detector>;

export interface Microphone {
  /** Hertz of the samples. */
  readonly rate: number;
  /** Its name, where the browser tells it. */
  readonly label: string;
  /** Kept when it ends: `true` where it was unplugged or taken away, `false` by `stop`. */
  readonly ended: Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * Open the microphone, without the browser's echo, noise and gain processing.
 * Call it from a click: browsers start no sound before one.
 */
export function listen(
  onSamples: (samples: Float32Array, rate: number) => void,
  options?: {
    deviceId?: string;
    /** Where `worklet.js` lies, where a bundler has moved it. */
    worklet?: string | URL;
  },
): Promise<Microphone>;

/** Another rate, for a stream: the result does not depend on how the stream is cut. */
export class Resampler {
  constructor(from: number, to: number);
  readonly from: number;
  readonly to: number;
  push(samples: Float32Array): Float32Array;
  finish(): Float32Array;
  reset(): void;
}

/** One word's rule, from scores to detections. */
export class Trigger {
  constructor(config: TriggerConfig, step_s: number);
  config: TriggerConfig;
  /** The smoothed score, where it fires. */
  push(score: number): number | null;
  reset(): void;
}

/** A trigger at rest for each word. */
export function triggersOf(card: Card, thresholds: Record<string, number>): Trigger[];

/** Detections among scores that follow `step` earlier ones. */
export function judge(card: Card, triggers: Trigger[], scores: Float32Array, step?: number): Detection[];

export interface EventRate {
  count: number;
  unit: string;
  perHour: number;
  text: string;
}

/** `1/day`, `2/hour`, `3 per week`, or a number per hour. */
export function eventRate(value: string | number): EventRate;

export function choose(
  table: Table,
  word: string,
  falseAccepts: string | number,
  options?: { strict?: boolean },
): { threshold: number; note: string | null; supported: number };

export function thresholds(
  card: Card,
  wanted?: Wanted,
  name?: string,
): { byWord: Record<string, number>; notes: Record<string, string | null> };

/** The card in the bytes of a model file, unchecked. */
export function readCard(bytes: Uint8Array): Card;

export class OyezError extends Error {
  /** A short name of what went wrong. */
  readonly code: string;
}
export class ModelError extends OyezError {}
export class ConfigError extends OyezError {}
export class AudioError extends OyezError {}
export class DeviceError extends OyezError {}
export class EngineError extends OyezError {}
