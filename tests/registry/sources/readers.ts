import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { digestOf } from "../../../provider/oci/digest";
import { checkout } from "../../support/sourceFiles";

/** An image as other clients see it. */
export interface SeenImage {
  readonly digest: string;
  readonly mediaType: string;
  /** The config's digest. */
  readonly config: string;
  /** Digests of the uncompressed layers. */
  readonly diffIds: readonly string[];
}

const crane = join(checkout, ".tools/bin/crane");

/** Runs skopeo. @returns the bytes that it prints. */
export function skopeo(...args: readonly string[]): Buffer {
  return execFileSync("skopeo", args, { stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 * 2 ** 20 });
}

/** Runs crane. @returns what it prints. */
export function runCrane(...args: readonly string[]): string {
  return execFileSync(crane, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * Reads an image with skopeo.
 * @param image - a location in its form: `oci-archive:path`, `docker://host/name:tag`.
 */
export function seenBySkopeo(image: string): SeenImage {
  const options = image.startsWith("docker://") ? ["--tls-verify=false"] : [];
  const manifest = skopeo("inspect", "--raw", ...options, image);
  const config = skopeo("inspect", "--raw", "--config", ...options, image);
  return {
    digest: digestOf(manifest),
    mediaType: JSON.parse(manifest.toString()).mediaType,
    config: digestOf(config),
    diffIds: JSON.parse(config.toString()).rootfs.diff_ids,
  };
}

/**
 * Reads an image with crane, which fetches and verifies all of it.
 * @throws with what crane found wrong.
 */
export function seenByCrane(reference: string): SeenImage {
  const manifest = runCrane("manifest", "--insecure", reference);
  const config = runCrane("config", "--insecure", reference);
  const { mediaType, layers } = JSON.parse(manifest);
  // It validates compressed layers alone, and so does not know what to make of others; it reads them.
  if (layers.every((layer: { mediaType: string }) => layer.mediaType.endsWith("gzip")))
    runCrane("validate", "--insecure", "--remote", reference);
  else runCrane("export", "--insecure", reference, "/dev/null");
  return {
    mediaType,
    digest: digestOf(Buffer.from(manifest)),
    config: digestOf(Buffer.from(config)),
    diffIds: JSON.parse(config).rootfs.diff_ids,
  };
}
