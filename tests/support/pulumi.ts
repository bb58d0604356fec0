import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";

/** How a command ended. */
export interface CommandResult {
  /** The exit code; 1 also when the command was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  /** The CLI's process id. */
  readonly pid: number;
  readonly result: Promise<CommandResult>;
  /** Waits until the command has written a text to stdout or stderr. @throws when it ends without. */
  said(text: string): Promise<void>;
}

/** What {@link createStack} needs to know. */
export interface StackOptions {
  /** The folder of a program, which is copied, or the text of a JavaScript program (CommonJS). */
  readonly program: string;
  /** The stack's configuration; keys without a namespace belong to the project, whose name is `test`. */
  readonly config?: Readonly<Record<string, string>>;
  /** The same, kept encrypted. */
  readonly secretConfig?: Readonly<Record<string, string>>;
  /** Environment variables that program and provider see, beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further packages that the program can import: their folders, by their names. */
  readonly packages?: Readonly<Record<string, string>>;
}

/** One stack of a program, driven by the real Pulumi CLI. The commands never throw: look at their `code`. */
export interface Stack {
  /** Where the program is and runs: relative paths of a program are relative to it. */
  readonly directory: string;
  /** `json`: the plan as JSON on stdout. `diff`: every property. `refresh`: look at the registry first. */
  preview(options?: { json?: boolean; diff?: boolean; refresh?: boolean }): Promise<CommandResult>;
  /** `verbose`: with everything that the CLI can log on stderr. */
  up(options?: { verbose?: boolean }): Promise<CommandResult>;
  /** The same as {@link up}, without waiting for its end. */
  startUp(): RunningCommand;
  /** The same as {@link up}, on a terminal, where Pulumi shows a display that moves: all that was ever on it. */
  upOnTerminal(...flags: readonly string[]): Promise<CommandResult>;
  refresh(): Promise<CommandResult>;
  destroy(): Promise<CommandResult>;
  /** Any command on the stack with its flags: `up --yes --target …`. */
  run(command: string, ...flags: readonly string[]): Promise<CommandResult>;
  /** The stack's state as JSON on stdout, secrets encrypted. */
  exportState(): Promise<CommandResult>;
  /** Replaces the program. */
  setProgram(program: string): Promise<void>;
  /** Everything that the backend keeps of the stack: the text of its state, history and backups. */
  checkpointText(): Promise<string>;
  /** Destroys what the stack holds and removes its folders. */
  dispose(): Promise<void>;
}

const checkout = join(__dirname, "../..");
const commandTimeoutMs = 180_000;

/**
 * Creates a stack in a temporary folder, with a file backend and a Pulumi home of its own.
 * @throws when the CLI refuses to create it.
 */
