import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { settled } from "./runner";

/** Watches what this process leaves unfinished. */
export interface LeakWatch {
  /** How many requests have neither come to their answer's end nor failed: each would occupy a connection. */
  unfinishedRequests(): Promise<number>;
  /** Ends the watch. @returns the promises that failed unheard, and the sockets and timers that were not there at its beginning. */
  stop(): Promise<{ readonly rejections: readonly unknown[]; readonly resources: readonly string[] }>;
}

/** Begins to watch. */
export async function watchLeaks(): Promise<LeakWatch> {
  // The test framework starts its own timer only when it has got a promise from the test.
  await new Promise(setImmediate);
  const before = activeResources();
  const rejections: unknown[] = [];
  const requests = new Set<unknown>();
  const begun = (message: unknown) => void requests.add(requestOf(message));
  const ended = (message: unknown) => void requests.delete(requestOf(message));
  const rejected = (reason: unknown) => void rejections.push(reason);
  subscribe("undici:request:create", begun);
  for (const channel of endings) subscribe(channel, ended);
  process.on("unhandledRejection", rejected);
  const resources = () => withoutSome(activeResources(), before);
  return {
    unfinishedRequests: () => settled(() => requests.size),
    async stop() {
      await settled(() => resources().length);
      unsubscribe("undici:request:create", begun);
      for (const channel of endings) unsubscribe(channel, ended);
      process.off("unhandledRejection", rejected);
      return { rejections, resources: resources() };
    },
  };
}

const endings = ["undici:request:trailers", "undici:request:error"];

function requestOf(message: unknown): unknown {
  return typeof message === "object" && message !== null && "request" in message ? message.request : undefined;
}

function activeResources(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Timeout)/.test(name));
}

function withoutSome(all: readonly string[], some: readonly string[]): readonly string[] {
  const left = [...some];
  return all.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
