import { createHash } from "node:crypto";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Exchange, Moment, Observer } from "../support/wireProxy";

/** What a run showed on the wire. */
export interface Recording {
  readonly observer: Observer;
  /** The events by name, in their order. A name says what is asked for, so that it is the same in another run. */
  readonly events: readonly string[];
  /** The upload sessions that the registry opened: the blob's digest by the session's name. */
  readonly sessions: ReadonlyMap<string, string>;
}

// Requests that are sent at once arrive within a moment of each other: so much can change their order.
const longestDelayMs = 4;

/**
 * Records a run.
 * @param seed - decides which of several requests at once goes first.
 * @param onEvent - awaited at every event before it has its effect.
 */
export function record(seed: string, onEvent: (event: string) => Promise<void>): Recording {
  const events: string[] = [];
  const sessions = new Map<string, string>();
  const names = new Map<Exchange, string>();
  const counts = new Map<string, number>();

  function nameOf(exchange: Exchange): string {
    const known = names.get(exchange);
    if (known !== undefined) return known;
    const asked = askedFor(exchange);
    const count = (counts.get(asked) ?? 0) + 1;
    counts.set(asked, count);
    const name = count === 1 ? asked : `${asked} (${count})`;
    names.set(exchange, name);
    return name;
  }

  function keepSession({ method, path, location }: Exchange, moment: Moment): void {
    if (method !== "POST" || moment !== "answered" || location === undefined) return;
    const session = basename(new URL(location).pathname);
    sessions.set(session, digestIn(path));
  }

  return {
    events,
    sessions,
    async observer(exchange, moment) {
      const name = nameOf(exchange);
      if (moment === "received") await setTimeout(delayMs(`${seed} ${name}`));
      const event = `${name} ${moment}`;
      events.push(event);
      keepSession(exchange, moment);
      await onEvent(event);
    },
  };
}

/** The request without what differs from run to run: the repository's and the upload session's names. */
function askedFor({ method, path }: Exchange): string {
  const [, what = path] = /\/(manifests\/.*|blobs\/sha256:.*)$/.exec(path) ?? [];
  return what === path ? `${method} upload ${digestIn(path)}` : `${method} ${what}`;
}

function digestIn(path: string): string {
  const { searchParams } = new URL(path, "http://localhost");
  return searchParams.get("mount") ?? searchParams.get("digest") ?? "";
}

function delayMs(text: string): number {
  return createHash("sha256").update(text).digest().readUInt8(0) % (longestDelayMs + 1);
}
