// Runs beside the page, on the thread of the sound: collects samples and sends them over.

const LENGTH = 2048; // 43 ms at 48 kHz: 23 messages a second, not 375

class Samples extends AudioWorkletProcessor {
  #samples = new Float32Array(LENGTH);
  #count = 0;

  process([input]) {
    const samples = input[0];
    if (!samples) return true; // nothing is connected yet
    this.#samples.set(samples, this.#count);
    this.#count += samples.length;
    if (this.#count > LENGTH - samples.length) {
      const whole = this.#samples.slice(0, this.#count);
      this.port.postMessage(whole, [whole.buffer]);
      this.#count = 0;
    }
    return true;
  }
}

registerProcessor("oyez-samples", Samples);
