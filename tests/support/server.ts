import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort, type Registry } from "./registries";

const startTimeoutMs = 40_000;

/** A registry that serves until it is stopped. */
export interface Server extends Registry {
  /** Ends the process. */
  stop(): Promise<void>;
}

/**
 * Starts a program of `.tools/bin` that serves a registry on a free loopback port; it ends with the test process at the latest.
 * @param flags - its arguments, given the address to listen on.
 * @throws when it did not start.
 */
export async function startServer(program: string, flags: (address: string) => readonly string[]): Promise<Server> {
  const port = await freePort();
  const binary = join(__dirname, "../../.tools/bin", program);
  const command = ["--pdeathsig", "KILL", "--", binary, ...flags(`127.0.0.1:${port}`)];
  return served(spawn("setpriv", command, { stdio: "ignore" }), port, program);
}

/** Waits until a registry answers. @param child - its process. @throws when it ends before, or does not answer in time. */
export async function served(child: ChildProcess, port: number, name: string): Promise<Server> {
  const exit = once(child, "exit");
  child.unref();
  const address = `localhost:${port}`;
  const url = `http://${address}`;
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${name} did not start on port ${port}.`);
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

/** A registry with accounts answers 401. */
async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/v2/`)).status < 500;
  } catch {
    return false;
  }
}
