import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const sweepBytes = 16 * 1024 * 1024;

type Collect = (options: { readonly type: "minor" }) => void;

let collect: Collect | undefined;
let unsweptBytes = 0;

/**
 * Keeps what is received from growing the process. Node.js reads each piece from a socket into new memory outside of V8's heap;
 * V8, which counts its own objects, would let 64 MiB of it become garbage, and then go through the whole heap. So after each
 * 16 MiB the youngest objects are collected, which takes about a millisecond.
 * @param bytes - how many more have been received and are done with.
 */
export function sweep(bytes: number): void {
  unsweptBytes += bytes;
  if (unsweptBytes < sweepBytes) return;
  unsweptBytes = 0;
  collect ??= exposeCollect();
  collect({ type: "minor" });
}

/** V8's own function, which only a context gets that is made while the flag is set. */
function exposeCollect(): Collect {
  setFlagsFromString("--expose-gc");
  const exposed: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
  setFlagsFromString("--no-expose-gc");
  return typeof exposed === "function" ? (options) => exposed(options) : () => {};
}
