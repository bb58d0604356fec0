import { type Content, contentOf, digestOf, type Manifest, namedBy } from "./content";

/** A registry that Azure knows, by its resource id or by its address. */
export interface KnownRegistry {
  /** Of the registry that holds its content. */
  readonly url: string;
  readonly loginServer: string;
  /** Told of each tag and digest that an import has written. */
  readonly imported?: (repository: string, tagOrDigest: string) => Promise<void>;
}

/** What importImage is asked for. */
export interface ImportRequest {
  readonly source?: {
    readonly resourceId?: string;
    readonly registryUri?: string;
    readonly sourceImage?: string;
    readonly credentials?: { readonly username?: string; readonly password?: string };
  };
  readonly targetTags?: readonly string[];
  readonly untaggedTargetRepositories?: readonly string[];
  readonly mode?: string;
}

/** Why Azure does not import. */
export class ImportRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const mostManifests = 50;

/**
 * Refuses what the request itself gets wrong, before anything is copied.
 * @see https://github.com/Azure/azure-rest-api-specs Microsoft.ContainerRegistry, Registries_ImportImage: the model's descriptions
 */
export function validateImport({
  source,
  targetTags = [],
  untaggedTargetRepositories = [],
  mode,
}: ImportRequest): void {
  const refuse = (message: string) => new ImportRefusal("InvalidParameter", message);
  if (source === undefined) throw refuse("The parameter source is required.");
  if ((source.resourceId === undefined) === (source.registryUri === undefined))
    throw refuse("Exactly one of source.resourceId and source.registryUri must be specified.");
  if (!source.sourceImage || source.sourceImage.split("/")[0]?.includes("."))
    throw refuse("source.sourceImage must be repository[:tag][@digest] without a registry.");
  if (targetTags.length + untaggedTargetRepositories.length === 0)
    throw refuse("Either targetTags or untaggedTargetRepositories must be specified.");
  if (mode !== undefined && mode !== "NoForce" && mode !== "Force") throw refuse(`The mode ${mode} is not known.`);
}

/**
 * Imports: copies the manifest with all that it names, and no referrer; then writes the tags. Force moves tags that exist, locked
 * or not, which one person has observed (sathpal/regulated-k8s-reference) and nobody documents.
 * @param registry - finds a registry by resource id or address.
 * @param lost - digests of manifests that do not arrive.
 */
export async function runImport(
  request: ImportRequest,
  target: KnownRegistry & { readonly id: string },
  registry: (idOrAddress: string) => KnownRegistry | undefined,
  lost: readonly string[] = [],
): Promise<void> {
  const { source = {}, targetTags = [], untaggedTargetRepositories = [], mode = "NoForce" } = request;
  const [, repository = "", reference = "latest"] = /^(.+?)[:@](.+)$/.exec(source.sourceImage ?? "") ?? [];
  const from = sourceContent(source, repository, registry);
  const manifest = await from.manifest(reference).catch((error: unknown) => {
    throw new ImportRefusal("Unauthorized", `Access to the source registry was denied: ${String(error)}`);
  });
  if (manifest === undefined)
    throw new ImportRefusal("NotFound", `The source image ${source.sourceImage} was not found.`);
  if (namedBy(manifest).manifests.length > mostManifests)
    throw new ImportRefusal("TooManyManifests", `The image has more than ${mostManifests} manifests.`);
  const tags = targetTags.map(splitTag);
  for (const { name, tag } of tags) {
    const exists = (await contentOf(target.url, name).manifest(tag)) !== undefined;
    if (exists && mode === "NoForce")
      throw new ImportRefusal(
        "Conflict",
        `Resource ${target.id} Tag ${name}:${tag} already exists in target registry.`,
      );
  }
  for (const name of new Set([...tags.map((tag) => tag.name), ...untaggedTargetRepositories]))
    await copyManifest(from, targetContent(target, name), manifest);
  for (const { name, tag } of tags) await targetContent(target, name).putManifest(tag, manifest);
  for (const digest of lost)
    for (const name of untaggedTargetRepositories) await contentOf(target.url, name).deleteManifest(digest);
}

/** An address that is not of Azure is asked as it is; `source.example` is a name of this machine. */
function sourceContent(
  { resourceId, registryUri, credentials }: NonNullable<ImportRequest["source"]>,
  repository: string,
  registry: (idOrAddress: string) => KnownRegistry | undefined,
): Content {
  const known = registry(resourceId ?? registryUri ?? "");
  if (resourceId !== undefined && known === undefined)
    throw new ImportRefusal("ResourceNotFound", `The registry ${resourceId} was not found.`);
  const basic = Buffer.from(`${credentials?.username ?? ""}:${credentials?.password ?? ""}`).toString("base64");
  return contentOf(
    known?.url ?? `http://${registryUri?.replace(/^source\.example(?=:)/, "localhost")}`,
    repository,
    credentials && `Basic ${basic}`,
  );
}

function targetContent({ url, imported }: KnownRegistry, repository: string): Content {
  const content = contentOf(url, repository);
  return {
    ...content,
    async putManifest(tagOrDigest, manifest) {
      await content.putManifest(tagOrDigest, manifest);
      await imported?.(repository, tagOrDigest);
    },
  };
}

function splitTag(text: string): { readonly name: string; readonly tag: string } {
  const [, name = "", tag = "latest"] = /^(.+?)(?::([^:/]+))?$/.exec(text) ?? [];
  return { name, tag };
}

async function copyManifest(from: Content, to: Content, manifest: Manifest): Promise<void> {
  const { manifests, blobs } = namedBy(manifest);
  for (const digest of manifests) {
    const child = await from.manifest(digest);
    if (child !== undefined) await copyManifest(from, to, child);
  }
  for (const digest of blobs) await to.putBlob(await from.blob(digest));
  await to.putManifest(digestOf(manifest.bytes), manifest);
}
