import assert from "node:assert/strict";
import { hasStatus } from "../../../provider/errors";
import { newRepository, uniqueIndex } from "../../registry/distribution/content";
import { type Answer, type Asked, errorBody, type FakeRegistry, fakeRegistry } from "./fakeRegistry";
import { referenceOf, tagStore } from "./tagStore";

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

  describe("when the registry deletes the manifest along with it", () => {
    const dropping = (store: ReturnType<typeof tagStore>) => (asked: Asked) => {
      const at = store.tags.get(referenceOf(asked.path)) ?? "";
      if (!isDeleteOfTag(asked)) return store.answer(asked);
      return store.answer({ ...asked, path: `/v2/team/server/manifests/${at}` });
    };

    it("puts the manifest back under the tag and those to keep, and keeps the tag", async () => {
      const store = tagStore(index, "1.0", "latest");
      const repository = await repositoryThat(dropping(store));
      assert.match(reasonOf(await repository.removeTag("1.0", digest, ["latest"])), /put back under 1\.0, latest/);
      assert.deepEqual(
        [...store.tags],
        [
          ["1.0", digest],
          ["latest", digest],
        ],
      );
    });

    it("does not touch a tag to keep that is at something else", async () => {
      const store = tagStore(index, "1.0");
      store.tags.set("2.0", uniqueIndex().descriptor.digest);
      store.manifests.set(store.tags.get("2.0") ?? "", index.bytes);
      const repository = await repositoryThat(dropping(store));
      await repository.removeTag("1.0", digest, ["2.0"]);
      assert.deepEqual(puts(), ["PUT manifests/1.0"]);
    });

    it("asks that repository for no further tag", async () => {
      const store = tagStore(index, "1.0", "latest");
      const repository = await repositoryThat(dropping(store));
      await repository.removeTag("1.0", digest, ["latest"]);
      const before = registry.asked.length;
      assert.match(reasonOf(await repository.removeTag("latest", digest, [])), /"kept":true/);
      assert.equal(registry.asked.length, before);
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
      return isDeleteOfTag(asked) ? undefined : answer;
    });
    assert.equal(await repository.removeTag("1.0", digest, []), "untagged");
    assert.equal(registry.asked.filter(isDeleteOfTag).length, 1);
  });

  it("is an error when the rights for it are missing", async () => {
    const store = tagStore(index, "1.0");
    const repository = await repositoryThat((asked) => (isDeleteOfTag(asked) ? { status: 403 } : store.answer(asked)));
    await assert.rejects(repository.removeTag("1.0", digest, []), (error) => hasStatus(error, 403));
  });
});
