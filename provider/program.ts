import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { redact } from "./errors";

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
  const file = process.platform === "win32" ? `${name}.exe` : name;
  for (const folder of pathFolders(environment)) {
    const program = join(folder, file);
    if (await isExecutable(program)) return program;
  }
  return undefined;
}

/**
 * Runs a program that gives out credentials, without a shell and for 30 s at most. It gets only the variables that such
 * programs are known to need.
 * @param program - as {@link findProgram} gives it.
 * @param args - its arguments; never a secret.
 * @param environment - the process's variables.
 * @param input - what it reads on standard input.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  environment: Environment,
  input = "",
): Promise<ProgramAnswer> {
  const options = {
    shell: false,
    env: minimalEnvironment(environment),
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    maxBuffer: programOutputLimit,
    windowsHide: true,
  } as const;
  return new Promise((settle) => {
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      settle(error === null ? { stdout } : { stdout, failure: describeFailure(error, stdout, stderr) }),
    );
    // A program that ends without reading its input breaks the pipe; its exit says what matters.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** Such programs tell their errors on either stream. What looks like an answer is not repeated. */
function describeFailure(error: Error & { code?: unknown; killed?: boolean }, stdout: string, stderr: string): string {
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `it said more than ${programOutputLimit} bytes`;
  if (error.killed === true) return `it took longer than ${timeoutMs / 1000} s`;
  const said =
    [stderr, stdout.includes("{") ? "" : stdout].map((text) => text.trim()).find((text) => text !== "") ?? "";
  return `${typeof error.code === "number" ? `exit code ${error.code}` : String(error.code)}${said && `, "${redact(said).slice(0, 300)}"`}`;
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

// What docker's credential helpers, the clouds' programs, and pass, gpg, keyrings and proxies under them read. Not Pulumi's own secrets.
const passedOn =
  /^(HOME|USER|LOGNAME|LANG|LC_.*|TMPDIR|TEMP|TMP|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|XDG_.*|GNUPGHOME|GPG_.*|PASSWORD_STORE_.*|DOCKER_CONFIG|AWS_.*|AZURE_.*|GOOGLE_.*|CLOUDSDK_.*|OCI_.*|SSL_CERT_(FILE|DIR)|https?_proxy|no_proxy|SystemRoot|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PATHEXT)$/i;

function minimalEnvironment(environment: Environment): Environment {
  const entries = Object.entries(environment).filter(([name]) => passedOn.test(name));
  return { ...Object.fromEntries(entries), PATH: pathFolders(environment).join(delimiter) };
}
