import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { ProviderError, redact } from "../errors";
import { asObject, optionalString, parseJson } from "../oci/json";
import { basicCredentials, identityTokenCredentials, type ResolvedCredentials } from "./resolvedCredentials";

/** How long a helper may take, in milliseconds: some ask the user. */
const helperTimeoutMs = 30_000;
/** The most that a helper may answer, in bytes. */
const helperOutputLimit = 64 * 1024;

/** The variables that the host's process has. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Asks a docker credential helper for a registry's credentials: runs `docker-credential-<name> get` without a shell, the
 * registry on its standard input. The program is looked for in the absolute folders of PATH, never in the working folder,
 * and gets only the variables that helpers are known to need.
 * @param name - what the configuration calls it, for example `ecr-login`.
 * @param address - the registry, canonical.
 * @param environment - the process's variables.
 * @returns `undefined` when the helper has no credentials for this registry.
 * @throws ERR_AUTH for everything else that goes wrong: nothing falls through to another source.
 * @see https://github.com/docker/docker-credential-helpers/blob/v0.9.0/README.md
 */
export async function askCredentialHelper(
  name: string,
  address: string,
  environment: Environment,
): Promise<ResolvedCredentials | undefined> {
  const fail = (reason: string) =>
    new ProviderError(
      "ERR_AUTH",
      `The credential helper ${JSON.stringify(name)}, asked for ${address}, ${reason}. ` +
        `Repair it or docker's configuration, or set \`credentials\` for ${address}.`,
      { host: address },
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) throw fail("has a name that no helper can have");
  const program = await findProgram(`docker-credential-${name}`, environment);
  if (program === undefined) throw fail("is not in any absolute folder of PATH");
  const answer = await run(program, helperKey(address), minimalEnvironment(environment));
  if (answer.failure === undefined) return parseAnswer(answer.stdout, address, fail);
  if (answer.stdout.trim().startsWith("credentials not found")) return undefined;
  throw fail(`failed: ${answer.failure}`);
}

/** Docker keeps the login of Docker Hub under this name, in helpers too. */
function helperKey(address: string): string {
  return address === "docker.io" ? "https://index.docker.io/v1/" : address;
}

function parseAnswer(
  stdout: string,
  address: string,
  fail: (reason: string) => Error,
): ResolvedCredentials | undefined {
  const [username, secret] = readFields(stdout);
  if (username === undefined || secret === undefined)
    throw fail("answered with something else than JSON with a Username and a Secret");
  if (secret === "") return undefined;
  return username === "<token>" ? identityTokenCredentials(secret) : basicCredentials(address, username, secret);
}

function readFields(stdout: string): readonly (string | undefined)[] {
  try {
    const answer = asObject(parseJson(Buffer.from(stdout), "answer", helperOutputLimit), "answer:");
    return [optionalString(answer, "Username"), optionalString(answer, "Secret")];
  } catch {
    return [];
  }
}

interface Answer {
  readonly stdout: string;
  /** Why it failed, without secrets; absent when it did not. */
  readonly failure?: string;
}

function run(program: string, input: string, env: Environment): Promise<Answer> {
  const options = {
    shell: false,
    env,
    timeout: helperTimeoutMs,
    killSignal: "SIGKILL",
    maxBuffer: helperOutputLimit,
    windowsHide: true,
  } as const;
  return new Promise((settle) => {
    const child = execFile(program, ["get"], options, (error, stdout, stderr) =>
      settle(error === null ? { stdout } : { stdout, failure: describeFailure(error, stdout, stderr) }),
    );
    // A helper that ends without reading its input breaks the pipe; its exit says what matters.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** Helpers tell their errors on either stream. What looks like an answer is not repeated. */
function describeFailure(error: Error & { code?: unknown; killed?: boolean }, stdout: string, stderr: string): string {
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `it said more than ${helperOutputLimit} bytes`;
  if (error.killed === true) return `it took longer than ${helperTimeoutMs / 1000} s`;
  const said =
    [stderr, stdout.includes("{") ? "" : stdout].map((text) => text.trim()).find((text) => text !== "") ?? "";
  return `${typeof error.code === "number" ? `exit code ${error.code}` : String(error.code)}${said && `, "${redact(said).slice(0, 300)}"`}`;
}

async function findProgram(name: string, environment: Environment): Promise<string | undefined> {
  // On Windows only .exe: .cmd and .bat would bring a shell in.
  const file = process.platform === "win32" ? `${name}.exe` : name;
  for (const folder of pathFolders(environment)) {
    const program = join(folder, file);
    if (await isExecutable(program)) return program;
  }
  return undefined;
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

// What the helpers of docker, the clouds, and pass, gpg, keyrings and proxies under them read. Not Pulumi's own secrets.
const passedOn =
  /^(HOME|USER|LOGNAME|LANG|LC_.*|TMPDIR|TEMP|TMP|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|XDG_.*|GNUPGHOME|GPG_.*|PASSWORD_STORE_.*|DOCKER_CONFIG|AWS_.*|AZURE_.*|GOOGLE_.*|CLOUDSDK_.*|OCI_.*|SSL_CERT_(FILE|DIR)|https?_proxy|no_proxy|SystemRoot|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PATHEXT)$/i;

function minimalEnvironment(environment: Environment): Environment {
  const entries = Object.entries(environment).filter(([name]) => passedOn.test(name));
  return { ...Object.fromEntries(entries), PATH: pathFolders(environment).join(delimiter) };
}
