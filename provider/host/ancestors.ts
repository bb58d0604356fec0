import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** The visible properties of a process on this machine. */
export interface SeenProcess {
  readonly parent: number;
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** Whether people read what it writes and it reads what they type. */
  readonly isOnTerminal: boolean;
}

// Between the command and this process are a shell and what starts plugins.
const farthestAncestor = 5;

/**
 * The processes above this one, up to the Pulumi command.
 * @param parent - the process that started this one.
 * @param look - looks at a process; `undefined` for what cannot be seen.
 * @returns the nearest first, the command last; none when the command is not seen among the first five.
 */
export function commandAncestors(
  parent: number,
  look: (pid: number) => SeenProcess | undefined,
): readonly (SeenProcess & { readonly pid: number })[] {
  const found: (SeenProcess & { readonly pid: number })[] = [];
  for (let pid = parent; found.length < farthestAncestor; ) {
    const seen = look(pid);
    if (seen === undefined) return [];
    found.push({ ...seen, pid });
    if (isPulumi(seen)) return found;
    pid = seen.parent;
  }
  return [];
}

function isPulumi({ command: [name = ""] }: SeenProcess): boolean {
  return basename(name) === "pulumi";
}

/** Only Linux lets a process see another one's files. */
export function lookAtProcess(pid: number): SeenProcess | undefined {
  try {
    // The name in parentheses, which may hold anything, stands before the parent.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const isOnTerminal = [0, 1].every((file) =>
      /^\/dev\/(pts\/|tty|console)/.test(readlinkSync(`/proc/${pid}/fd/${file}`)),
    );
    return { parent: Number(parent), command, isOnTerminal };
  } catch {
    return undefined;
  }
}
