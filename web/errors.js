// Every error that the module throws on purpose. Each tells what was expected, what was got, what to do next.
//
//     OyezError
//     ├── ModelError    a model file that lacks what it must hold, or holds something newer
//     ├── ConfigError   a value outside its range
//     ├── AudioError    samples that are none
//     ├── DeviceError   a microphone that is not there, or may not be used
//     └── EngineError   this browser cannot run the network: no WebAssembly, or it does not load
//
// `code` is a short name of what went wrong, for pages that say it in another language.

export class OyezError extends Error {
  constructor(message, code = "") {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

export class ModelError extends OyezError {}

export class ConfigError extends OyezError {}

export class AudioError extends OyezError {}

export class DeviceError extends OyezError {}

export class EngineError extends OyezError {}
