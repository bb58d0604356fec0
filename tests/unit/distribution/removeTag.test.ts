import assert from "node:assert/strict";
import { hasStatus } from "../../../provider/errors";
import { newRepository, uniqueIndex } from "../../registry/distribution/content";
import { type Answer, type Asked, errorBody, type FakeRegistry, fakeRegistry } from "./fakeRegistry";
import { referenceOf, type TagStore, tagStore } from "./tagStore";

describe("removing a tag", () => {
  const index = uniqueIndex();
  const { digest } = index.descriptor;
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  async function repositoryThat(answer: (asked: Asked) => Answer) {
    registry = await fakeRegistry(answer);
    return newRepository(registry.address, "team/server");
  }
  const isDeleteOfTag = ({ method, path }: Asked) => method === "DELETE" && !referenceOf(path).includes(":");
  const isDeleteOfDigest = ({ method, path }: Asked) => method === "DELETE" && referenceOf(path).includes(":");
  const puts = () => registry.lines().filter((line) => line.startsWith("PUT"));
  const reasonOf = (result: unknown) => JSON.stringify(result);

  it("learns what a DELETE does on a tag of its own, once, and leaves nothing of it", async () => {
    const store = tagStore(index, "1.0", "2.0");
    const repository = await repositoryThat(store.answer);
    await repository.removeTag("1.0", digest, []);
    const first = registry.lines();
    await repository.removeTag("2.0", digest, []);
    assert.equal(first.filter((line) => line.startsWith("DELETE manifests/multiarch-")).length, 2);
    assert.deepEqual(registry.lines().slice(first.length), ["HEAD manifests/2.0", "DELETE manifests/2.0"]);
    assert.deepEqual([...store.tags, ...store.manifests.keys()], [digest]);
  });

  it("writes nothing for a tag that is not there", async () => {
    const repository = await repositoryThat(tagStore(index, "1.0").answer);
    assert.equal(await repository.removeTag("2.0", digest, []), "absent");
    assert.deepEqual(registry.lines(), ["HEAD manifests/2.0", "GET manifests/2.0"]);
  });

  describe("when the registry deletes the manifest along with a tag", () => {
    it("removes the tag alone; all other tags, also those of others, live on", async () => {
      const store = tagStore(index, "1.0", "latest", "theirs");
      store.drops = "manifest";
      const repository = await repositoryThat(store.answer);
      assert.equal(await repository.removeTag("1.0", digest, []), "untagged");
      assert.deepEqual([...store.tags.keys()], ["latest", "theirs"]);
      assert.deepEqual([...store.manifests.keys()], [digest]);
    });

    it("keeps the tag where manifests cannot be deleted by digest", async () => {
      const store = tagStore(index, "1.0", "theirs");
      store.drops = "manifest";
      const repository = await repositoryThat((asked) =>
        isDeleteOfDigest(asked) ? { status: 405 } : store.answer(asked),
      );
      assert.match(reasonOf(await repository.removeTag("1.0", digest, [])), /along with the tag, so no tag is removed/);
      assert.deepEqual([...store.tags.keys()], ["1.0", "theirs"]);
    });
  });

  it("keeps the manifest where the registry deletes it along with its last tag", async () => {
    const store = tagStore(index, "1.0", "2.0");
    store.drops = "manifestWithLastTag";
    const repository = await repositoryThat(store.answer);
    for (const tag of ["1.0", "2.0"]) assert.equal(await repository.removeTag(tag, digest, []), "untagged");
    assert.deepEqual([...store.tags, ...store.manifests.keys()], [digest]);
  });

  describe("when the registry takes no index without entries, so that the tag itself shows what a DELETE does", () => {
    const isEmptyIndex = ({ method, body }: Asked) => method === "PUT" && body.includes("placeholder");
    const refusing = (store: TagStore) => (asked: Asked) =>
      isEmptyIndex(asked) ? { status: 400, body: errorBody("MANIFEST_INVALID", "empty") } : store.answer(asked);

    it("removes the tag alone", async () => {
      const store = tagStore(index, "1.0", "latest");
      const repository = await repositoryThat(refusing(store));
      assert.equal(await repository.removeTag("1.0", digest, []), "untagged");
      assert.deepEqual([...store.tags.keys()], ["latest"]);
    });

    it("puts the manifest back under the tag and those to keep when it went along, and asks for no further tag", async () => {
      const store = tagStore(index, "1.0", "latest");
      store.drops = "manifest";
      const repository = await repositoryThat(refusing(store));
      const kept = ["latest", "absent"];
      assert.match(reasonOf(await repository.removeTag("1.0", digest, kept)), /put back under 1\.0, latest/);
      assert.match(reasonOf(await repository.removeTag("latest", digest, [])), /"kept":true/);
      assert.deepEqual([...store.tags.keys()], ["1.0", "latest"]);
    });

    it("does not touch a tag to keep that is at something else", async () => {
      const store = tagStore(index, "1.0");
      store.drops = "manifest";
      const theirs = uniqueIndex();
      store.tags.set("2.0", theirs.descriptor.digest);
      store.manifests.set(theirs.descriptor.digest, theirs.bytes);
      const repository = await repositoryThat(refusing(store));
      await repository.removeTag("1.0", digest, ["2.0"]);
      assert.equal(store.tags.get("2.0"), theirs.descriptor.digest);
    });
  });

  describe("when the registry does not delete tags", () => {
    const refusals: readonly (readonly [string, Answer])[] = [
      ["405", { status: 405 }],
      ["400 UNSUPPORTED", { status: 400, body: errorBody("UNSUPPORTED", "unsupported") }],
      ["400 DIGEST_INVALID", { status: 400, body: errorBody("DIGEST_INVALID", "invalid digest") }],
      ["404 without an error of the specification", { status: 404, body: "404 page not found" }],
    ];
    for (const [what, refusal] of refusals) {
      it(`overwrites the tag and deletes what it was overwritten with, after ${what}`, async () => {
        const store = tagStore(index, "1.0", "latest");
        const repository = await repositoryThat((asked) => (isDeleteOfTag(asked) ? refusal : store.answer(asked)));
        assert.equal(await repository.removeTag("1.0", digest, ["latest"]), "untagged");
        assert.deepEqual([...store.tags, ...store.manifests.keys()], [["latest", digest], digest]);
      });
    }

    for (const status of [401, 403, 405]) {
      it(`never overwrites the tag when deleting a manifest would be answered with ${status}`, async () => {
        const store = tagStore(index, "1.0");
        const repository = await repositoryThat((asked) => {
          if (isDeleteOfTag(asked)) return { status: 405 };
          return isDeleteOfDigest(asked) ? { status } : store.answer(asked);
        });
        assert.match(reasonOf(await repository.removeTag("1.0", digest, [])), /"kept":true/);
        assert.deepEqual(puts(), []);
      });
    }

    it("puts the index back when the placeholder cannot be deleted", async () => {
      const store = tagStore(index, "1.0");
      const repository = await repositoryThat((asked) => {
        if (isDeleteOfTag(asked)) return { status: 405 };
        const isProbe = isDeleteOfDigest(asked) && !store.manifests.has(referenceOf(asked.path));
        return isDeleteOfDigest(asked) && !isProbe ? { status: 403 } : store.answer(asked);
      });
      assert.match(reasonOf(await repository.removeTag("1.0", digest, [])), /could not be removed.*403/);
      assert.equal(store.tags.get("1.0"), digest);
    });

    it("says what the tag names when putting the index back fails too", async () => {
      const store = tagStore(index, "1.0");
      const repository = await repositoryThat((asked) => {
        if (isDeleteOfTag(asked)) return { status: 405 };
        const isProbe = isDeleteOfDigest(asked) && !store.manifests.has(referenceOf(asked.path));
        if (isDeleteOfDigest(asked) && !isProbe) return { status: 403 };
        return puts().length > 1 ? { status: 403 } : store.answer(asked);
      });
      await assert.rejects(repository.removeTag("1.0", digest, []), { message: /1\.0 now names an empty index/ });
    });

    it("keeps the tag when the registry takes no empty index", async () => {
      const store = tagStore(index, "1.0");
      const repository = await repositoryThat((asked) => {
        if (isDeleteOfTag(asked)) return { status: 405 };
        return asked.method === "PUT"
          ? { status: 400, body: errorBody("MANIFEST_INVALID", "empty") }
          : store.answer(asked);
      });
      assert.match(reasonOf(await repository.removeTag("1.0", digest, [])), /MANIFEST_INVALID/);
      assert.equal(store.tags.get("1.0"), digest);
    });

    it("security row 16: leaves the tag to whoever moves it while it is being removed", async () => {
      const store = tagStore(index, "1.0");
      const theirs = uniqueIndex();
      const repository = await repositoryThat((asked) => {
        if (isDeleteOfTag(asked)) return { status: 405 };
        const answer = store.answer(asked);
        if (asked.method === "PUT") {
          store.manifests.set(theirs.descriptor.digest, theirs.bytes);
          store.tags.set("1.0", theirs.descriptor.digest);
        }
        return answer;
      });
      assert.equal(await repository.removeTag("1.0", digest, []), "moved");
      assert.equal(store.tags.get("1.0"), theirs.descriptor.digest);
    });
  });

  it("does not delete again when the answer was lost but the tag is gone", async () => {
    const store = tagStore(index, "1.0");
    const repository = await repositoryThat((asked) => {
      const answer = store.answer(asked);
      return isDeleteOfTag(asked) && referenceOf(asked.path) === "1.0" ? undefined : answer;
    });
    assert.equal(await repository.removeTag("1.0", digest, []), "untagged");
    assert.equal(registry.lines().filter((line) => line === "DELETE manifests/1.0").length, 1);
  });

  it("is an error when the rights for it are missing", async () => {
    const store = tagStore(index, "1.0");
    const repository = await repositoryThat((asked) => (isDeleteOfTag(asked) ? { status: 403 } : store.answer(asked)));
    await assert.rejects(repository.removeTag("1.0", digest, []), (error) => hasStatus(error, 403));
    assert.deepEqual([...store.tags.keys()], ["1.0"]);
  });

  it("names the tag of its own that it may not delete, and the next process that may removes it", async () => {
    const store = tagStore(index, "1.0");
    const isThere = (reference: string) => store.tags.has(reference) || store.manifests.has(reference);
    const refusing = ({ method, path }: Asked) => method === "DELETE" && isThere(referenceOf(path));
    const repository = await repositoryThat((asked) => (refusing(asked) ? { status: 403 } : store.answer(asked)));
    const removal = repository.removeTag("1.0", digest, []);
    const left = () => [...store.tags.keys()].find((tag) => tag.startsWith("multiarch-"));
    await assert.rejects(removal, (error: Error) => {
      return hasStatus(error, 403) && error.message.includes(`team/server:${left()}, which was made to learn`);
    });
    await registry.stop();
    const next = await repositoryThat(store.answer);
    assert.equal(await next.removeTag("1.0", digest, []), "untagged");
    assert.deepEqual([...store.tags, ...store.manifests.keys()], [digest]);
  });
});
