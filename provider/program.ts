import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { redact } from "./errors";
import { type ProgramEnd, runInGroup } from "./processGroup";

/** How long a program may take, in milliseconds: some ask the user. */
const timeoutMs = 30_000;
/** The most that a program may say, in bytes. */
export const programOutputLimit = 64 * 1024;

/** The variables that the host's process has. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a program said, and whether it failed. */
export interface ProgramAnswer {
  readonly stdout: string;
  /** Why it failed, without secrets; absent when it did not. */
  readonly failure?: string;
}

/**
 * Looks for a program that gives out credentials in the absolute folders of PATH, never in the working folder.
 * @param name - without the extension that it has on Windows.
 * @returns its path; `undefined` when it is in none of them.
 */
export async function findProgram(name: string, environment: Environment): Promise<string | undefined> {
  // On Windows only .exe: .cmd and .bat would bring a shell in.
  const file = process.platform === "win32" && !name.endsWith(".exe") ? `${name}.exe` : name;
  for (const folder of pathFolders(environment)) {
    const program = join(folder, file);
    if (await isExecutable(program)) return program;
  }
  return undefined;
}

/**
 * Runs a program that gives out credentials, without a shell and for 30 s at most. It gets the user's environment, as from docker,
 * but for Pulumi's own variables. It ends with everything that it has started when its time is over, or when this process ends
 * before it.
 * @param program - as {@link findProgram} gives it.
 * @param args - its arguments; never a secret.
 * @param environment - the process's variables.
 * @param input - what it reads on standard input.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: Environment,
  input = "",
): Promise<ProgramAnswer> {
  const end = await runInGroup(program, args, {
    environment: programEnvironment(environment),
    input,
    timeoutMs,
    outputLimit: programOutputLimit,
  });
  const { stdout } = end;
  return end.reason === "exit" && end.code === 0 ? { stdout } : { stdout, failure: failureOf(end) };
}

function failureOf(end: ProgramEnd): string {
  switch (end.reason) {
    case "output":
      return `it said more than ${programOutputLimit} bytes`;
    case "time":
      return `it took longer than ${timeoutMs / 1000} s`;
    case "exit":
      return `exit code ${end.code}${quotedError(end)}`;
    case "signal":
      return `${end.signal}${quotedError(end)}`;
  }
}

/** Such programs tell their errors on either stream. What looks like an answer is not repeated. */
function quotedError({ stdout, stderr }: ProgramEnd): string {
  const texts = [stderr, stdout.includes("{") ? "" : stdout].map((text) => text.trim());
  const said = texts.find((text) => text !== "");
  return said === undefined ? "" : `, "${redact(said).slice(0, 300)}"`;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function pathFolders(environment: Environment): readonly string[] {
  const path = environment["PATH"] ?? environment["Path"] ?? "";
  return path.split(delimiter).filter((folder) => isAbsolute(folder) && resolve(folder) !== process.cwd());
}

/** Pulumi's own variables hold its access token, the passphrase of its secrets, and the stack's configuration. */
function programEnvironment(environment: Environment): Environment {
  const entries = Object.entries(environment).filter(([name]) => !/^(PULUMI_|PATH$)/i.test(name));
  return { ...Object.fromEntries(entries), PATH: pathFolders(environment).join(delimiter) };
}
