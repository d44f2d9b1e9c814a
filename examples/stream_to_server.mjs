// Sends sound to a server as it comes, and prints what the server hears: one channel of 16-bit samples at 16 kHz.
//
// arecord -q -t raw -f S16_LE -r 16000 | node examples/stream_to_server.mjs ws://127.0.0.1:8765
//
// Node 22 has a WebSocket, as every browser does; before that: node --experimental-websocket.

if (process.argv.length !== 3 || !/^wss?:/.test(process.argv[2])) {
  console.error("usage: stream_to_server.mjs ws://HOST:PORT < samples");
  process.exit(1);
}
const server = new WebSocket(`${process.argv[2]}/v1/stream`);
server.onopen = async () => {
  server.send(JSON.stringify({ type: "start", rate: 16000 }));
  for await (const chunk of process.stdin) server.send(chunk);
  server.send(JSON.stringify({ type: "finish" }));
};
server.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.type === "detection") console.log(`${message.time_s.toFixed(2)} s: ${message.word}`);
  if (message.type === "error") process.exitCode = 1, console.error(message.message);
  if (message.type === "end") server.close();
};
server.onerror = () => { process.exitCode = 1; console.error("no server there, or it broke off"); };
server.onclose = () => process.exit();
