import { deepStrictEqual } from "node:assert/strict";
import type { SeenProcess } from "../../../provider/host/ancestors";
import { watchCommand } from "../../../provider/host/orphan";

/** Processes as they are started: this one's parent is the shell 1, whose parent is the Pulumi command 2. */
function startProcesses(command = "/usr/bin/pulumi") {
  const processes = new Map<number, SeenProcess>([
    [1, { parent: 2, command: ["/bin/sh", "pulumi-resource-pulumi-nodejs"], isOnTerminal: false }],
    [2, { parent: 3, command: [command, "up"], isOnTerminal: false }],
  ]);
  let [parent, left, isWatched] = [1, 0, true];
  let call = () => {};
  watchCommand(() => left++, {
    parent: () => parent,
    look: (pid) => processes.get(pid),
    repeat(given) {
      call = given;
      return () => {
        isWatched = false;
      };
    },
  });
  return {
    /** A process ends; those that it started go to process 0. */
    end(pid: number) {
      processes.delete(pid);
      if (parent === pid) parent = 0;
      for (const [child, seen] of processes) if (seen.parent === pid) processes.set(child, { ...seen, parent: 0 });
    },
    look() {
      if (isWatched) call();
      return left;
    },
  };
}

describe("a provider's process", () => {
  it("stays while the Pulumi command runs", () => {
    const processes = startProcesses();
    deepStrictEqual([processes.look(), processes.look()], [0, 0]);
  });

  it("ends, once, when the command was killed and the shell between them runs on", () => {
    const processes = startProcesses();
    processes.end(2);
    deepStrictEqual([processes.look(), processes.look()], [1, 1]);
  });

  it("ends when what started it is gone, whatever started that", () => {
    const processes = startProcesses("/usr/bin/something-else");
    processes.end(1);
    deepStrictEqual(processes.look(), 1);
  });

  it("stays where it sees no Pulumi command above it", () => {
    const processes = startProcesses("/usr/bin/something-else");
    processes.end(2);
    deepStrictEqual(processes.look(), 0);
  });
});
