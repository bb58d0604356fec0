import assert from "node:assert/strict";
import { referrersTag } from "../../../../provider/distribution/referrers";
import type { Referrers, Repository } from "../../../../provider/distribution/repository";
import { ProviderError } from "../../../../provider/errors";
import type { Descriptor } from "../../../../provider/oci/descriptor";
import { digestOf } from "../../../../provider/oci/digest";
import { mediaTypes } from "../../../../provider/oci/mediaTypes";
import { findReferrers } from "../../../../provider/resources/referrers/findReferrers";
import { cosignTags } from "../../../../provider/resources/referrers/referrers";
import { unexpectedRepository } from "../../../support/noCalls";

function descriptorOf(name: string): Descriptor {
  return { mediaType: mediaTypes.ociManifest, digest: digestOf(Buffer.from(name)), size: 100 };
}

/** A repository that can only be asked for referrers and tags, and remembers for what it was asked. */
interface Asked {
  readonly repository: Repository;
  readonly asked: string[];
}

/** @param lists - by subject: what refers to it. `tags`: what each tag names, or why they are not listed. */
function repositoryOf(
  lists: Readonly<Record<string, readonly Descriptor[]>>,
  {
    source = "api" as Referrers["source"],
    tags = {} as Readonly<Record<string, Descriptor>>,
    listing = undefined as Error | undefined,
  } = {},
): Asked {
  const asked: string[] = [];
  const repository: Repository = {
    ...unexpectedRepository,
    async listTags() {
      if (listing) throw listing;
      return Object.keys(tags);
    },
    async headManifest(tag) {
      asked.push(tag);
      return tags[tag];
    },
    async listReferrers(digest) {
      asked.push(digest);
      return { descriptors: lists[digest] ?? [], source };
    },
  };
  return { repository, asked };
}

const image = descriptorOf("image");
const other = descriptorOf("other");
const referrer = descriptorOf("referrer");
const further = descriptorOf("further");
const subjects = [image.digest, other.digest];

describe("findReferrers", () => {
  it("comes to an end when two manifests refer to one another", async () => {
    const { repository } = repositoryOf({
      [image.digest]: [referrer],
      [referrer.digest]: [further, image],
      [further.digest]: [referrer],
    });
    const { referrers } = await findReferrers(repository, subjects, "recursive");
    assert.deepEqual(referrers, { [referrer.digest]: image.digest, [further.digest]: referrer.digest });
  });

  it("reads up to 10,000 of them", async () => {
    const many = Array.from({ length: 10_000 }, (_, number) => descriptorOf(`referrer ${number}`));
    const { repository } = repositoryOf({ [image.digest]: many });
    assert.equal(Object.keys((await findReferrers(repository, subjects, "direct")).referrers).length, 10_000);
  });

  it("refuses more, however they are spread", async () => {
    const half = (name: string) => Array.from({ length: 5001 }, (_, number) => descriptorOf(`${name} ${number}`));
    const { repository } = repositoryOf({ [image.digest]: half("one"), [other.digest]: half("another") });
    await assert.rejects(findReferrers(repository, subjects, "direct"), { code: "ERR_CONTENT_TOO_LARGE" });
  });

  it("asks each manifest's referrers where there is the API, and for no tag that is not there", async () => {
    const { repository, asked } = repositoryOf({});
    await findReferrers(repository, subjects, "direct");
    assert.deepEqual(asked, subjects);
  });

  it("asks without the API only for those that have a fallback tag", async () => {
    const { repository, asked } = repositoryOf({}, { source: "fallbackTag" });
    await findReferrers(repository, [...subjects, referrer.digest], "direct");
    assert.deepEqual(asked, [image.digest]);
    const listed = repositoryOf(
      { [other.digest]: [referrer] },
      { source: "fallbackTag", tags: { [referrersTag(other.digest)]: descriptorOf("list") } },
    );
    const { referrers } = await findReferrers(listed.repository, subjects, "direct");
    assert.deepEqual([listed.asked, referrers], [subjects, { [referrer.digest]: other.digest }]);
  });

  const refused = new ProviderError("ERR_REGISTRY", "GET: 403", { method: "GET", url: "", status: 403, errors: [] });
  const tooLong = new ProviderError("ERR_CONTENT_TOO_LARGE", "too many tags", { limit: 10_000 });
  for (const [reason, listing] of [
    ["may not be listed", refused],
    ["are more than 10,000", tooLong],
  ] as const)
    it(`looks at each of cosign's tags when the tags ${reason}`, async () => {
      const [tag = "", ...rest] = cosignTags(image.digest);
      const { repository, asked } = repositoryOf({}, { tags: { [tag]: referrer }, listing });
      const { referrerTags } = await findReferrers(repository, [image.digest], "direct");
      assert.deepEqual(referrerTags, { [tag]: referrer.digest });
      assert.deepEqual(asked.filter((name) => name.startsWith("sha256-")).sort(), [tag, ...rest].sort());
    });

  it("takes what refers to a signature of cosign only when asked for all", async () => {
    const [tag = ""] = cosignTags(image.digest);
    const lists = { [referrer.digest]: [further] };
    const { repository } = repositoryOf(lists, { tags: { [tag]: referrer } });
    assert.deepEqual((await findReferrers(repository, subjects, "direct")).referrers, {});
    assert.deepEqual((await findReferrers(repository, subjects, "recursive")).referrers, {
      [further.digest]: referrer.digest,
    });
  });

  it("takes a fallback tag that names something else for no list, and says so", async () => {
    const tags = { [referrersTag(image.digest)]: image };
    const { repository } = repositoryOf({}, { source: "notAList", tags });
    const warnings: string[] = [];
    const { referrers } = await findReferrers(repository, [image.digest], "direct", (message) =>
      warnings.push(message),
    );
    assert.deepEqual(referrers, {});
    assert.match(warnings.join(), /^referrers of sha256:\w+ are not copied: .*:sha256-\w+ names .* no list of them\.$/);
  });

  it("fails when the tags cannot be listed for another reason", async () => {
    const listing = new ProviderError("ERR_TIMEOUT", "GET: nothing came", { timeoutMs: 60_000 });
    await assert.rejects(findReferrers(repositoryOf({}, { listing }).repository, subjects, "direct"), {
      code: "ERR_TIMEOUT",
    });
  });
});
