import assert from "node:assert/strict";
import { hasCode } from "../../../provider/errors";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { newRepository, uniqueIndex } from "../../registry/distribution/content";
import { type Answer, type Asked, type FakeRegistry, fakeRegistry } from "./fakeRegistry";

describe("lists in pages", () => {
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  async function repositoryThat(answer: (asked: Asked) => Answer) {
    registry = await fakeRegistry(answer);
    return newRepository(registry.address, "team/server");
  }
  const page = (tags: readonly string[] | null, next?: string): Answer => ({
    status: 200,
    headers: next === undefined ? {} : { link: `<${next}>; rel="next"` },
    body: JSON.stringify({ name: "team/server", tags }),
  });

  it("lists the tags of all pages in the registry's order", async () => {
    const repository = await repositoryThat(({ url }) =>
      url.searchParams.has("last") ? page(["a"]) : page(["c", "b"], "/v2/team/server/tags/list?last=b"),
    );
    assert.deepEqual(await repository.listTags(), ["c", "b", "a"]);
  });

  it("takes null for no tags", async () => {
    const repository = await repositoryThat(() => page(null));
    assert.deepEqual(await repository.listTags(), []);
  });

  it("security row 3: does not go to another host for the next page", async () => {
    const repository = await repositoryThat(() => page(["a"], "http://localhost:1/v2/team/server/tags/list"));
    await assert.rejects(repository.listTags(), (error) => hasCode(error, "ERR_ADDRESS_REFUSED"));
  });

  it("security row 6: fails at more than 1,000,000 tags instead of shortening the list", async () => {
    const tags = Array.from({ length: 250_001 }, (_, index) => `${index}`);
    const repository = await repositoryThat(() => page(tags, "/v2/team/server/tags/list?last=x"));
    await assert.rejects(repository.listTags(), (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
    assert.equal(registry.asked.length, 4);
  });

  it("security row 6: fails at more than 1,000 pages, however little is on them", async () => {
    const repository = await repositoryThat(() => page([], "/v2/team/server/tags/list?last=x"));
    await assert.rejects(repository.listTags(), (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"));
    assert.equal(registry.asked.length, 1000);
  });

  it("fails at an answer that is no list of tags", async () => {
    const repository = await repositoryThat(() => ({ status: 200, body: "<html>" }));
    await assert.rejects(repository.listTags(), (error) => hasCode(error, "ERR_CONTENT_INVALID"));
  });

  describe("of referrers", () => {
    const { descriptor } = uniqueIndex();
    const { digest } = uniqueIndex().descriptor;
    const sbom = { ...descriptor, artifactType: "application/vnd.example.sbom" };
    const referrers = (manifests: readonly object[]): Answer => ({
      status: 200,
      headers: { "content-type": mediaTypes.ociIndex },
      body: JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }),
    });

    it("come from the referrers API where there is one", async () => {
      const repository = await repositoryThat(() => referrers([sbom]));
      assert.deepEqual(await repository.listReferrers(digest), { descriptors: [sbom], source: "api" });
      assert.deepEqual(registry.lines(), [`GET referrers/${digest}`]);
    });

    it("are of the wanted artifact type, also from a registry that does not filter", async () => {
      const repository = await repositoryThat(() => referrers([descriptor, sbom]));
      assert.deepEqual((await repository.listReferrers(digest, sbom.artifactType)).descriptors, [sbom]);
      assert.equal(registry.asked[0]?.url.searchParams.get("artifactType"), sbom.artifactType);
    });

    it("are an error when a further page is not one: the first ones are not all", async () => {
      const next = { "content-type": mediaTypes.ociIndex, link: '</next>; rel="next"' };
      const repository = await repositoryThat(({ path }) =>
        path === "/next" ? { status: 200, body: "<html>" } : { ...referrers([sbom]), status: 200, headers: next },
      );
      await assert.rejects(repository.listReferrers(digest), (error) => hasCode(error, "ERR_CONTENT_INVALID"));
    });

    for (const [what, answer] of [
      ["is not known", { status: 404 }],
      ["is a page for people", { status: 200, headers: { "content-type": "text/html" }, body: "<html>" }],
    ] as const) {
      it(`come from the fallback tag where the referrers API ${what}`, async () => {
        const repository = await repositoryThat(({ path }) =>
          path.includes("/referrers/") ? answer : referrers([sbom]),
        );
        const { descriptors, source } = await repository.listReferrers(digest);
        assert.deepEqual({ descriptors, source }, { descriptors: [sbom], source: "fallbackTag" });
        assert.equal(registry.lines().at(-1), `GET manifests/${digest.replace(":", "-")}`);
      });
    }

    const fallbackTag = (document: object, type: string = mediaTypes.ociIndex) =>
      repositoryThat(({ path }) =>
        path.includes("/referrers/")
          ? { status: 404 }
          : { status: 200, headers: { "content-type": type }, body: JSON.stringify({ schemaVersion: 2, ...document }) },
      );
    const image = { ...descriptor, platform: { os: "linux", architecture: "amd64" } };
    const strangers = {
      "an image": [{ config: descriptor, layers: [] }, mediaTypes.ociManifest],
      "Docker's list of images": [{ manifests: [image] }, mediaTypes.dockerManifestList],
      "an index of images": [{ manifests: [sbom, image] }, mediaTypes.ociIndex],
      "an artifact": [{ manifests: [], artifactType: "application/vnd.example" }, mediaTypes.ociIndex],
      "a referrer": [{ manifests: [], subject: descriptor }, mediaTypes.ociIndex],
      "an index without a list": [{ manifests: "none" }, mediaTypes.ociIndex],
    } as const;
    for (const [what, [document, type]] of Object.entries(strangers))
      it(`are none, and the fallback tag is told to be no list, when it names ${what}`, async () => {
        const { descriptors, source } = await (await fallbackTag(document, type)).listReferrers(digest);
        assert.deepEqual({ descriptors, source }, { descriptors: [], source: "notAList" });
      });

    it("may be none in a list", async () => {
      assert.equal((await (await fallbackTag({ manifests: [] })).listReferrers(digest)).source, "fallbackTag");
    });

    it("are read anew for each call, so that none is answered from before a write", async () => {
      const repository = await fallbackTag({ manifests: [sbom] });
      await Promise.all([repository.listReferrers(digest), repository.listReferrers(digest)]);
      assert.equal(registry.lines().filter((line) => line.startsWith("GET manifests/")).length, 2);
    });
  });
});
