import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Podman and buildah with images of their own, far from those of the machine. */
export interface Podman {
  /** Where its images are, for skopeo's `containers-storage:`. */
  readonly storage: string;
  /** Runs podman. @returns what it prints. */
  podman(...args: readonly string[]): string;
  /** Runs buildah on the same images. @returns what it prints. */
  buildah(...args: readonly string[]): string;
  /** Starts the engine's service. @returns its socket's path. */
  serve(): Promise<string>;
  /** Ends the service and removes the images. */
  stop(): Promise<void>;
}

const startTimeoutMs = 20_000;

/** Gives a Podman without images. It needs no service of the machine: its images are plain folders, and it starts no container. */
export function newPodman(): Podman {
  const folder = mkdtempSync(join(tmpdir(), "podman-"));
  const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const engine = [
    ...storage,
    "--tmpdir",
    join(folder, "tmp"),
    "--cgroup-manager",
    "cgroupfs",
    "--events-backend",
    "none",
  ];
  const run = (command: string, args: readonly string[]) =>
    execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  let service: ChildProcess | undefined;
  return {
    storage: `[vfs@${join(folder, "root")}+${join(folder, "run")}]`,
    podman: (...args) => run("podman", [...engine, ...args]),
    buildah: (...args) => run("buildah", [...storage, ...args]),
    async serve() {
      const socket = join(folder, "podman.sock");
      const command = ["podman", ...engine, "system", "service", "--time", "0", `unix://${socket}`];
      // The kernel ends the service when the test process dies, however that happens.
      service = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...command], { stdio: "ignore" });
      service.unref();
      for (const deadline = Date.now() + startTimeoutMs; !(await listens(socket)); await setTimeout(20))
        if (Date.now() > deadline) throw new Error(`podman's service did not listen within ${startTimeoutMs} ms.`);
      return socket;
    },
    async stop() {
      if (service) {
        service.ref();
        const exit = once(service, "exit");
        service.kill("SIGKILL");
        await exit;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listens(socket: string): Promise<boolean> {
  const connection = connect(socket);
  const [event] = await Promise.race([
    once(connection, "connect").then(() => ["connect"]),
    once(connection, "error").then(() => ["error"]),
  ]).catch(() => ["error"]);
  connection.destroy();
  return event === "connect";
}
