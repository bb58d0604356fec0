import assert from "node:assert/strict";
import { encodePlaceholder } from "../../../provider/distribution/placeholder";
import type { Repository } from "../../../provider/distribution/repository";
import { newRepository, uniqueIndex } from "../../registry/distribution/content";
import { type Answer, type Asked, type FakeRegistry, fakeRegistry } from "./fakeRegistry";
import { referenceOf, type TagStore, tagStore } from "./tagStore";

describe("a placeholder that a killed process left under a tag", () => {
  const index = uniqueIndex();
  const { digest } = index.descriptor;
  const repositoryName = "team/server";
  let registry: FakeRegistry;
  let store: TagStore;
  let repository: Repository;
  afterEach(() => registry.stop());

  async function start(answer: (asked: Asked) => Answer = store.answer) {
    registry = await fakeRegistry(answer);
    repository = newRepository(registry.address, repositoryName);
  }
  const placeholder = encodePlaceholder({ operation: "removal", repository: repositoryName, tag: "1.0", digest });
  beforeEach(() => {
    store = tagStore(index, "latest");
    store.manifests.set(placeholder.descriptor.digest, placeholder.bytes);
    store.tags.set("1.0", placeholder.descriptor.digest);
  });
  const written = () => registry.asked.filter(({ method }) => method === "PUT" || method === "DELETE");

  const looks: Readonly<Record<string, () => Promise<unknown>>> = {
    "a HEAD": () => repository.headManifest("1.0"),
    "a GET": () => repository.getManifest("1.0"),
  };
  for (const [name, look] of Object.entries(looks)) {
    it(`is an absent tag for ${name}, which writes nothing`, async () => {
      await start();
      assert.equal(await look(), undefined);
      assert.deepEqual(written(), []);
    });

    it(`is removed with its tag when ${name} has met it and the call is one that may write`, async () => {
      await start();
      await look();
      await repository.finishRemovals();
      assert.deepEqual([...store.tags, ...store.manifests.keys()], [["latest", digest], digest]);
    });

    it(`is replaced by what is put under its tag, and deleted, when ${name} has met it`, async () => {
      await start();
      await look();
      const next = uniqueIndex();
      await repository.putManifest("1.0", next);
      assert.equal(store.tags.get("1.0"), next.descriptor.digest);
      assert.equal(store.manifests.has(placeholder.descriptor.digest), false);
    });
  }

  const expectations = { "what it stands for": digest, "another digest": uniqueIndex().descriptor.digest };
  for (const [what, expected] of Object.entries(expectations))
    it(`is removed by the next removal of the tag, told that it should be at ${what}`, async () => {
      await start();
      assert.equal(await repository.removeTag("1.0", expected, []), "untagged");
      assert.deepEqual([...store.tags.keys()], ["latest"]);
    });

  it("is met at another tag when something else is deleted", async () => {
    await start();
    await repository.headManifest("1.0");
    await repository.removeTag("latest", digest, []);
    assert.deepEqual([...store.tags.keys()], []);
  });

  it("gives way to what the tag named before where it cannot be deleted", async () => {
    await start((asked) => {
      const isDelete = asked.method === "DELETE" && referenceOf(asked.path).includes(":");
      return isDelete ? { status: 405 } : store.answer(asked);
    });
    assert.match(JSON.stringify(await repository.removeTag("1.0", digest, [])), /is what it was/);
    assert.equal(store.tags.get("1.0"), digest);
  });

  it("stays where neither deleting nor putting back is possible, and the next process finishes it", async () => {
    let isBroken = true;
    await start((asked) =>
      isBroken && (asked.method === "DELETE" || asked.method === "PUT") ? { status: 403 } : store.answer(asked),
    );
    await repository.headManifest("1.0");
    await repository.finishRemovals();
    assert.equal(store.tags.get("1.0"), placeholder.descriptor.digest);
    isBroken = false;
    const next = newRepository(registry.address, repositoryName);
    await next.headManifest("1.0");
    await next.finishRemovals();
    assert.equal(store.tags.has("1.0"), false);
  });

  it("is removed with a tag that outlives its manifest on this registry", async () => {
    await start((asked) => {
      if (asked.method === "DELETE" && referenceOf(asked.path).includes(":")) return { status: 202 };
      return store.answer(asked);
    });
    await repository.removeTag("1.0", digest, []);
    assert.deepEqual([...store.tags.keys()], ["latest"]);
  });

  it("of an experiment is removed likewise", async () => {
    const probe = encodePlaceholder({ operation: "probe", repository: repositoryName, tag: "multiarch-1" });
    store.manifests.set(probe.descriptor.digest, probe.bytes);
    store.tags.set("multiarch-1", probe.descriptor.digest);
    await start();
    await repository.headManifest("multiarch-1");
    await repository.finishRemovals();
    assert.equal(store.tags.has("multiarch-1"), false);
  });

  it("is left alone when the tag has moved since it was met", async () => {
    await start();
    await repository.headManifest("1.0");
    store.tags.set("1.0", digest);
    await repository.finishRemovals();
    assert.equal(store.tags.get("1.0"), digest);
    assert.deepEqual(written(), []);
  });

  it("under a tag to which it was copied is what it is: an index of others", async () => {
    store.tags.set("copied", placeholder.descriptor.digest);
    await start();
    assert.equal((await repository.headManifest("copied"))?.digest, placeholder.descriptor.digest);
    await repository.finishRemovals();
    assert.equal(store.tags.get("copied"), placeholder.descriptor.digest);
  });
});
