import { arrayField, arrayOf, asObject, asString, parseJson, stringField } from "../oci/json";
import { manifestLimit } from "../oci/manifest";
import type { ArchiveIndex } from "./archiveIndex";

/** One image in the manifest.json of a docker archive. */
export interface DockerEntry {
  /** Names the entry in messages. */
  readonly what: string;
  /** The config's member. */
  readonly config: string;
  /** The layers' members, base first. */
  readonly layers: readonly string[];
  /** The image's names, as the writer writes them: `server:1`, or `docker.io/library/server:1`. */
  readonly names: readonly string[];
}

/** The member of a docker archive that lists its images. */
export const dockerManifestFile = "manifest.json";

/**
 * Reads the manifest.json of a docker archive.
 * @throws ERR_CONTENT_INVALID when it is malformed; ERR_SOURCE_UNAVAILABLE when there is none.
 * @see https://github.com/moby/moby/blob/v24.0.9/image/spec/v1.2.md#combined-image-json--filesystem-changeset-format
 */
export async function readDockerEntries(archive: ArchiveIndex): Promise<readonly DockerEntry[]> {
  const { what } = archive.file(dockerManifestFile);
  const entries = parseJson(await archive.read(dockerManifestFile), what, manifestLimit);
  return arrayOf(asObject)(entries, `${what}:`).map((entry) => ({
    what: entry.path,
    config: stringField(entry, "Config"),
    layers: arrayField(entry, "Layers", asString),
    names: arrayField(entry, "RepoTags", asString),
  }));
}
