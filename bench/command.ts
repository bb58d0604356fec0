import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";

/** What a command cost. */
export interface Cost {
  /** From its start to its end. */
  readonly elapsedMs: number;
  /** The most memory that it held. */
  readonly peakBytes: number;
  readonly stdout: string;
}

/**
 * Runs a command under GNU time, with a home of its own, so that it finds no credentials, no configuration and nothing of an earlier run.
 * @param commandLine - the command and its arguments.
 * @param input - for its standard input.
 * @throws with what it wrote to stderr, when it fails.
 */
export async function runCommand(commandLine: readonly string[], home: string, input = ""): Promise<Cost> {
  const report = join(home, "peak-memory");
  const startedMs = performance.now();
  const child = spawn("/usr/bin/time", ["--quiet", "--format=%M", `--output=${report}`, ...commandLine], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, DOCKER_CONFIG: home },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const elapsedMs = performance.now() - startedMs;
  if (code !== 0) throw new Error(`${commandLine.join(" ")} ended with code ${code}:\n${stderr}`);
  const peakBytes = Number(await readFile(report, "utf8")) * 1024;
  return { elapsedMs, peakBytes, stdout };
}

/** Gives a new, empty folder to a piece of work and removes it afterwards. */
export async function inNewFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "multiarch-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether there is a command of this name. */
export function isOnPath(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}
