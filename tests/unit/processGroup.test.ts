import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runInGroup } from "../../provider/processGroup";
import { createTestFolder, type TestFolder } from "./distribution/programs";

const limits = { environment: { PATH: "/usr/bin:/bin" }, input: "", timeoutMs: 10_000, outputLimit: 1024 };

describe("runInGroup", () => {
  let folder: TestFolder;
  beforeEach(async () => {
    folder = await createTestFolder();
  });
  afterEach(() => folder.remove());

  const program = () => join(folder.path, "program");
  /** A script that starts another process, says so, and waits for it. */
  const hanging = () => folder.program("program", `sleep 600 & echo $! > ${folder.path}/started; echo started; wait`);
  const started = async () => Number(await readFile(join(folder.path, "started"), "utf8"));

  it("ends a program that takes too long with all that it has started", async () => {
    await hanging();
    const { reason, stdout } = await runInGroup(program(), [], { ...limits, timeoutMs: 500 });
    assert.deepEqual([reason, stdout], ["time", "started\n"]);
    await assertEnded(await started());
  });

  it("ends a program that says too much with all that it has started", async () => {
    await folder.program("program", `sleep 600 & echo $! > ${folder.path}/started; while :; do echo canary; done`);
    assert.equal((await runInGroup(program(), [], limits)).reason, "output");
    await assertEnded(await started());
  });

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    it(`ends a program with all that it has started when ${signal} ends this process`, async () => {
      await hanging();
      const script = `require("ts-node/register/transpile-only");
        const { runInGroup } = require("./provider/processGroup");
        void runInGroup(process.argv[1], [], { environment: process.env, input: "", timeoutMs: 60000, outputLimit: 1024 });
        const { existsSync, readFileSync } = require("node:fs");
        const timer = setInterval(() => {
          const path = process.argv[2];
          if (existsSync(path) && readFileSync(path).length > 0) { clearInterval(timer); console.log("started"); }
        }, 10);`;
      const child = spawn(process.execPath, ["-e", script, program(), join(folder.path, "started")]);
      await once(child.stdout, "data");
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [null, signal]);
      await assertEnded(await started());
    });

  it("names the reason when a program cannot be started", async () => {
    const end = await runInGroup(join(folder.path, "none"), [], limits);
    assert.deepEqual(end, { reason: "signal", signal: "ENOENT", stdout: "", stderr: "" });
  });

  it("tells a program's exit code and what it said on both streams", async () => {
    await folder.program("program", "cat; echo error >&2; exit 3");
    const end = await runInGroup(program(), [], { ...limits, input: "answer" });
    assert.deepEqual(end, { reason: "exit", code: 3, stdout: "answer", stderr: "error\n" });
  });
});

/** A killed process is gone once its parent has taken note of it. */
async function assertEnded(pid: number): Promise<void> {
  const deadline = Date.now() + 5000;
  while (isRunning(await stateOf(pid))) {
    assert.ok(Date.now() < deadline, `process ${pid} still runs`);
    await new Promise(setImmediate);
  }
}

async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
}

function isRunning(state: string): boolean {
  return state !== "" && state !== "Z" && state !== "X";
}
