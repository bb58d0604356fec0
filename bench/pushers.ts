import { regctlHosts } from "./clients";
import { inNewFolder, runCommand } from "./command";
import { runProvider } from "./provider";
import { partsOf } from "./target";

/** What a push cost. */
export interface PushCost {
  /** For a command, from its start to its end; for the provider, the engine's calls. */
  readonly elapsedMs: number;
  readonly peakBytes: number;
  /** What the process held before it began to push; known of ours only. */
  readonly idleBytes?: number;
}

/** A client that pushes images. */
export interface Pusher {
  readonly name: string;
  /** @param layout - the folder of an OCI layout. @param target - `host/repository:tag`. */
  push(layout: string, target: string): Promise<PushCost>;
}

/** The yardstick. */
export const crane = command("crane push", (layout, target) => ["crane", "push", layout, target]);

/** The update of a new PlatformImage. */
export const provider: Pusher = {
  name: "pulumi-multiarch, update",
  async push(ociLayout, target) {
    const program = { ...partsOf(target), platform: "linux/amd64", source: { ociLayout } };
    const { workMs, idleBytes, peakBytes } = await inNewFolder((home) =>
      runProvider("platformImage", "update", program, home),
    );
    return { elapsedMs: workMs, idleBytes, peakBytes };
  },
};

/** Further clients, for comparison. */
export const otherPushers: readonly Pusher[] = [
  command("regctl image copy", (layout, target) => {
    return ["regctl", ...regctlHosts(target), "image", "copy", `ocidir://${layout}:image`, target];
  }),
  command("skopeo copy", (layout, target) => {
    return ["skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", `oci:${layout}`, `docker://${target}`];
  }),
];

function command(name: string, commandFor: (layout: string, target: string) => readonly string[]): Pusher {
  return {
    name,
    push: (layout, target) => inNewFolder((home) => runCommand(commandFor(layout, target), home)),
  };
}
