import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort, type Registry } from "./registries";

const binary = join(__dirname, "../../.tools/bin/olareg");
const startTimeoutMs = 20_000;

/** A registry that has the referrers API, which distribution does not. */
export interface ReferrersRegistry extends Registry {
  /** Ends the process; all that it held is gone. */
  stop(): Promise<void>;
}

/**
 * Starts olareg on a free loopback port, with its content in memory; it ends with the test process at the latest.
 * @throws when it did not start.
 */
export async function startReferrersRegistry(): Promise<ReferrersRegistry> {
  const port = await freePort();
  const flags = ["--addr=127.0.0.1", `--port=${port}`, "--store-type=mem", "--api-delete", "--gc-frequency=-1s"];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", binary, "serve", ...flags], { stdio: "ignore" });
  const exit = once(child, "exit");
  child.unref();
  const address = `localhost:${port}`;
  const url = `http://${address}`;
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${binary} did not start on port ${port}.`);
    await setTimeout(20);
  }
  return {
    address,
    url,
    async stop() {
      child.ref();
      child.kill("SIGKILL");
      await exit;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/v2/`)).ok;
  } catch {
    return false;
  }
}
