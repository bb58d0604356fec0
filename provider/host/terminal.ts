import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/** What can be seen of a process on this machine. */
export interface SeenProcess {
  readonly parent: number;
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** Whether people read what it writes and it reads what they type. */
  readonly isOnTerminal: boolean;
}

// Between the command and this process are a shell and what starts plugins.
const farthestAncestor = 5;
// What has Pulumi write plain lines or JSON also to a terminal.
const plainOutput = /^--(json|non-interactive|suppress-progress)(=true)?$|^-[a-z]*j/;

/**
 * Whether the Pulumi command that started this process shows a display that moves. Without one, each row of progress would be
 * a line of its own in a log. Engine and plugins speak over pipes, so nobody says it: the command's own process tells.
 * @param environment - of it TERM and CI count, as for Pulumi.
 * @param parent - the process that started this one.
 * @param look - looks at a process; `undefined` for what cannot be seen: then there is no such display, as far as is known.
 */
export function hasLiveDisplay(
  environment: Readonly<Record<string, string | undefined>>,
  parent: number,
  look: (pid: number) => SeenProcess | undefined = lookAtProcess,
): boolean {
  const { TERM: terminal, CI: ci } = environment;
  if (terminal === "dumb" || ci) return false;
  let seen = look(parent);
  for (let distance = 1; seen && !isPulumi(seen) && distance < farthestAncestor; distance++) seen = look(seen.parent);
  return (
    seen !== undefined && isPulumi(seen) && seen.isOnTerminal && !seen.command.some((arg) => plainOutput.test(arg))
  );
}

function isPulumi({ command: [name = ""] }: SeenProcess): boolean {
  return basename(name) === "pulumi";
}

/** Only Linux lets a process see another one's files. */
function lookAtProcess(pid: number): SeenProcess | undefined {
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
