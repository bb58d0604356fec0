import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ProviderError } from "../../provider/errors";
import type { HttpRequest, HttpResponse, RequestBody, Transport } from "../../provider/http/message";
import { page404, refusal } from "./answers";
import type { ModelClock } from "./clock";
import { createEvents, type WireEvent } from "./events";
import { labelOf, type ModelAnswer, type ModelRequest, type StackName } from "./message";
import { type Network, registryAt } from "./network";
import { act } from "./strangers";

/**
 * The way of one process's requests to the registries: they wait until somebody picks one, which is then answered in one
 * step; on its way it may be lost, refused or the last one, and strangers may come before or after it.
 */
export interface Wire {
  readonly transport: Transport;
  /** What waits, in an order that does not depend on time. */
  pending(): readonly Pending[];
  deliver(pending: Pending): void;
  /** What was sent, in the order in which it was answered, and what became of it. */
  readonly journal: readonly Entry[];
  readonly isKilled: boolean;
  /** Which events happened. */
  readonly happened: readonly WireEvent[];
}

/** One request that was answered, or lost. */
export interface Entry {
  readonly request: ModelRequest;
  readonly label: string;
  /** The answer's status; `undefined` when none came. */
  readonly status: number | undefined;
  /** What the answer says that a manifest's digest is. */
  readonly digest: string | undefined;
  /** The clock's time. */
  readonly at: number;
}

interface Pending {
  readonly request: ModelRequest;
  readonly answer: (answer: ModelAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** The engine's call under which requests are sent. */
export const calls = new AsyncLocalStorage<string>();

/** How long each request takes, in milliseconds: after four of them a look is not fresh any more. */
const requestMs = 300;

/** A process as far as its requests tell of it. */
export interface Sender {
  /** Its number. */
  readonly process: number;
  readonly by: StackName;
}

/** @param events - what happens to its requests. */
export function createWire(
  network: Network,
  { process, by }: Sender,
  clock: ModelClock,
  events: readonly WireEvent[],
): Wire {
  let waiting: readonly Pending[] = [];
  const journal: Entry[] = [];
  const happened: WireEvent[] = [];
  const eventsAt = createEvents(events);
  let isKilled = false;

  async function send(sent: HttpRequest): Promise<HttpResponse> {
    const { method, url, authorization } = sent;
    const headers = { ...sent.headers, ...(authorization !== undefined && { authorization }) };
    const body = await bytesOf(sent.body);
    const request: ModelRequest = { by, process, call: calls.getStore() ?? "", method, url, headers, body };
    const answer = await new Promise<ModelAnswer>((settle, fail) => {
      waiting = [...waiting, { request, answer: settle, fail }];
    });
    const shown = method === "HEAD" ? Buffer.alloc(0) : answer.body;
    return { status: answer.status, headers: answer.headers, url, body: Readable.from([shown], { objectMode: false }) };
  }

  function deliver(pending: Pending): void {
    waiting = waiting.filter((one) => one !== pending);
    const { request } = pending;
    const registry = registryAt(network, request.url.host);
    const events = eventsAt(request);
    happened.push(...events);
    const has = (does: WireEvent["does"]) => events.some((event) => event.does === does);
    clock.advance(requestMs);
    for (const event of events) if (event.does === "wait") clock.advance(event.ms);
    const meet = (isAfter: boolean) => {
      for (const event of events)
        if (registry && event.does === "stranger" && (event.after ?? false) === isAfter) act(registry, event.act);
    };
    meet(false);
    if (has("kill")) isKilled = true;
    const isDone = !isKilled && !has("drop");
    const answer = isDone ? (inTheWay(events) ?? registry?.answer(request)) : undefined;
    meet(true);
    if (has("killAfter")) isKilled = true;
    const isAnswered = answer !== undefined && !has("loseAnswer");
    const told = isAnswered ? answer : undefined;
    const label = labelOf(request);
    journal.push({
      request,
      label,
      status: told?.status,
      digest: told?.headers["docker-content-digest"],
      at: clock.now(),
    });
    // A killed process hears of nothing any more.
    if (isKilled) return;
    if (told) pending.answer(told);
    else pending.fail(broken(request));
  }

  return {
    transport: { send, close: async () => {} },
    pending: () => [...waiting].sort((a, b) => compare(keyOf(a), keyOf(b))),
    deliver,
    journal,
    happened,
    get isKilled() {
      return isKilled;
    },
  };
}

function inTheWay(events: readonly WireEvent[]): ModelAnswer | undefined {
  for (const event of events) {
    if (event.does === "refuse") return refusal(event.status, event.code);
    if (event.does === "page404") return page404();
  }
  return undefined;
}

async function bytesOf(body: RequestBody | undefined): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  return body instanceof Uint8Array ? Buffer.from(body) : buffer(body.open());
}

function keyOf({ request }: Pending): string {
  return `${request.call} ${labelOf(request)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function broken({ method, url }: ModelRequest): ProviderError {
  const details = { method, url: url.href, retryable: true };
  return new ProviderError("ERR_TRANSPORT", `${method} ${url.href}: the connection broke (the model).`, details);
}
