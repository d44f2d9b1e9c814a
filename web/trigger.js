// When scores become detections. The same rule as src/oyez/detect/trigger.py, number for number.

/**
 * One word's rule: smooth, cross the threshold, stay quiet for a while.
 *
 * It fires at the step where the mean of the last `smoothing` scores reaches the threshold. Then it is silent
 * until that mean has fallen below `release × threshold` and `refractory_s` has passed.
 */
export class Trigger {
  #refractory;
  #recent = [];
  #step = 0;
  #silentUntil = 0;
  #armed = true;

  /**
   * @param {{threshold: number, smoothing: number, release: number, refractory_s: number}} config - one word's.
   * @param {number} step_s - seconds from one score to the next.
   */
  constructor(config, step_s) {
    this.config = { ...config };
    this.#refractory = Math.max(1, halfToEven(config.refractory_s / step_s));
  }

  /** Forget all scores. */
  reset() {
    this.#recent = [];
    this.#step = this.#silentUntil = 0;
    this.#armed = true;
  }

  /**
   * Take the next score.
   *
   * @param {number} score - 0..1.
   * @returns {number | null} the smoothed score, where it fires.
   */
  push(score) {
    const { threshold, smoothing, release } = this.config;
    this.#recent.push(score);
    if (this.#recent.length > smoothing) this.#recent.shift();
    const smoothed = this.#recent.reduce((sum, one) => sum + one, 0) / smoothing;
    if (smoothed < release * threshold) this.#armed = true;
    const fires = this.#armed && this.#step >= this.#silentUntil && smoothed >= threshold;
    if (fires) {
      this.#armed = false;
      this.#silentUntil = this.#step + this.#refractory;
    }
    this.#step += 1;
    return fires ? smoothed : null;
  }
}

/** As Python's `round`: a half goes to the even neighbour. */
function halfToEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
