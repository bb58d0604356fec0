import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { parsePlatform } from "../../../provider/oci/platform";
import { stringList } from "../../../provider/resources/properties/readers";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { type Layout, makeLayout } from "../../support/layouts";
import { forEachRegistry, type LocalRegistry, startRegistry } from "../../support/registries";
import { newRepository, uniqueName } from "../distribution/content";
import { platformImage } from "../resources/engine";
import { digestAt } from "../resources/seed";
import { seenBySkopeo } from "./readers";

const named = (name: string) => ({ annotations: { "org.opencontainers.image.ref.name": name } });

forEachRegistry("an image of an OCI layout that holds several", (registry) => {
  let layout: Layout;
  let images: Readonly<Record<"arm64" | "s390x" | "other", Descriptor>>;
  beforeEach(() => {
    layout = makeLayout();
    images = {
      arm64: layout.image({ platform: parsePlatform("linux/arm64"), layers: ["base", "arm64"], ...named("v1") }),
      s390x: layout.image({ platform: parsePlatform("linux/s390x"), layers: ["base", "s390x"] }),
      other: layout.image({ platform: parsePlatform("linux/arm64"), layers: ["base", "other"], ...named("v2") }),
    };
  });
  afterEach(() => layout.remove());

  const program = (platform: string, reference?: string, repository = uniqueName()) => ({
    registry: { address: registry().address },
    repository,
    tag: "1",
    platform,
    source: { ociLayout: layout.directory, ...(reference !== undefined && { reference }) },
  });
  const push = async (platform: string, reference?: string) => {
    const inputs = program(platform, reference);
    await platformImage().up(inputs);
    return seenBySkopeo(`docker://${inputs.registry.address}/${inputs.repository}:1`).digest;
  };

  it("is picked by its tag, by its digest, or by the platform", async () => {
    layout.publish(...Object.values(images));
    assert.equal(await push("linux/arm64", "v2"), images.other.digest);
    assert.equal(await push("linux/arm64", images.arm64.digest), images.arm64.digest);
    assert.equal(await push("linux/s390x"), images.s390x.digest);
  });

  it("is refused when the platform alone leaves a choice, with what there is, and nothing is pushed", async () => {
    layout.publish(...Object.values(images));
    const inputs = program("linux/arm64");
    await assert.rejects(platformImage().up(inputs), /source\.reference.*"v1".*"v2"/s);
    assert.equal(await digestAt(inputs.registry.address, inputs.repository, "1"), undefined);
  });

  it("shares layers with another one, each of which is sent once a process", async () => {
    layout.publish(...Object.values(images));
    const proxy = await countingProxy(registry().address);
    const [repository, process] = [uniqueName(), startProcess()];
    const push = (platform: string, reference: string) =>
      platformImage().up(
        { ...program(platform, reference, repository), registry: { address: proxy.address }, tag: reference.slice(-5) },
        process,
      );
    await Promise.all([push("linux/arm64", images.arm64.digest), push("linux/s390x", images.s390x.digest)]);
    const sent = proxy.requests.filter(({ method, path }) => method === "PUT" && path.includes("/blobs/"));
    await proxy.stop();
    // Two configs, a layer of its own for each, and the one that they share.
    assert.equal(sent.length, 5);
  });

  // Neither skopeo nor crane of these versions reads them back.
  it("with sha512 digests of its layers and config is pushed as it is", async () => {
    const options = { platform: parsePlatform("linux/arm64"), manifestAlgorithm: "sha256" } as const;
    const image = layout.image({ ...options, algorithm: "sha512" });
    layout.publish(image);
    const inputs = program("linux/arm64");
    const { layers } = await platformImage().up(inputs);
    const repository = newRepository(inputs.registry.address, inputs.repository);
    assert.equal((await repository.headManifest("1"))?.digest, image.digest);
    const [digest = ""] = stringList({ layers }, "layers");
    assert.match(digest, /^sha512:/);
    const size = readFileSync(layout.path(digest)).length;
    assert.equal((await repository.getBlobBytes({ mediaType: "", digest, size })).length, size);
  });

  it("with a sha512 digest of its manifest is refused by registries that know sha256 alone, and no tag is left", async () => {
    const image = layout.image({ platform: parsePlatform("linux/arm64"), algorithm: "sha512" });
    layout.publish(image);
    const inputs = program("linux/arm64");
    const { inputs: planned } = await platformImage().preview(inputs);
    assert.equal(planned["digest"], image.digest);
    await assert.rejects(
      platformImage().up(inputs),
      /does not take sha512:[a-f0-9]{128}.*Write the image with sha256 digests/s,
    );
    assert.equal(await digestAt(inputs.registry.address, inputs.repository, "1"), undefined);
  });
});

for (const version of [2, 3] as const)
  describe(`an image with a foreign layer, on distribution ${version} that takes such`, () => {
    let registry: LocalRegistry;
    let proxy: CountingProxy;
    let layout: Layout;
    before(async function () {
      this.timeout(20_000);
      registry = await startRegistry({ version, foreignLayersFrom: "https://storage.example.test/" });
      proxy = await countingProxy(registry.address);
      layout = makeLayout();
    });
    after(async () => {
      layout.remove();
      await proxy.stop();
      await registry.stop();
    });

    it("security row 4: keeps the layer's descriptor; it is neither looked for nor fetched nor sent, nor when it is copied", async () => {
      const mediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
      const urls = ["https://storage.example.test/layer"];
      const foreign = { mediaType, digest: `sha256:${"f".repeat(64)}`, size: 1234, urls };
      const platform = "windows/amd64";
      const image = layout.image({ platform: parsePlatform(platform), docker: true, furtherLayers: [foreign] });
      layout.publish(image);
      const common = { registry: { address: proxy.address }, tag: "1", platform };
      const [first, second] = [uniqueName(), uniqueName()];
      const pushed = await platformImage().up({
        ...common,
        repository: first,
        source: { ociLayout: layout.directory },
      });
      const copy = { image: `${proxy.address}/${first}:1` };
      const copied = await platformImage().up({ ...common, repository: second, source: copy });
      assert.deepEqual([pushed["digest"], copied["digest"]], [image.digest, image.digest]);
      assert.deepEqual(
        proxy.requests.filter(({ path }) => path.includes("f".repeat(64))),
        [],
      );
    });
  });
