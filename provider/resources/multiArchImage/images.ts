import type { ManifestContent, Repository } from "../../distribution/repository";
import { ProviderError } from "../../errors";
import { isAttestation } from "../../oci/attestation";
import type { Descriptor } from "../../oci/descriptor";
import { isDigest } from "../../oci/digest";
import { parseImageConfig } from "../../oci/imageConfig";
import type { ImageIndex, ImageManifest } from "../../oci/manifest";
import { parseManifest } from "../../oci/manifest";
import { isIndexMediaType, mediaTypes } from "../../oci/mediaTypes";
import type { Platform } from "../../oci/platform";
import { completePlatform, contradiction, formatPlatform, matchesPlatform } from "../../oci/platform";
import type { Context } from "../context";
import { inputError } from "../inputs";
import type { Target } from "../target";
import { repositoryName } from "../target";
import type { DescribedImage, ImageInput, IndexInputs, ReferencedImage } from "./inputs";
import type { Located } from "./sourceReference";
import { locate } from "./sourceReference";
import { sourceNotFound } from "./sources";

/** One of the declared images as the index will carry it; an index as source has become several. */
export interface ResolvedEntry {
  /** The input's path, for errors. */
  readonly path: string;
  readonly descriptor: Descriptor;
  /** The repository that holds it, when that is known. */
  readonly home: Target | undefined;
}

/** All declared images, resolved. */
export interface ResolvedImages {
  /** Images and attestations, flat, in declared order. */
  readonly entries: readonly ResolvedEntry[];
  /** Whether every image was known. */
  readonly complete: boolean;
  /** What each reference pointed at: the digest under each tag or digest, by reference as written. */
  readonly sources: Readonly<Record<string, string>>;
}

const deepestNesting = 4;
const configMediaTypes: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig];

/**
 * Finds out what every declared image is: its descriptor with the platform that its config tells.
 * @param target - the index's own repository; `undefined` while it is not known.
 * @param pins - digests that references are already known to point at: then the reference is not looked at again.
 * @throws ERR_INPUT_INVALID, ERR_PLATFORM_MISMATCH, ERR_PLATFORM_MISSING, ERR_NOT_FOUND, each with the image's path.
 */
export async function resolveImages(
  context: Context,
  index: IndexInputs,
  target: Target | undefined,
  pins: Readonly<Record<string, string>>,
): Promise<ResolvedImages> {
  const resolved = await Promise.all(
    index.images.map((image) => image && resolveImage(context, index, image, target, pins)),
  );
  const known = resolved.filter((image) => image !== undefined);
  return {
    entries: known.flatMap((image) => image.entries),
    complete: known.length === resolved.length,
    sources: Object.fromEntries(known.flatMap((image) => image.source ?? [])),
  };
}

interface ResolvedOne {
  readonly entries: readonly ResolvedEntry[];
  readonly source?: readonly [readonly [reference: string, digest: string]];
}

async function resolveImage(
  context: Context,
  index: IndexInputs,
  image: ImageInput,
  target: Target | undefined,
  pins: Readonly<Record<string, string>>,
): Promise<ResolvedOne | undefined> {
  if ("descriptor" in image) return { entries: describedEntries(image, index, target) };
  const located = locate(image, target, index.sourceRegistries);
  if (located === undefined) return undefined;
  if (index.pinSources && !isDigest(located.tagOrDigest)) {
    throw inputError(
      image.path,
      `${image.reference} is a tag, but pinSources asks for digests; write @sha256:… instead`,
    );
  }
  return resolveReference(context, index, image, located, pins[image.reference]);
}

function describedEntries(
  image: DescribedImage,
  index: IndexInputs,
  target: Target | undefined,
): readonly ResolvedEntry[] {
  const { path, descriptor } = image;
  const home = image.home && {
    connection: connectionAt(image.home.address, index, target),
    repository: image.home.repository,
  };
  const found = descriptor.platform;
  const entry = { path, home, descriptor: describe(image, descriptor, found) };
  const attestations = index.attestations === "keep" ? image.attestations : [];
  return [entry, ...attestations.map((attestation) => ({ path, home, descriptor: attestation }))];
}

function connectionAt(address: string, index: IndexInputs, target: Target | undefined) {
  const known = target ? [target.connection, ...index.sourceRegistries] : index.sourceRegistries;
  return known.find((connection) => connection.address === address) ?? { address };
}

/** The descriptor as the index carries it: the image's own platform, completed by the declared one, and the declared annotations. */
function describe(image: ImageInput, descriptor: Descriptor, found: Platform | undefined): Descriptor {
  const platform = agreedPlatform(image, found);
  const annotations = { ...descriptor.annotations, ...image.annotations };
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(platform && { platform }),
    ...(descriptor.artifactType && { artifactType: descriptor.artifactType }),
  };
}

function agreedPlatform(image: ImageInput, found: Platform | undefined): Platform | undefined {
  const declared = image.platform;
  if (declared === undefined) return found;
  const field = found && contradiction(declared, found);
  if (found && field) {
    const names = { declared: formatPlatform(declared), found: formatPlatform(found) };
    throw new ProviderError(
      "ERR_PLATFORM_MISMATCH",
      `${image.path}.platform: declared as ${names.declared}, but the image is ${names.found} (its ${field} differs). ` +
        "Declare what the image is, or reference the image that was meant.",
      names,
    );
  }
  return completePlatform(found, declared);
}