export async function createStack(options: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), "multiarch-stack-"));
  const directory = join(folder, "program");
  const state = join(folder, "state");
  await mkdir(state);
  const { PATH: path } = { ...process.env, ...options.environment };
  const environment = {
    ...process.env,
    ...options.environment,
    PATH: [join(checkout, ".tools", "bin"), path].join(delimiter),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "passphrase of a test",
    PULUMI_HOME: join(folder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const start = (...args: readonly string[]) =>
    startCommand("pulumi", [...args, "--non-interactive", "--color=never"], directory, environment);
  const pulumi = (...args: readonly string[]) => start(...args).result;
  const changeFlags = ["--yes", "--skip-preview", "--stack=test"];
  const startChange = (command: string, ...flags: readonly string[]) => start(command, ...changeFlags, ...flags);
  const change = (command: string, ...flags: readonly string[]) => startChange(command, ...flags).result;

  await writeProgram(directory, options.program, options.packages);
  await mustSucceed(pulumi("stack", "init", "test"));
  const settings = configArguments(options);
  if (settings.length > 0) await mustSucceed(pulumi("config", "set-all", "--stack=test", ...settings));
  return {
    directory,
    preview: ({ json = false, diff = false, refresh = false } = {}) => {
      const flags = [...(json ? ["--json"] : []), ...(diff ? ["--diff"] : []), ...(refresh ? ["--refresh"] : [])];
      return pulumi("preview", "--stack=test", ...flags);
    },
    up: ({ verbose = false } = {}) => change("up", ...(verbose ? ["--debug", "--logtostderr", "-v=9"] : [])),
    startUp: () => startChange("up"),
    upOnTerminal: (...flags) => {
      const command = ["pulumi", "up", ...changeFlags, "--color=never", ...flags].join(" ");
      // Rows of the display are cut at the terminal's edge.
      const args = ["-qefc", `stty cols 400 rows 100; exec ${command}`, "/dev/null"];
      return startCommand("script", args, directory, { ...environment, ...terminalEnvironment }).result;
    },
    refresh: () => change("refresh"),
    destroy: () => change("destroy"),
    run: (...args) => pulumi(...args, "--stack=test"),
    exportState: () => pulumi("stack", "export", "--stack=test"),
    setProgram: (program) => writeProgram(directory, program, options.packages),
    checkpointText: () => textUnder(state),
    async dispose() {
      const destroyed = await change("destroy");
      await rm(folder, { recursive: true, force: true });
      await mustSucceed(Promise.resolve(destroyed));
    },
  };
}

/** Pulumi's display does not move where it thinks that nobody watches. */
const terminalEnvironment = { TERM: "xterm", CI: undefined, PULUMI_DISABLE_CI_DETECTION: "true" };

function startCommand(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): RunningCommand {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: commandTimeoutMs });
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  const keep = (stream: keyof typeof output) => (text: string) => {
    output[stream] += text;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", keep("stdout"));
  child.stderr.setEncoding("utf8").on("data", keep("stderr"));
  const result = new Promise<CommandResult>((resolve) => {
    child.once("error", ({ message }) => resolve({ code: 1, stdout: "", stderr: message }));
    child.once("close", (code) => resolve({ code: code ?? 1, ...output }));
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const listener = () => {
        if (Object.values(output).some((written) => written.includes(text))) resolve();
      };
      listeners.add(listener);
      listener();
      void result.then(() => reject(new Error(`${command} never said ${JSON.stringify(text)}.`)));
    });
  return { pid: child.pid ?? 0, result, said };
}

async function mustSucceed(running: Promise<CommandResult>): Promise<void> {
  const { code, stdout, stderr } = await running;
  if (code !== 0) throw new Error(`pulumi exited with code ${code}:\n${stdout}\n${stderr}`);
}

async function writeProgram(
  directory: string,
  program: string,
  packages: StackOptions["packages"] = {},
): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (existsSync(program)) {
    await cp(program, directory, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  } else {
    await writeFile(join(directory, "index.js"), program);
    await writeFile(join(directory, "package.json"), JSON.stringify({ name: "test", main: "index.js" }));
  }
  await writeFile(join(directory, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
  await linkPackages(join(directory, "node_modules"), packages);
}

/** Lets a program find this package, the one copy of Pulumi's SDK that it runs with, and what it needs beside these. */
async function linkPackages(folder: string, packages: Readonly<Record<string, string>>): Promise<void> {
  if (existsSync(folder)) return;
  const common = ["@pulumi/pulumi", "@types", "typescript", "ts-node"].map((name) => [
    name,
    join(checkout, "node_modules", name),
  ]);
  for (const [name = "", target = ""] of [...common, ...Object.entries(packages)]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await symlink(target, join(folder, name));
  }
  await linkPackage(folder);
}

/**
 * Lets programs find this package as npm publishes it. Pulumi looks for plugins in all folders of a package, and the checkout has
 * azure-native's SDK for the tests: each command would try to fetch its plugin.
 * @param folder - a `node_modules`.
 */
export async function linkPackage(folder: string): Promise<void> {
  await mkdir(join(folder, "pulumi-multiarch"), { recursive: true });
  for (const part of ["package.json", "bin"])
    await symlink(join(checkout, part), join(folder, "pulumi-multiarch", part));
}

function configArguments({ config = {}, secretConfig = {} }: StackOptions): string[] {
  const argumentsFor = (flag: string, entries: Readonly<Record<string, string>>) =>
    Object.entries(entries).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  return [...argumentsFor("--plaintext", config), ...argumentsFor("--secret", secretConfig)];
}

async function textUnder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}
