import { type Answer, disallowedAnswer, errorAnswer, manifestUnknownAnswer, tagUnknownAnswer } from "./acrAnswers";
import { type Item, isDeleteLocked, type ManifestItem, type RepositoryItem, type TagItem, tagsOf } from "./acrContent";

/** A request of the metadata API: `/acr/v1/{repository}/_tags/{tag}`, its parts decoded. */
export interface MetadataRequest {
  readonly method: string;
  readonly repository: string;
  readonly kind: "_tags" | "_manifests" | undefined;
  readonly reference: string | undefined;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** Where the answers come from. */
export interface MetadataSource {
  readonly registry: string;
  readonly repositories: ReadonlyMap<string, RepositoryItem>;
  /** Removes a tag from the registry behind. */
  untag(repository: string, tag: string): Promise<void>;
}

const nameUnknown = errorAnswer(404, "NAME_UNKNOWN", "repository name not known to registry");

/**
 * Answers a request of the metadata API, 2021-07-01. Shapes: Azure/azure-rest-api-specs, Azure.ContainerRegistry/stable/2021-07-01,
 * and the recordings in azure-sdk-for-python: rows have no `tags` where there are none, and no platform on an index.
 */
export async function answerMetadata(source: MetadataSource, request: MetadataRequest): Promise<Answer> {
  const repository = source.repositories.get(request.repository);
  if (repository === undefined) return nameUnknown;
  const head = { registry: source.registry, imageName: request.repository };
  switch (request.kind) {
    case "_manifests":
      return request.reference === undefined
        ? page(
            request,
            head,
            "manifests",
            newestFirst(request, repository).map(([key, item]) => ({ key, row: manifestRow(repository, item) })),
          )
        : oneManifest(repository, head, request);
    case "_tags":
      return request.reference === undefined
        ? page(request, head, "tags", tagRows(repository, request.query.get("digest")))
        : oneTag(source, repository, head, request);
    default:
      return changeable(repository, request, () => ({ ...head, ...repositoryRow(repository) }));
  }
}

function oneManifest(repository: RepositoryItem, head: object, request: MetadataRequest): Answer {
  const item = repository.manifests.get(request.reference ?? "");
  if (item === undefined) return manifestUnknownAnswer;
  const references = item.children.length > 0 ? { references: item.children } : {};
  return changeable(item, request, () => ({ ...head, manifest: { ...manifestRow(repository, item), ...references } }));
}

async function oneTag(
  source: MetadataSource,
  repository: RepositoryItem,
  head: object,
  request: MetadataRequest,
): Promise<Answer> {
  const name = request.reference ?? "";
  const item = repository.tags.get(name);
  if (item === undefined) return tagUnknownAnswer;
  if (request.method !== "DELETE") return changeable(item, request, () => ({ ...head, tag: tagRow(name, item) }));
  if (isDeleteLocked(item) || isDeleteLocked(repository)) return disallowedAnswer;
  await source.untag(request.repository, name);
  repository.tags.delete(name);
  return { status: 202 };
}

function changeable(item: Item, { method, body }: MetadataRequest, row: () => object): Answer {
  if (method === "PATCH") {
    Object.assign(item.attributes, JSON.parse(body));
    item.lastUpdateTime = new Date().toISOString();
  }
  return method === "GET" || method === "PATCH"
    ? { status: 200, body: row() }
    : errorAnswer(405, "UNSUPPORTED", "unsupported");
}

/** A page and the Link to the next: `n` entries after `last`. */
function page(
  { repository, query, kind }: MetadataRequest,
  head: object,
  name: string,
  rows: readonly { readonly key: string; readonly row: object }[],
): Answer {
  const from = rows.findIndex(({ key }) => key === query.get("last")) + 1;
  const shown = rows.slice(from, from + Number(query.get("n") ?? 100));
  const isLast = from + shown.length >= rows.length;
  const next = `</acr/v1/${encodeURIComponent(repository)}/${kind}?last=${encodeURIComponent(shown.at(-1)?.key ?? "")}&n=${query.get("n") ?? 100}&orderby=${query.get("orderby") ?? "none"}>; rel="next"`;
  return {
    status: 200,
    ...(!isLast && { headers: { link: next } }),
    body: { ...head, [name]: shown.map(({ row }) => row) },
  };
}

function manifestRow(repository: RepositoryItem, item: ManifestItem) {
  const { digest, imageSize, createdTime, lastUpdateTime, platform, mediaType, configMediaType, attributes } = item;
  const tags = tagsOf(repository, digest);
  return {
    digest,
    imageSize,
    createdTime,
    lastUpdateTime,
    ...platform,
    mediaType,
    ...(configMediaType !== undefined && { configMediaType }),
    ...(tags.length > 0 && { tags }),
    changeableAttributes: attributes,
  };
}

function tagRow(name: string, { digest, createdTime, lastUpdateTime, attributes }: TagItem) {
  return { name, digest, createdTime, lastUpdateTime, signed: false, changeableAttributes: attributes };
}

function tagRows(repository: RepositoryItem, digest: string | null) {
  return [...repository.tags]
    .filter(([, tag]) => digest === null || tag.digest === digest)
    .map(([name, tag]) => ({ key: name, row: tagRow(name, tag) }));
}

function repositoryRow({ createdTime, lastUpdateTime, manifests, tags, attributes }: RepositoryItem) {
  return {
    createdTime,
    lastUpdateTime,
    manifestCount: manifests.size,
    tagCount: tags.size,
    changeableAttributes: attributes,
  };
}

function newestFirst({ query }: MetadataRequest, { manifests }: RepositoryItem): readonly [string, ManifestItem][] {
  const entries = [...manifests];
  return query.get("orderby") === "timedesc" ? entries.reverse() : entries;
}
