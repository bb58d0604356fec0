import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Registry } from "../support/registries";
import { checkout } from "../support/sourceFiles";

const mediaTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** Runs a command. @returns what it wrote. @throws when it fails. */
export async function execute(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 1 << 26 });
  return stdout;
}

/** go-containerregistry's client. */
export const crane = (...args: readonly string[]): Promise<string> =>
  execute(join(checkout, ".tools", "bin", "crane"), ...args);

/** regclient's client. */
export const regctl = (...args: readonly string[]): Promise<string> =>
  execute(join(checkout, ".tools", "bin", "regctl"), ...args);

/** The client of the containers project. */
export const skopeo = (...args: readonly string[]): Promise<string> => execute("skopeo", ...args);

/** The digest that a registry reports for a tag or digest, `undefined` when it has none. */
export async function headDigest(registry: Registry, repository: string, name: string): Promise<string | undefined> {
  const url = `${registry.url}/v2/${repository}/manifests/${name}`;
  const { headers } = await fetch(url, { method: "HEAD", headers: { accept: mediaTypes.join(", ") } });
  return headers.get("docker-content-digest") ?? undefined;
}

/**
 * The digest of the bytes that skopeo downloads.
 * @param flags - further ones of `skopeo inspect`.
 */
export async function downloadedDigest(
  registry: Registry,
  repository: string,
  name: string,
  ...flags: readonly string[]
): Promise<string> {
  const separator = name.startsWith("sha256:") ? "@" : ":";
  const image = `docker://${registry.address}/${repository}${separator}${name}`;
  const text = await skopeo("inspect", "--raw", "--tls-verify=false", ...flags, image);
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** A repository's tags, sorted; `undefined` when there is no such repository. */
export async function tagsOf(registry: Registry, repository: string): Promise<readonly string[] | undefined> {
  const response = await fetch(`${registry.url}/v2/${repository}/tags/list`);
  if (response.status === 404) return undefined;
  const { tags }: { readonly tags: readonly string[] | null } = JSON.parse(await response.text());
  return [...(tags ?? [])].sort();
}
