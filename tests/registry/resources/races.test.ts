import assert from "node:assert/strict";
import { PartialFailure } from "../../../provider/resources/lifecycle";
import { multiArchImageLifecycle } from "../../../provider/resources/multiArchImage/lifecycle";
import { startProcess, type TestProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { newRepository } from "../distribution/content";
import { multiArchImage } from "./engine";
import { newTestRepository, type TestRepository } from "./repository";
import { seedIndex } from "./seed";
import { seedReferrer } from "./seedReferrer";

/** A process in which somebody does something right after each write of a manifest. */
function disturbed(afterPut: (tagOrDigest: string) => Promise<unknown>): TestProcess {
  const process = startProcess();
  const { context } = process;
  const registry: typeof context.registry = (connection) => {
    const client = context.registry(connection);
    return {
      ...client,
      repository(name) {
        const repository = client.repository(name);
        const putManifest: typeof repository.putManifest = async (tagOrDigest, ...content) => {
          const result = await repository.putManifest(tagOrDigest, ...content);
          await afterPut(tagOrDigest);
          return result;
        };
        return { ...repository, putManifest };
      },
    };
  };
  return { ...process, context: { ...context, registry } };
}

forEachRegistry("two writers at once", (registry) => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = newTestRepository(registry());
  });

  async function program(more = {}) {
    const image = await repository.image("linux/amd64");
    return { ...repository.target, tags: ["1.0"], images: [`@${image.digest}`], ...more };
  }

  it("security row 17: the one that lost a tag is told at once", async () => {
    const process = disturbed((tag) => repository.moveTag(tag));
    await assert.rejects(multiArchImage().up(await program(), process), {
      message: /:1\.0 was written as sha256:.*, but names sha256:.* now: somebody else wrote it at the same time/,
    });
  });

  it("the one that lost one tag of two keeps the other, and gets the lost one back by the next up", async () => {
    const declared = await program({ tags: ["1.0", "latest"], onConflict: "overwrite" });
    const index = multiArchImage();
    const process = disturbed(async (tag) => tag === "latest" && repository.moveTag(tag));
    await assert.rejects(index.up(declared, process), PartialFailure);
    assert.deepEqual(index.kept?.outputs["createdTags"], ["1.0"]);
    const { digest } = await index.up(declared);
    assert.equal(await repository.digestAt("latest"), digest);
  });

  it("security row 17: a list of referrers that another overwrote is written again, with both", async () => {
    const subject = await repository.image("linux/arm64");
    const other = await seedReferrer(registry().address, repository.name, subject, { fallback: false });
    const tag = subject.digest.replace(":", "-");
    let writes = 0;
    const process = disturbed(async (written) => {
      writes += written === tag ? 1 : 0;
      if (written === tag && writes === 1) await seedIndex(registry().address, repository.name, [other], tag);
    });
    const { digest } = await multiArchImage().up(await program({ subject: subject.digest }), process);
    const { descriptors } = await newRepository(registry().address, repository.name).listReferrers(subject.digest);
    assert.deepEqual(
      descriptors.map((one) => one.digest),
      [other.digest, digest],
    );
  });

  it("a list of referrers that is overwritten each time fails, and the index is recorded", async () => {
    const subject = await repository.image("linux/arm64");
    const other = await seedReferrer(registry().address, repository.name, subject, { fallback: false });
    const tag = subject.digest.replace(":", "-");
    let writes = 0;
    const process = disturbed(async (written) => {
      writes += written === tag ? 1 : 0;
      if (written === tag) await seedIndex(registry().address, repository.name, [other], tag);
    });
    const index = multiArchImage();
    await assert.rejects(index.up(await program({ subject: subject.digest }), process), (error) => {
      assert.ok(error instanceof PartialFailure);
      assert.match(error.message, /were overwritten 3 times in a row/);
      return true;
    });
    assert.equal(writes, 3);
    assert.deepEqual(index.kept?.outputs["createdTags"], ["1.0"]);
  });

  it("an image that the registry deletes when its last tag moves to the index is there afterwards", async () => {
    const image = await repository.image("linux/amd64");
    await repository.tag("1.0", image.digest);
    const process = disturbed(async (tag) => tag === "1.0" && repository.deleteManifest(image.digest));
    const declared = { ...repository.target, tags: ["1.0"], images: [`@${image.digest}`], onConflict: "overwrite" };
    const { digest } = await multiArchImage().up(declared, process);
    assert.equal(await repository.digestAt("1.0"), digest);
    assert.equal(await repository.digestAt(image.digest), image.digest);
  });

  it("security row 16: an index that came out otherwise than planned is not written", async () => {
    const process = startProcess();
    const { inputs } = await multiArchImage().preview(await program(), process);
    const changed = { ...inputs, annotations: { a: "b" } };
    await assert.rejects(multiArchImageLifecycle.create(process.context, changed), { code: "ERR_DIGEST_MISMATCH" });
    assert.equal(await repository.digestAt("1.0"), undefined);
  });
});
