import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../provider/resources/context";
import { type Lifecycle, PartialFailure } from "../../provider/resources/lifecycle";
import { bundle } from "./bundle";
import type { Answer, Failure, Kind, Method, Request } from "./providerProtocol";

/** A real process that runs lifecycles, as the engine's provider process does. */
export interface ProviderProcess {
  /** A lifecycle whose calls run in the process; their context is ignored. A call fails when the process ends before it does. */
  lifecycle(kind: Kind): Lifecycle;
  /** Makes it as if it had just started, but for the time that starting takes. */
  forget(): void;
  /** Lets time pass on its clock, which stands still otherwise. */
  advance(seconds: number): void;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
}

/** Starts provider processes, within the enclosing suite. */
export interface ProviderProcesses {
  start(): ProviderProcess;
}

/** What a call throws that the provider refused: its message, and the code of a ProviderError. */
export class RefusedCall extends Error {
  override readonly name = "RefusedCall";
  readonly code: string | undefined;

  constructor({ message, code }: Failure) {
    super(message);
    this.code = code;
  }
}

/** Gives the enclosing suite provider processes; those that still run after it are ended. */
export function providerProcesses(): ProviderProcesses {
  const running = new Set<ProviderProcess>();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "provider-"));
    bundle(join(__dirname, "providerMain.ts"), join(folder, "provider.js"));
  });
  after(async () => {
    await Promise.all([...running].map((provider) => provider.kill()));
    rmSync(folder, { recursive: true });
  });
  return {
    start() {
      const child = fork(join(folder, "provider.js"), { execArgv: [] });
      const provider = providerProcess(child);
      running.add(provider);
      child.once("exit", () => running.delete(provider));
      return provider;
    },
  };
}

function providerProcess(child: ChildProcess): ProviderProcess {
  const calls = new Map<number, (answer: Answer | undefined) => void>();
  let lastId = 0;
  const send = (request: Request) => child.send(JSON.stringify(request));
  child.on("message", (text) => {
    const answer: Answer = JSON.parse(String(text));
    calls.get(answer.id)?.(answer);
    calls.delete(answer.id);
  });
  // Not "exit": what the process said last has been received by now.
  child.once("close", () => {
    for (const settle of calls.values()) settle(undefined);
    calls.clear();
  });

  async function call(kind: Kind, method: Method, { resource }: Context, args: readonly unknown[]): Promise<unknown> {
    const id = ++lastId;
    const answer = await new Promise<Answer | undefined>((resolve) => {
      calls.set(id, resolve);
      send({ id, kind, method, resource, args });
    });
    if (answer === undefined) throw new Error(`The provider process ended during ${method} of ${kind}.`);
    if ("result" in answer) return answer.result;
    const { partial } = answer.failure;
    throw partial ? new PartialFailure(partial.live, partial.reasons) : new RefusedCall(answer.failure);
  }

  return {
    lifecycle: (kind) => remoteLifecycle(kind, call),
    forget: () => send({ forget: true }),
    advance: (seconds) => send({ advanceSeconds: seconds }),
    async kill() {
      const closed = once(child, "close");
      if (child.kill("SIGKILL")) await closed;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: what crosses between processes has the type of the lifecycle that runs there
type Call = (kind: Kind, method: Method, context: Context, args: readonly unknown[]) => Promise<any>;

function remoteLifecycle(kind: Kind, call: Call): Lifecycle {
  return {
    check: (context, ...args) => call(kind, "check", context, args),
    diff: (context, ...args) => call(kind, "diff", context, args),
    create: (context, ...args) => call(kind, "create", context, args),
    read: (context, ...args) => call(kind, "read", context, args),
    update: (context, ...args) => call(kind, "update", context, args),
    delete: (context, ...args) => call(kind, "delete", context, args),
  };
}
