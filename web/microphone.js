// The microphone: samples as they come, and in words why there are none.

import { DeviceError } from "./errors.js";

const UNTOUCHED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/**
 * Open the microphone, without the browser's echo, noise and gain processing: detectors learnt from sound
 * without it. Call it from a click: browsers start no sound before one.
 *
 * @param {(samples: Float32Array, rate: number) => void} onSamples - called every 40 ms or so.
 * @param {{deviceId?: string, worklet?: string | URL}} [options] - `worklet`: where `worklet.js` lies, where a
 *   bundler has moved it.
 * @returns {Promise<{rate: number, label: string, ended: Promise<boolean>, stop: () => Promise<void>}>}
 * @throws {DeviceError} there is none, it may not be used, or the page is not served over HTTPS.
 */
export async function listen(onSamples, { deviceId, worklet } = {}) {
  checkPage();
  const context = new AudioContext(); // at the device's own rate: not every browser connects another one
  let stream;
  try {
    const audio = { ...UNTOUCHED, channelCount: 1, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) };
    stream = await navigator.mediaDevices.getUserMedia({ audio });
    await context.audioWorklet.addModule(worklet ?? new URL("./worklet.js", import.meta.url));
    await context.resume();
  } catch (error) {
    stream?.getTracks().forEach((track) => track.stop());
    await context.close();
    throw refused(error);
  }
  return opened(context, stream, onSamples);
}

function opened(context, stream, onSamples) {
  const source = context.createMediaStreamSource(stream);
  const node = new AudioWorkletNode(context, "oyez-samples", { channelCount: 1, channelCountMode: "explicit" });
  const rate = context.sampleRate;
  const [track] = stream.getAudioTracks();
  node.port.onmessage = ({ data }) => onSamples(data, rate);
  source.connect(node).connect(context.destination); // it gives silence, but what leads nowhere may not run
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  const stop = async (taken = false) => {
    node.port.onmessage = null;
    source.disconnect();
    node.disconnect();
    track.stop();
    if (context.state !== "closed") await context.close();
    end(taken);
  };
  track.onended = () => stop(true);
  return { rate, label: track.label, ended, stop: () => stop() };
}

function checkPage() {
  if (!globalThis.isSecureContext) {
    throw new DeviceError(
      `browsers give the microphone to pages served over HTTPS or from this computer, got ${location.origin}. ` +
        "Open the page there.",
      "insecure",
    );
  }
  if (!navigator.mediaDevices?.getUserMedia || !globalThis.AudioWorkletNode) {
    throw new DeviceError("this browser gives pages no microphone. Use another one, or an audio file.", "no-api");
  }
}

function refused(error) {
  const why = {
    NotFoundError: ["no-microphone", "there is no microphone. Plug one in, or drop an audio file on the page."],
    OverconstrainedError: ["no-microphone", "the microphone that was chosen is gone. Choose another one."],
    NotAllowedError: [
      "denied", "the microphone may not be used here. Allow it in the browser's address bar, and in the system.",
    ],
    NotReadableError: ["busy", "the microphone does not open: another program may hold it. Close that one."],
  }[error.name];
  const [code, message] = why ?? ["device", `the microphone does not open (${error.message}). Try it again.`];
  return new DeviceError(message, code);
}
