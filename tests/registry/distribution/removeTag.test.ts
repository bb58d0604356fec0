import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { encodePlaceholder } from "../../../provider/distribution/placeholder";
import type { ManifestContent, Repository } from "../../../provider/distribution/repository";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry, type LocalRegistry, startRegistry } from "../../support/registries";
import { newRepository, uniqueIndex, uniqueName } from "./content";

async function written(repository: Repository, ...tags: readonly string[]): Promise<ManifestContent> {
  const index = uniqueIndex();
  for (const tag of tags) await repository.putManifest(tag, index);
  return index;
}

async function digestAt(repository: Repository, tag: string): Promise<string | undefined> {
  return (await repository.headManifest(tag))?.digest;
}

forEachRegistry("removing a tag", (registry) => {
  const repositoryOf = (name: string) => newRepository(registry().address, name);

  it("takes the tag away; the manifest and other tags live on", async () => {
    const name = uniqueName();
    const { digest } = (await written(repositoryOf(name), "1.0", "latest")).descriptor;
    assert.equal(await repositoryOf(name).removeTag("1.0", digest, ["latest"]), "untagged");
    assert.equal(await digestAt(repositoryOf(name), "1.0"), undefined);
    assert.equal(await digestAt(repositoryOf(name), "latest"), digest);
  });

  it("keeps the manifest of the last tag", async () => {
    const name = uniqueName();
    const { digest } = (await written(repositoryOf(name), "1.0")).descriptor;
    assert.equal(await repositoryOf(name).removeTag("1.0", digest, []), "untagged");
    assert.equal(await digestAt(repositoryOf(name), digest), digest);
  });

  it("takes several tags away at the same time", async () => {
    const name = uniqueName();
    const repository = repositoryOf(name);
    const { digest } = (await written(repository, "1", "1.0", "latest")).descriptor;
    const results = await Promise.all(["1", "1.0"].map((tag) => repository.removeTag(tag, digest, ["latest"])));
    assert.deepEqual(results, ["untagged", "untagged"]);
    assert.deepEqual(await repositoryOf(name).listTags(), ["latest"]);
  });

  it("leaves no placeholder behind", async () => {
    const name = uniqueName();
    const { digest } = (await written(repositoryOf(name), "1.0", "latest")).descriptor;
    await repositoryOf(name).removeTag("1.0", digest, []);
    assert.deepEqual(await repositoryOf(name).listTags(), ["latest"]);
  });

  it("security row 16: leaves a tag alone that has moved", async () => {
    const name = uniqueName();
    const { digest } = (await written(repositoryOf(name), "1.0")).descriptor;
    const moved = await written(repositoryOf(name), "1.0");
    assert.equal(await repositoryOf(name).removeTag("1.0", digest, []), "moved");
    assert.equal(await digestAt(repositoryOf(name), "1.0"), moved.descriptor.digest);
  });

  it("finds that a tag is gone already, also when its manifest is", async () => {
    const name = uniqueName();
    const { digest } = (await written(repositoryOf(name), "1.0")).descriptor;
    assert.equal(await repositoryOf(name).removeTag("2.0", digest, []), "absent");
    await repositoryOf(name).deleteManifest(digest);
    assert.equal(await repositoryOf(name).removeTag("1.0", digest, []), "absent");
  });
});

describe("the requests that removing a tag takes", () => {
  const shapes = {
    2: {
      first: ["HEAD", "DELETE", "DELETE", "GET", "HEAD", "PUT", "HEAD", "DELETE"],
      second: ["HEAD", "PUT", "HEAD", "DELETE"],
    },
    3: {
      first: ["HEAD", "DELETE", "GET", "PUT", "DELETE", "HEAD", "DELETE", "HEAD", "DELETE"],
      second: ["HEAD", "DELETE"],
    },
  } as const;
  for (const version of [2, 3] as const) {
    describe(`on distribution ${version}`, () => {
      let registry: LocalRegistry;
      let proxy: CountingProxy;
      before(async () => {
        registry = await startRegistry({ version });
        proxy = await countingProxy(registry.address);
      });
      after(async () => {
        await proxy.stop();
        await registry.stop();
      });

      it(`are ${shapes[version].first.join(" ")} for the first, then ${shapes[version].second.join(" ")}`, async () => {
        const name = uniqueName();
        const { digest } = (await written(newRepository(registry.address, name), "1", "2")).descriptor;
        const repository = newRepository(proxy.address, name);
        await repository.removeTag("1", digest, ["2"]);
        const first = proxy.requests.map(({ method }) => method);
        proxy.reset();
        await repository.removeTag("2", digest, []);
        const second = proxy.requests.map(({ method }) => method);
        assert.deepEqual({ first, second }, shapes[version]);
      });
    });
  }
});

describe("a tag that a killed process made to learn how the registry deletes tags", () => {
  let registry: LocalRegistry;
  let name: string;
  let digest: string;
  before(async () => {
    registry = await startRegistry({ version: 3 });
  });
  after(() => registry.stop());
  const open = () => newRepository(registry.address, name);
  beforeEach(async () => {
    name = uniqueName();
    digest = (await written(open(), "0.9", "1.0")).descriptor.digest;
  });

  for (const end of ["", "-1"])
    it(`is removed by the next process that learns the same${end && ", also one of two"}`, async () => {
      const tag = `multiarch-${randomUUID()}`;
      await open().putManifest(`${tag}${end}`, encodePlaceholder({ operation: "probe", repository: name, tag }));
      await open().removeTag("1.0", digest, []);
      assert.deepEqual(await open().listTags(), ["0.9"]);
    });

  it("is not what has such a name and is an image of others", async () => {
    const theirs = `multiarch-${randomUUID()}`;
    await written(open(), theirs);
    await open().removeTag("1.0", digest, []);
    assert.deepEqual(await open().listTags(), ["0.9", theirs]);
  });
});

describe("removing a tag where deleting is off", () => {
  for (const version of [2, 3] as const) {
    describe(`on distribution ${version}`, () => {
      let registry: LocalRegistry;
      let proxy: CountingProxy;
      before(async () => {
        registry = await startRegistry({ version, deletes: false });
        proxy = await countingProxy(registry.address);
      });
      after(async () => {
        await proxy.stop();
        await registry.stop();
      });

      it("keeps the tag where it is, says why, and writes nothing", async () => {
        const name = uniqueName();
        const { digest } = (await written(newRepository(registry.address, name), "1.0")).descriptor;
        const result = await newRepository(proxy.address, name).removeTag("1.0", digest, []);
        assert.match(typeof result === "object" ? result.reason : result, /^DELETE http:.*: 40[05] /);
        assert.equal(await digestAt(newRepository(registry.address, name), "1.0"), digest);
        assert.deepEqual(
          proxy.requests.filter(({ method }) => method === "PUT"),
          [],
        );
      });
    });
  }
});
