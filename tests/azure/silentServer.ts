import { createServer } from "node:http";
import { closeServer, portOf } from "../support/countingProxy";

/** A server that takes requests and does not answer: a run of a source there goes on until the server stops. */
export interface SilentServer {
  /** `http://localhost:PORT`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startSilentServer(): Promise<SilentServer> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${portOf(server)}`, stop: () => closeServer(server) };
}
