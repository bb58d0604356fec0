import { regctlHosts } from "./clients";
import { inNewFolder, runCommand } from "./command";
import { runProvider } from "./provider";
import { partsOf } from "./target";

/** What it cost to bring an image to a registry. */
export interface PushCost {
  /** For a command, from its start to its end; for the provider, the engine's calls. */
  readonly elapsedMs: number;
  readonly peakBytes: number;
  /** What the process held before it began; known of ours only. */
  readonly idleBytes?: number;
}

/** A client that brings an image to a registry. */
export interface Pusher {
  readonly name: string;
  /** @param from - where the image is. @param target - `host/repository:tag`. */
  push(from: string, target: string): Promise<PushCost>;
}

/** Clients that do the same work. */
export interface Pushers {
  /** The yardstick. */
  readonly crane: Pusher;
  /** The update of a new PlatformImage. */
  readonly provider: Pusher;
  /** For comparison. */
  readonly others: readonly Pusher[];
}

const skopeo = ["skopeo", "copy", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false"];

/** From the folder of an OCI layout. */
export const fromLayout: Pushers = {
  crane: command("crane push", (layout, target) => ["crane", "push", layout, target]),
  provider: provider((ociLayout) => ({ ociLayout })),
  others: [
    command("regctl image copy", (layout, target) => {
      return ["regctl", ...regctlHosts(target), "image", "copy", `ocidir://${layout}:image`, target];
    }),
    command("skopeo copy", (layout, target) => [...skopeo, `oci:${layout}`, `docker://${target}`]),
  ],
};

/** From `host/repository:tag` of another registry. */
export const fromRegistry: Pushers = {
  crane: command("crane copy", (from, target) => ["crane", "copy", from, target]),
  provider: provider((image) => ({ image })),
  others: [
    command("regctl image copy", (from, target) => {
      return ["regctl", ...regctlHosts(from, target), "image", "copy", from, target];
    }),
    command("skopeo copy", (from, target) => [...skopeo, `docker://${from}`, `docker://${target}`]),
  ],
};

function provider(sourceOf: (from: string) => object): Pusher {
  return {
    name: "pulumi-multiarch, update",
    async push(from, target) {
      const program = { ...partsOf(target), platform: "linux/amd64", source: sourceOf(from) };
      const { workMs, idleBytes, peakBytes } = await inNewFolder((home) =>
        runProvider("platformImage", "update", program, home),
      );
      return { elapsedMs: workMs, idleBytes, peakBytes };
    },
  };
}

function command(name: string, commandFor: (from: string, target: string) => readonly string[]): Pusher {
  return {
    name,
    push: (from, target) => inNewFolder((home) => runCommand(commandFor(from, target), home)),
  };
}
