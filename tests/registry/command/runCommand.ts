import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import packageJson from "../../../package.json";

/** What the command left behind. */
export interface CommandResult {
  readonly exitCode: number;
  /** Standard output, byte by byte. */
  readonly output: Buffer;
  /** Standard error. */
  readonly errors: string;
}

/** The command's script. */
export const entry = join(__dirname, "../../..", packageJson.bin.multiarch);

/**
 * Runs the command as it ships in a process of its own, with nothing on its standard streams but pipes.
 * @param words - its arguments.
 * @param options - `input`: its standard input. `environment`: variables beside PATH; nobody's credentials are among them.
 */
export async function runCommand(
  words: readonly string[],
  options: { readonly input?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const { PATH } = process.env;
  const env = { PATH, HOME: join(tmpdir(), "multiarch-no-home"), ...options.environment };
  const child = spawn(process.execPath, [entry, ...words], { env });
  child.stdin.end(options.input ?? "");
  const [output, errors] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, "exit")]);
  return { exitCode: child.exitCode ?? -1, output, errors };
}
