import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

type HowItEnded =
  | { readonly reason: "exit"; readonly code: number }
  /** It was killed by another process, or could not be started: `signal` names the signal or the error. */
  | { readonly reason: "signal"; readonly signal: string }
  /** It was stopped here: it took too long (`time`) or said too much (`output`). */
  | { readonly reason: "time" }
  | { readonly reason: "output" };

/** How a program ended, and all that it said. */
export type ProgramEnd = HowItEnded & { readonly stdout: string; readonly stderr: string };

/** The input of a program, and its limits. */
export interface ProgramLimits {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Its standard input. */
  readonly input: string;
  readonly timeoutMs: number;
  /** The most that it may say on each stream, in bytes. */
  readonly outputLimit: number;
}

// Output that a program wrote before its exit may still be on its way.
const drainMs = 100;

/**
 * Runs a program, without a shell, as the head of a process group: when it is stopped here, or this process ends before it, what it
 * has started ends with it. Its answer counts from its exit on, even if a process that it leaves behind keeps its output open.
 * @param program - absolute.
 */
export async function runInGroup(
  program: string,
  args: readonly string[],
  { environment, input, timeoutMs, outputLimit }: ProgramLimits,
): Promise<ProgramEnd> {
  const child = spawn(program, args, { env: environment, shell: false, detached: hasGroups, windowsHide: true });
  watchSignals();
  running.add(child);
  // A program that ends without reading its input breaks the pipe; its exit says what matters.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const end = await howItEnds(child, timeoutMs, () => Math.max(stdout.size(), stderr.size()) > outputLimit);
  if (end.reason === "time" || end.reason === "output") endGroup(child);
  running.delete(child);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  return { ...end, stdout: stdout.text(), stderr: stderr.text() };
}

function howItEnds(
  child: ChildProcessWithoutNullStreams,
  timeoutMs: number,
  hasSaidTooMuch: () => boolean,
): Promise<HowItEnded> {
  const timers: NodeJS.Timeout[] = [];
  const end = new Promise<HowItEnded>((settle) => {
    timers.push(setTimeout(() => settle({ reason: "time" }), timeoutMs));
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", () => hasSaidTooMuch() && settle({ reason: "output" }));
    child.on("error", (error) => settle({ reason: "signal", signal: codeOf(error) }));
    child.on("exit", (code, signal) => {
      // From now on the group's number may become another one's.
      running.delete(child);
      const tell = () =>
        settle(code === null ? { reason: "signal", signal: String(signal) } : { reason: "exit", code });
      child.on("close", tell);
      // What has arrived while this process was busy is read before setImmediate calls.
      timers.push(setTimeout(() => setImmediate(tell), drainMs));
    });
  });
  return end.finally(() => timers.forEach(clearTimeout));
}

const hasGroups = process.platform !== "win32";
const running = new Set<ChildProcess>();
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let isWatching = false;

/** From the first program on: no handler stands in the way of a process that runs none. */
function watchSignals(): void {
  if (isWatching) return;
  isWatching = true;
  process.on("exit", endAll);
  for (const signal of endingSignals) process.on(signal, endBySignal);
}

function endAll(): void {
  for (const child of running) endGroup(child);
}

/** Does what the signal would do without a handler, unless the host has one of its own. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  endAll();
  process.off(signal, endBySignal);
  process.kill(process.pid, signal);
}

function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (hasGroups) process.kill(-pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function collect(stream: NodeJS.ReadableStream): { text(): string; size(): number } {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
  });
  return { text: () => Buffer.concat(chunks).toString(), size: () => size };
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : error.message;
}
