import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8 from optimising WebAssembly in this process, which must be the provider's own: undici parses HTTP in it. Within the
 * first requests that would cost 150 ms of processor time and 35 MiB, while the parser itself takes next to nothing.
 */
export function leaveParserUnoptimised(): void {
  setFlagsFromString("--wasm-tiering-budget=1000000000");
}
