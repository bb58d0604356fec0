import { commandAncestors, lookAtProcess, type SeenProcess } from "./ancestors";

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
  const command = commandAncestors(parent, look).at(-1);
  if (command === undefined) return false;
  return command.isOnTerminal && !command.command.some((arg) => plainOutput.test(arg));
}
