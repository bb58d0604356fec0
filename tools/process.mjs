import { execFile, spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The checkout's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where the built tools are. */
export const toolFolder = join(root, ".tools", "bin");

/** An environment in which the tools of {@link toolFolder} are found first. */
export function withTools(environment = {}) {
  return { ...process.env, ...environment, PATH: [toolFolder, process.env.PATH].join(delimiter) };
}

/** Prints a line. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs a command whose output the user sees.
 * @param options - `cwd` (the root by default) and `env`, as `node:child_process` has them.
 * @returns the exit code.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a command whose output nobody needs to see unless it fails.
 * @param purpose - what it is for, named when it fails.
 * @returns what it wrote to its standard output.
 */
export async function quietly(purpose, command, args, options = {}) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd: root, maxBuffer: 1 << 26, ...options });
    return stdout;
  } catch (error) {
    const said = [error.stdout, error.stderr].filter(Boolean).join("\n").trim();
    throw new Error(`${purpose} failed: ${command} ${args.join(" ")}\n${said || error.message}`);
  }
}

/** The path of a command on PATH or in a folder for administrators' commands, `undefined` when there is none. */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
