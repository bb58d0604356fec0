import { strictEqual } from "node:assert/strict";
import type { SeenProcess } from "../../../provider/host/ancestors";
import { hasLiveDisplay } from "../../../provider/host/terminal";

const pulumi: SeenProcess = { parent: 3, command: ["/usr/bin/pulumi", "up", "--yes"], isOnTerminal: true };
const shell: SeenProcess = { parent: 2, command: ["/bin/sh", "pulumi-resource-pulumi-nodejs"], isOnTerminal: false };

/** Processes by id: this one's parent is 1. */
const display = (
  processes: Readonly<Record<number, SeenProcess>>,
  environment: Readonly<Record<string, string>> = {},
) => hasLiveDisplay({ TERM: "xterm", ...environment }, 1, (pid) => processes[pid]);
const withArguments = (...args: readonly string[]) =>
  display({ 1: shell, 2: { ...pulumi, command: ["pulumi", ...args] } });

describe("hasLiveDisplay", () => {
  it("sees that the Pulumi command above this process is on a terminal", () => {
    strictEqual(display({ 1: shell, 2: pulumi }), true);
  });

  it("sees that its output goes elsewhere", () => {
    strictEqual(display({ 1: shell, 2: { ...pulumi, isOnTerminal: false } }), false);
  });

  for (const flags of ["up --json", "up -yj", "up --non-interactive", "up --suppress-progress", "up --json=true"])
    it(`sees that it writes plainly: ${flags}`, () => strictEqual(withArguments(...flags.split(" ")), false));

  for (const flags of ["up --json=false", "up --yes -s joy", "preview --diff"])
    it(`is not misled by ${flags}`, () => strictEqual(withArguments(...flags.split(" ")), true));

  it("knows that Pulumi's display stands still where CI is set or the terminal is dumb", () => {
    strictEqual(display({ 1: pulumi }, { CI: "true" }), false);
    strictEqual(display({ 1: pulumi }, { TERM: "dumb" }), false);
  });

  it("takes it for none where processes cannot be seen, or none is Pulumi's", () => {
    strictEqual(display({}), false);
    strictEqual(display({ 1: shell, 2: { ...shell, isOnTerminal: true, parent: 1 } }), false);
  });

  it("looks at real processes: the one that runs the tests is none of Pulumi's", () => {
    strictEqual(hasLiveDisplay({}, process.pid), false);
  });
});
