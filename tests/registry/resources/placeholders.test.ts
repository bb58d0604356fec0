import assert from "node:assert/strict";
import { encodePlaceholder } from "../../../provider/distribution/placeholder";
import { startProcess } from "../../support/context";
import { forEachRegistry } from "../../support/registries";
import { newRepository } from "../distribution/content";
import { multiArchImage } from "./engine";
import { suiteFaultProxy } from "./faultProxy";
import { newTestRepository, type TestRepository } from "./repository";

forEachRegistry("a tag whose removal was broken off", (registry) => {
  const proxy = suiteFaultProxy(registry);
  let repository: TestRepository;
  beforeEach(() => {
    proxy.work();
    repository = newTestRepository(proxy);
  });

  async function existing(name = "server") {
    const image = await repository.image("linux/amd64");
    const program = { ...repository.target, tags: ["1.0", "latest"], images: [`@${image.digest}`] };
    const index = multiArchImage(name);
    const digest = String((await index.up(program))["digest"]);
    return { index, program, digest };
  }

  /** Leaves a tag as a process does that is killed half way. */
  async function breakOff(tag: string, digest: string): Promise<void> {
    const placeholder = encodePlaceholder({ operation: "removal", repository: repository.name, tag, digest });
    await newRepository(registry().address, repository.name).putManifest(tag, placeholder);
  }

  const isStanding = async (tag: string) => (await repository.tags()).includes(tag);

  it("is removed by the next destroy", async () => {
    const { index, digest } = await existing();
    await breakOff("1.0", digest);
    const process = startProcess();
    await index.destroy(process);
    assert.deepEqual(await repository.tags(), []);
    assert.deepEqual(process.warnings, []);
  });

  it("is removed by a refresh, also when that forgets the resource", async () => {
    const { index, program, digest } = await existing();
    await breakOff("1.0", digest);
    assert.deepEqual((await index.refresh())?.["drift"], { "1.0": "gone" });
    assert.equal(await isStanding("1.0"), false);
    await index.up(program);
    for (const tag of program.tags) await breakOff(tag, digest);
    await repository.deleteManifest(digest);
    assert.equal(await index.refresh(), undefined);
    assert.deepEqual(await repository.tags(), []);
  });

  it("is drift in preview, which writes nothing, and put back by the next up", async () => {
    const { index, program, digest } = await existing();
    await breakOff("1.0", digest);
    proxy.fail((method) => (["GET", "HEAD"].includes(method) ? undefined : { status: 403 }));
    assert.deepEqual((await index.preview(program)).inputs["drift"], { "1.0": "gone" });
    proxy.work();
    await index.up(program);
    assert.equal(await repository.digestAt("1.0"), digest);
  });

  it("is free for another resource", async () => {
    const { program, digest } = await existing();
    await breakOff("2.0", digest);
    const other = multiArchImage("other");
    const annotations = { "org.example.kind": "other" };
    await other.up({ ...program, tags: ["2.0"], annotations });
    assert.equal(await repository.digestAt("2.0"), other.kept?.outputs["digest"]);
    await other.destroy();
    assert.equal(await isStanding("2.0"), false);
  });

  it("is no image that something can be made of", async () => {
    const { program, digest } = await existing();
    await breakOff("base", digest);
    const images = [`${proxy.address}/${repository.name}:base`];
    await assert.rejects(multiArchImage("user").preview({ ...program, tags: ["3.0"], images }), {
      code: "ERR_NOT_FOUND",
    });
  });

  it("is left by a destroy that failed twice on its way, and the next one removes it", async () => {
    const { index } = await existing();
    let puts = 0;
    proxy.fail((method, path) => {
      if (method === "DELETE" && !path.includes("/sha256:")) return { status: 405 };
      if (method === "PUT") puts += 1;
      const isProbe = method === "DELETE" && puts === 0;
      if (isProbe) return { status: 404, errors: [{ code: "MANIFEST_UNKNOWN", message: "unknown" }] };
      return method === "DELETE" || (method === "PUT" && puts > 1) ? { status: 403 } : undefined;
    });
    await assert.rejects(index.destroy(), { message: /now names an empty index.*Run the same command again/ });
    proxy.work();
    await index.destroy();
    assert.deepEqual(await repository.tags(), []);
  });
});
