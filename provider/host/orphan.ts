import { commandAncestors, lookAtProcess, type SeenProcess } from "./ancestors";

/** How the process and those above it are seen. */
export interface ProcessView {
  /** The process that started this one, as of now. */
  parent(): number;
  look(pid: number): SeenProcess | undefined;
  /** Calls again and again, as long as this process has other things to do. @returns ends it. */
  repeat(call: () => void): () => void;
}

const intervalMs = 1000;

const systemView: ProcessView = {
  parent: () => process.ppid,
  look: lookAtProcess,
  repeat(call) {
    const timer = setInterval(call, intervalMs).unref();
    return () => clearInterval(timer);
  },
};

/**
 * Watches over the Pulumi command that started this process. The engine ends its plugins; when it is killed it cannot, and what goes
 * on without it would write what no state knows. Between the two is a shell, so the parent alone does not tell.
 * @param leave - called once, when the command or a process between is gone.
 */
export function watchCommand(leave: () => void, { parent, look, repeat }: ProcessView = systemView): void {
  const first = parent();
  const ancestors = commandAncestors(first, look);
  const isWhole = () =>
    parent() === first &&
    ancestors.slice(1).every(({ pid }, index) => look(ancestors[index]?.pid ?? 0)?.parent === pid);
  const end = repeat(() => {
    if (isWhole()) return;
    end();
    leave();
  });
}
