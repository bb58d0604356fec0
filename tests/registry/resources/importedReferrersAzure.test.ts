import assert from "node:assert/strict";
import type { Descriptor } from "../../../provider/oci/descriptor";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type AzureStandIn, azureClock, startAzure } from "../../azure/world";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { startReferrersRegistry } from "../../support/olareg";
import { type Registry, startRegistry } from "../../support/registries";
import { newRepository } from "../distribution/content";
import { importedImage } from "./engine";
import { type ImportPlace, newImportPlace } from "./importPlace";
import { seedCosign, seedReferrer } from "./seedReferrer";

interface Kind {
  readonly title: string;
  /** Whether it has the referrers API. */
  readonly hasApi: boolean;
  start(): Promise<Registry & { stop(): Promise<void> }>;
}

const distribution: Kind = { title: "fallback tags", hasApi: false, start: () => startRegistry({ version: 3 }) };
const olareg: Kind = { title: "the referrers API", hasApi: true, start: startReferrersRegistry };

for (const [from, to] of [
  [distribution, distribution],
  [olareg, distribution],
  [distribution, olareg],
] as const)
  describe(`referrers that Azure imports from a registry with ${from.title} into one with ${to.title}`, function () {
    this.timeout(60_000);
    let source: CountingProxy;
    let target: CountingProxy;
    let azure: AzureStandIn;
    let place: ImportPlace;
    let stop: readonly (() => Promise<void>)[] = [];

    before(async () => {
      const registries = await Promise.all([from.start(), to.start()]);
      const [sourceRegistry, targetRegistry] = registries;
      [source, target] = await Promise.all([
        countingProxy(sourceRegistry.address),
        countingProxy(targetRegistry.address),
      ]);
      azure = await startAzure({
        registries: [
          { name: "source", loginServer: source.address, url: sourceRegistry.url },
          { name: "target", loginServer: target.address, url: targetRegistry.url },
        ],
      });
      stop = [azure, source, target, ...registries].map((one) => () => one.stop());
    });
    after(async () => {
      for (const one of stop) await one();
    });
    beforeEach(() => {
      place = newImportPlace(target, source);
    });

    const program = (more: PropertyBag = {}): PropertyBag => ({
      ...place.program(),
      registry: { address: target.address, resourceId: azure.arm.registryId("target") },
      source: {
        ...place.sourceAt("built"),
        registry: { address: source.address, resourceId: azure.arm.registryId("source") },
      },
      copyReferrers: "direct",
      ...more,
    });
    const newProcess = () => startProcess({ environment: azure.environment, clock: azureClock() });
    const refer = (subject: Descriptor) =>
      seedReferrer(source.address, place.theirs.name, subject, { fallback: !from.hasApi });
    const cosign = (subject: Descriptor) => seedCosign(source.address, place.theirs.name, subject, "sig");
    const listed = async (subject: string) =>
      (await newRepository(target.address, place.ours.name).listReferrers(subject)).descriptors;
    const blobRequests = () =>
      [source, target].flatMap(({ requests }) => requests.filter(({ path }) => path.includes("/blobs/")));
    const imported = () => {
      const digests = azure.arm
        .imports()
        .map((request) => request.untaggedTargetRepositories && request.source?.sourceImage?.split("@"));
      return digests.flatMap(([name, digest] = []) => (name === place.theirs.name ? [digest] : []));
    };

    it("come by an import each, after what they are about, and are listed there: no blob passes through this machine", async () => {
      const { index } = await place.seed();
      const referrer = await refer(index);
      for (const proxy of [source, target]) proxy.reset();
      const { referrers } = await importedImage().up(program(), newProcess());
      assert.deepEqual(blobRequests(), []);
      assert.deepEqual(imported(), [index.digest, referrer.digest]);
      assert.deepEqual(referrers, { [referrer.digest]: index.digest });
      assert.deepEqual(await listed(index.digest), [referrer]);
    });

    it("of cosign have their tags, which are written by us", async () => {
      const { index } = await place.seed();
      const signature = await cosign(index);
      for (const proxy of [source, target]) proxy.reset();
      await importedImage().up(program(), newProcess());
      assert.deepEqual(blobRequests(), []);
      assert.deepEqual(imported(), [index.digest, signature.digest]);
      assert.equal(await place.ours.digestAt(`${index.digest.replace(":", "-")}.sig`), signature.digest);
    });

    it('come with "recursive" with what refers to them', async () => {
      const { index } = await place.seed();
      const first = await refer(index);
      const second = await refer(first);
      await importedImage().up(program({ copyReferrers: "recursive" }), newProcess());
      assert.deepEqual(await listed(first.digest), [second]);
    });

    it("that are new are imported alone by the next up, and then nothing is left to do", async () => {
      const { index } = await place.seed();
      const copy = importedImage();
      await copy.up(program(), newProcess());
      const referrer = await refer(index);
      const { length } = imported();
      await copy.up(program(), newProcess());
      assert.deepEqual(imported().slice(length), [referrer.digest]);
      await copy.up(program(), newProcess());
      assert.equal(imported().length, length + 1);
    });

    it("stay where they are by default", async () => {
      const { index } = await place.seed();
      await refer(index);
      await importedImage().up(program({ copyReferrers: "none" }), newProcess());
      assert.deepEqual(imported(), [index.digest]);
      assert.deepEqual(await listed(index.digest), []);
    });

    it("that are missing although Azure says that it is done are an error, and no tag is written", async () => {
      const { index } = await place.seed();
      const copy = importedImage();
      await copy.up(program(), newProcess());
      const referrer = await refer(index);
      azure.arm.loseNext(referrer.digest);
      await assert.rejects(
        copy.up(program({ tags: ["1.0", "2.0"] }), newProcess()),
        new RegExp(`Azure says that its import succeeded, but \\S+@${referrer.digest} is not there`),
      );
      assert.equal(await place.ours.digestAt("2.0"), undefined);
    });
  });
