import { createHash } from "node:crypto";
import { mkdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeLayout } from "../tests/support/layouts";
import { startRegistry } from "../tests/support/registries";
import { mebibytes, table } from "./markdown";
import { fromLayout, fromRegistry, type PushCost } from "./pushers";

const mebibyte = 1024 * 1024;
const layerBytes = 4096 * mebibyte;

/**
 * Moves an image with one layer of 4 GiB from an OCI layout to distribution 3, and from there to another one.
 * @returns a table in Markdown of what the provider's process held.
 */
export async function measureMemory(): Promise<string> {
  const near = await startRegistry({ version: 3 });
  const far = await startRegistry({ version: 3 });
  const layout = makeLayout();
  try {
    writeLargeImage(layout);
    const from = `${near.address}/bench/large:1.0`;
    const pushed = await fromLayout.provider.push(layout.directory, from);
    const copied = await fromRegistry.provider.push(from, `${far.address}/bench/large:1.0`);
    const columns = ["one layer of 4 GiB", "idle MiB", "peak MiB", "growth MiB", "MiB/s"];
    return table(columns, [
      ["from an OCI layout to a registry", ...cells(pushed)],
      ["from one registry to another", ...cells(copied)],
    ]);
  } finally {
    layout.remove();
    await Promise.all([near.stop(), far.stop()]);
  }
}

/** The layer is a file of zeros without blocks on the disk. */
function writeLargeImage(layout: ReturnType<typeof makeLayout>): void {
  const sparse = join(layout.directory, "sparse");
  writeFileSync(sparse, "");
  truncateSync(sparse, layerBytes);
  const digest = zerosDigest(layerBytes);
  mkdirSync(dirname(layout.path(digest)), { recursive: true });
  renameSync(sparse, layout.path(digest));
  const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: layerBytes };
  const platform = { os: "linux", architecture: "amd64" };
  layout.publish(layout.image({ platform, layers: [], furtherLayers: [layer] }));
}

function zerosDigest(size: number): string {
  const zeros = Buffer.alloc(mebibyte);
  const hash = createHash("sha256");
  for (let hashed = 0; hashed < size; hashed += zeros.length) hash.update(zeros);
  return `sha256:${hash.digest("hex")}`;
}

function cells({ elapsedMs, peakBytes, idleBytes = 0 }: PushCost): readonly number[] {
  const throughput = Math.round(layerBytes / mebibyte / (elapsedMs / 1000));
  return [mebibytes(idleBytes), mebibytes(peakBytes), mebibytes(peakBytes - idleBytes), throughput];
}
