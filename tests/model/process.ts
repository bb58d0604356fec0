import { setImmediate } from "node:timers/promises";
import type { dynamic } from "@pulumi/pulumi";
import { createTurns } from "../../provider/distribution/turns";
import { dynamicProvider } from "../../provider/host/dynamic";
import { checkingInputs } from "../../provider/host/inputs/checkingInputs";
import type { Message } from "../../provider/host/log";
import { createHost } from "../../provider/host/process";
import { importedImageLifecycle } from "../../provider/resources/importedImage/lifecycle";
import { multiArchImageLifecycle } from "../../provider/resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "../../provider/resources/platformImage/lifecycle";
import { createProgramPlan } from "../../provider/resources/process/programPlan";
import type { Choices } from "./choices";
import type { ModelClock } from "./clock";
import type { WireEvent } from "./events";
import { directory } from "./files";
import type { StackName } from "./message";
import type { Network } from "./network";
import { calls, createWire, type Wire } from "./wire";

/** The kinds of resource that the model has. */
export type Kind = "platformImage" | "multiArchImage" | "importedImage";

/** A provider process in all but name: a host of its own, with handlers as `provider/index.ts` exports them. */
export interface ModelProcess {
  /** Makes one call of the engine. @param name - of the resource. */
  call<T>(kind: Kind, method: string, name: string, work: (provider: Provider) => Promise<T>): Promise<T>;
  readonly wire: Wire;
  /** What the user was told. */
  readonly messages: readonly Message[];
}

/** All calls of a handler: the ones here make every one. */
export type Provider = Required<Omit<dynamic.ResourceProvider, "configure">>;

/** Where a process runs, and what happens to it. */
export interface Place {
  readonly network: Network;
  readonly clock: ModelClock;
  readonly number: number;
  /** The stack that it works for. */
  readonly stackName: StackName;
  readonly events: readonly WireEvent[];
  readonly choices: Choices;
}

function startProcess({ network, number, stackName, clock, events }: Place): ModelProcess {
  const wire = createWire(network, { process: number, by: stackName }, clock, events);
  const messages: Message[] = [];
  const host = createHost({
    clock,
    // No credentials and no cache of this machine.
    environment: { HOME: "/nowhere", PULUMI_MULTIARCH_CACHE_DIR: "" },
    directory: directory(),
    isWatched: false,
    tell: (message) => messages.push(message),
    transport: () => wire.transport,
    plan: createProgramPlan(),
    turns: createTurns(),
  });
  const handlers = {
    platformImage: complete(dynamicProvider(() => checkingInputs("PlatformImage", platformImageLifecycle), host)),
    multiArchImage: complete(dynamicProvider(() => checkingInputs("MultiArchImage", multiArchImageLifecycle), host)),
    importedImage: complete(dynamicProvider(() => checkingInputs("ImportedImage", importedImageLifecycle), host)),
  };
  return {
    call: (kind, method, name, work) => calls.run(`${method} ${name}`, () => work(handlers[kind])),
    wire,
    messages,
  };
}

function complete({ check, diff, create, update, read, delete: remove }: dynamic.ResourceProvider): Provider {
  if (check && diff && update && read && remove) return { check, diff, create, update, read, delete: remove };
  throw new Error("a handler lacks a call");
}

/**
 * Runs a process until its work is done or it is killed: whenever nothing moves any more, one request is answered.
 * @returns the work's result; `undefined` when the process was killed.
 */
export async function runProcess<T>(
  place: Place,
  work: (process: ModelProcess) => Promise<T>,
): Promise<{ readonly process: ModelProcess; readonly result: T | undefined }> {
  const process = startProcess(place);
  const { wire } = process;
  let end: { readonly result: T } | { readonly error: unknown } | undefined;
  work(process).then(
    (result) => {
      end = { result };
    },
    (error: unknown) => {
      end = { error };
    },
  );
  for (let stalls = 0; stalls < stallLimit; ) {
    await quiet();
    if (end !== undefined && "error" in end) throw end.error;
    if (end !== undefined) return { process, result: end.result };
    if (wire.isKilled) return { process, result: undefined };
    const next = place.choices.of(wire.pending());
    if (next) wire.deliver(next);
    else if (!place.clock.wakeNext()) stalls++;
    else stalls = 0;
  }
  throw new Error("the model stalls: nothing waits, and the work is not done");
}

const stallLimit = 100_000;
const quietTurns = 2;

/** Waits until nothing moves: the requests that wait then do not depend on how fast this machine reads its files. */
async function quiet(): Promise<void> {
  for (let turns = 0; turns < quietTurns; ) {
    await setImmediate();
    turns = process.getActiveResourcesInfo().some((name) => /^(FSReq|CloseReq|Zlib)/.test(name)) ? 0 : turns + 1;
  }
}
