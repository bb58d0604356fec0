import { spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { toolFolder } from "./process.mjs";

const startTimeoutMs = 15_000;

/**
 * Starts the distribution registry of `.tools/bin` on a free loopback port.
 * @param folder - for its data, configuration and log.
 * @returns its address, and `stop`, which ends it.
 */
export async function startLocalRegistry(folder) {
  const address = `localhost:${await freePort()}`;
  const configuration = join(folder, "configuration.yml");
  mkdirSync(folder, { recursive: true });
  writeFileSync(configuration, JSON.stringify(configure(folder, address)));
  const log = openSync(join(folder, "registry.log"), "w");
  const child = spawn(join(toolFolder, "registry"), ["serve", configuration], {
    stdio: ["ignore", log, log],
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  await answers(`http://${address}/v2/`, child, folder);
  return { address, stop };
}

function configure(folder, address) {
  return {
    version: "0.1",
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: address.replace("localhost", "127.0.0.1"), secret: "one registry only, so any text will do" },
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(url, child, folder) {
  const deadline = Date.now() + startTimeoutMs;
  while (child.exitCode === null && Date.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await setTimeout(50);
  }
  throw new Error(`The registry did not start; see ${join(folder, "registry.log")}.`);
}