async function resolveReference(
  context: Context,
  index: IndexInputs,
  image: ReferencedImage,
  located: Located,
  pin: string | undefined,
): Promise<ResolvedOne> {
  const { home } = located;
  const repository = context.registry(home.connection).repository(home.repository);
  const wanted = pin ?? located.tagOrDigest;
  if (index.verify === "none" && image.platform) {
    const descriptor = (await repository.headManifest(wanted)) ?? sourceNotFound(image, home, wanted);
    if (!isIndexMediaType(descriptor.mediaType)) {
      const entry = { path: image.path, home, descriptor: describe(image, descriptor, undefined) };
      return { entries: [entry], source: [[image.reference, descriptor.digest]] };
    }
  }
  const content = (await repository.getManifest(wanted)) ?? sourceNotFound(image, home, wanted);
  const walk = new IndexWalk(index, image, home, repository);
  const entries = await walk.entries(content, 0);
  if (entries.length === 0) throw nothingChosen(image);
  return { entries, source: [[image.reference, content.descriptor.digest]] };
}

function nothingChosen(image: ReferencedImage): ProviderError {
  const platform = image.platform ? formatPlatform(image.platform) : "any platform";
  return new ProviderError(
    "ERR_PLATFORM_MISSING",
    `${image.path}: the index ${image.reference} has no image for ${platform}; \`multiarch inspect ${image.reference}\` tells what it has.`,
    { platform },
  );
}

/** Flattens one reference's manifest, however deeply its indexes nest. */
class IndexWalk {
  private readonly visited = new Set<string>();

  constructor(
    private readonly index: IndexInputs,
    private readonly image: ReferencedImage,
    private readonly home: Target,
    private readonly repository: Repository,
  ) {}

  async entries(content: ManifestContent, depth: number, listed?: Descriptor): Promise<readonly ResolvedEntry[]> {
    const what = `${repositoryName(this.home)}@${content.descriptor.digest}`;
    const manifest = parseManifest(content.bytes, { mediaType: content.descriptor.mediaType, what });
    if (manifest.kind === "manifest") return [await this.imageEntry(content, manifest, what, listed)];
    return this.indexEntries(manifest, depth, what);
  }

  private async indexEntries(manifest: ImageIndex, depth: number, what: string): Promise<readonly ResolvedEntry[]> {
    if (depth >= deepestNesting) {
      throw inputError(this.image.path, `${what} nests indexes more than ${deepestNesting} deep`);
    }
    const fresh = manifest.manifests.filter((child) => !this.visited.has(child.digest));
    for (const child of fresh) this.visited.add(child.digest);
    const chosen = fresh.filter((child) => this.isWanted(child));
    return (await Promise.all(chosen.map((child) => this.childEntries(child, depth)))).flat();
  }

  private isWanted(child: Descriptor): boolean {
    if (isAttestation(child)) return this.index.attestations === "keep";
    const { platform } = this.image;
    return !platform || !child.platform || matchesPlatform(platform, child.platform);
  }

  private async childEntries(child: Descriptor, depth: number): Promise<readonly ResolvedEntry[]> {
    const { path } = this.image;
    if (isAttestation(child)) return [{ path, home: this.home, descriptor: child }];
    if (this.index.verify === "none" && child.platform && !isIndexMediaType(child.mediaType)) {
      return [{ path, home: this.home, descriptor: describe(this.image, child, child.platform) }];
    }
    const content =
      (await this.repository.getManifest(child.digest)) ?? sourceNotFound(this.image, this.home, child.digest);
    return this.entries(content, depth + 1, child);
  }

  private async imageEntry(
    content: ManifestContent,
    manifest: ImageManifest,
    what: string,
    listed: Descriptor | undefined,
  ): Promise<ResolvedEntry> {
    const found = await this.configPlatform(manifest, what, listed);
    const listedPlatform = listed?.platform;
    const field = listedPlatform && found && contradiction(listedPlatform, found);
    if (listedPlatform && found && field) {
      const names = { declared: formatPlatform(listedPlatform), found: formatPlatform(found) };
      throw new ProviderError(
        "ERR_PLATFORM_MISMATCH",
        `${this.image.path}: ${this.image.reference} lists ${content.descriptor.digest} as ${names.declared}, but that image's ` +
          `config says ${names.found} (its ${field} differs). Rebuild it, or leave it out.`,
        names,
      );
    }
    const platform = listedPlatform ? completePlatform(found, listedPlatform) : found;
    const descriptor = {
      ...content.descriptor,
      ...(manifest.artifactType && { artifactType: manifest.artifactType }),
      ...(listed?.artifactType && { artifactType: listed.artifactType }),
      ...(listed?.annotations && { annotations: listed.annotations }),
    };
    return { path: this.image.path, home: this.home, descriptor: describe(this.image, descriptor, platform) };
  }

  private async configPlatform(
    manifest: ImageManifest,
    what: string,
    listed: Descriptor | undefined,
  ): Promise<Platform | undefined> {
    const told = this.image.platform ?? listed?.platform;
    if ((this.index.verify === "none" && told) || !configMediaTypes.includes(manifest.config.mediaType))
      return undefined;
    const bytes = await this.repository.getBlobBytes(manifest.config);
    return parseImageConfig(bytes, `config of ${what}`).platform;
  }
}
