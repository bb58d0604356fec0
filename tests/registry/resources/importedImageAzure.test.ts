import assert from "node:assert/strict";
import type { LookupFunction } from "node:net";
import { hasCode, messageOf } from "../../../provider/errors";
import { importedImageLifecycle } from "../../../provider/resources/importedImage/lifecycle";
import { PartialFailure } from "../../../provider/resources/lifecycle";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { type AzureStandIn, azureClock, secretCanary, startAzure } from "../../azure/world";
import { startProcess, type TestProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { importedImage } from "./engine";
import { type ImportPlace, newImportPlace } from "./importPlace";
import { seedIndex } from "./seed";

describe("an imported image of a registry of Azure", function () {
  this.timeout(60_000);
  let registries: readonly LocalRegistry[];
  let [source, target]: CountingProxy[] = [];
  let azure: AzureStandIn;
  let place: ImportPlace;

  before(async () => {
    registries = await Promise.all([startRegistry({ version: 3 }), startRegistry({ version: 3 })]);
    [source, target] = await Promise.all(registries.map(({ address }) => countingProxy(address)));
  });
  after(() => Promise.all([...registries, ...proxies()].map((one) => one.stop())));
  beforeEach(async () => {
    const [from, to] = proxies();
    azure = await startAzure({
      registries: ["source", "target"].map((name, index) => ({
        name,
        loginServer: [from.address, to.address][index] ?? "",
        url: registries[index]?.url ?? "",
      })),
    });
    place = newImportPlace(to, from);
  });
  afterEach(() => azure.stop());

  const proxies = (): readonly [CountingProxy, CountingProxy] => {
    if (source === undefined || target === undefined)
      throw new Error("The proxies are there inside hooks and tests only.");
    return [source, target];
  };
  const newProcess = () => startProcess({ environment: azure.environment, clock: azureClock() });
  const program = (more: PropertyBag = {}) => {
    const [from, to] = proxies();
    const own = { ...place.program() };
    return {
      ...own,
      registry: { address: to.address, resourceId: azure.arm.registryId("target") },
      source: {
        ...Object(own["source"]),
        registry: { address: from.address, resourceId: azure.arm.registryId("source") },
      },
      ...more,
    };
  };
  const imports = () => azure.arm.imports();
  const up = (process: TestProcess = newProcess(), more: PropertyBag = {}) =>
    importedImage().up(program(more), process);

  it("is brought by Azure itself, by digest: no blob passes through this machine", async () => {
    const { index, all } = await place.seed();
    for (const proxy of proxies()) proxy.reset();
    const { digest } = await up();
    assert.equal(digest, index.digest);
    await place.assertThere(all);
    assert.equal(imports()[0]?.source?.sourceImage, `${place.theirs.name}@${index.digest}`);
    const requests = proxies().flatMap((proxy) => [...proxy.requests]);
    assert.deepEqual(
      requests.filter(({ path }) => path.includes("/blobs/")).map(({ method, path }) => `${method} ${path}`),
      [],
    );
  });

  it("gets its tags from Azure once all of it is there, and then nothing is written by us", async () => {
    const { index } = await place.seed();
    for (const proxy of proxies()) proxy.reset();
    await up(newProcess(), { tags: ["1.0", "latest"] });
    assert.deepEqual(
      imports().map(({ targetTags, untaggedTargetRepositories, mode }) => ({
        targetTags,
        untaggedTargetRepositories,
        mode,
      })),
      [
        { targetTags: [], untaggedTargetRepositories: [place.ours.name], mode: "NoForce" },
        {
          targetTags: [`${place.ours.name}:1.0`, `${place.ours.name}:latest`],
          untaggedTargetRepositories: undefined,
          mode: "NoForce",
        },
      ],
    );
    assert.equal(await place.ours.digestAt("latest"), index.digest);
    const methods = proxies().flatMap((proxy) => proxy.requests.map(({ method }) => method));
    assert.deepEqual(
      methods.filter((method) => method !== "HEAD" && method !== "GET"),
      [],
    );
  });

  it("has no tag where none was asked for, and nothing is written by us", async () => {
    const { index, all } = await place.seed();
    for (const proxy of proxies()) proxy.reset();
    await up(newProcess(), { tags: [] });
    assert.equal(imports().length, 1);
    assert.deepEqual(
      proxies()[1].requests.filter(({ method }) => method === "PUT"),
      [],
    );
    await place.assertThere([...all, index.digest]);
  });

  it("asks Azure for nothing in preview, and for nothing when nothing changed", async () => {
    await place.seed();
    const copy = importedImage();
    await copy.preview(program(), newProcess());
    assert.equal(azure.arm.requests.length, 0);
    await copy.up(program(), newProcess());
    const { length } = azure.arm.requests;
    await copy.up(program(), newProcess());
    assert.equal(azure.arm.requests.length, length);
  });

  it("brings only the platforms that were asked for, and no blob of them here", async () => {
    const { images } = await place.seed();
    const { platforms } = await up(newProcess(), { selectedPlatforms: ["linux/arm64"], attestations: "drop" });
    assert.deepEqual(platforms, { "linux/arm64": images[1] });
    assert.deepEqual(
      imports().map(({ source }) => source?.sourceImage),
      [`${place.theirs.name}@${images[1]}`],
    );
  });

  describe("that lists many manifests", () => {
    const seedMany = async (count: number) => {
      const platforms = Array.from({ length: count }, (_, number) => `linux/arch${number}`);
      const images = await Promise.all(platforms.map((platform) => place.theirs.image(platform)));
      return seedIndex(proxies()[0].address, place.theirs.name, images, "built");
    };

    it("is refused in preview when they are more than 50: Azure takes no more", async () => {
      await seedMany(51);
      await assert.rejects(
        importedImage().preview(program(), newProcess()),
        (error) =>
          hasCode(error, "ERR_INPUT_INVALID") &&
          error.details.path === "source.image" &&
          /lists 51 manifests, and Azure imports an image of 50 at most\. Name the platforms/.test(error.message),
      );
    });

    it("is brought whole when they are 50", async () => {
      const { digest } = await seedMany(50);
      assert.equal((await up())["digest"], digest);
    });

    it("is brought as far as platforms are named, however many it lists", async () => {
      await seedMany(51);
      const { platforms } = await up(newProcess(), { selectedPlatforms: ["linux/arch7"] });
      assert.deepEqual(Object.keys(Object(platforms)), ["linux/arch7"]);
    });

    it("is copied through this machine without the target's resource id, however many it lists", async () => {
      const { digest } = await seedMany(51);
      const { address } = proxies()[1];
      assert.equal((await up(newProcess(), { registry: { address } }))["digest"], digest);
    });
  });

  it("gives Azure the credentials of another registry, and keeps them nowhere", async () => {
    await place.seed();
    const { password } = { password: "canary-of-the-source" };
    const process = startProcess({
      environment: { ...azure.environment, SOURCE_PASSWORD: password },
      clock: azureClock(),
      lookup: toThisMachine,
    });
    const address = proxies()[0].address.replace("localhost", "source.example");
    const registry = { address, plainHttp: true, credentials: { username: "robot", passwordEnv: "SOURCE_PASSWORD" } };
    const copy = importedImage();
    await copy.up(program({ source: { image: `${address}/${place.theirs.name}:built`, registry } }), process);
    const [request] = imports();
    assert.deepEqual(
      [request?.source?.registryUri, request?.source?.credentials],
      [address, { username: "robot", password }],
    );
    assert.doesNotMatch(JSON.stringify(copy.kept), /canary/);
  });

  it("goes on after an import that was begun: what is there is not imported again", async () => {
    const { all } = await place.seed();
    await up();
    await up(newProcess(), { tags: ["2.0"] });
    await place.assertThere(all);
    assert.match(String(await place.ours.digestAt("2.0")), /^sha256:/);
  });

  it("tells what Azure said when it refuses, and what can be done", async () => {
    await place.seed();
    azure.arm.refuseNext("/importImage", 403, "AuthorizationFailed");
    const error = await up().catch((thrown: unknown) => thrown);
    assert.ok(hasCode(error, "ERR_REGISTRY"));
    assert.match(
      messageOf(error),
      /AuthorizationFailed.*Container Registry Data Importer.*Azure has to reach and read/,
    );
    assert.doesNotMatch(messageOf(error), new RegExp(secretCanary));
  });

  it("is what preview showed, also when the source's tag moves before Azure imports it", async () => {
    const planned = await place.seed();
    const process = newProcess();
    const copy = importedImage();
    const { inputs } = await copy.preview(program(), process);
    const moved = await place.seed();
    const { state } = await importedImageLifecycle.create(process.context, inputs);
    assert.equal(state["digest"], planned.index.digest);
    assert.equal(await place.ours.digestAt("1.0"), planned.index.digest);
    const next = await copy.preview(program({ onConflict: "overwrite" }), newProcess());
    assert.equal(next.inputs["digest"], moved.index.digest);
  });

  it("fails when Azure says that it is done and something is missing, and no tag is written", async () => {
    const { images } = await place.seed();
    azure.arm.loseNext(String(images[1]));
    await assert.rejects(
      up(),
      (error) => error instanceof PartialFailure && /Azure says that its import succeeded/.test(error.message),
    );
    assert.deepEqual(await place.ours.tags(), []);
  });

  it("is copied through this machine where the target's resource id is not given", async () => {
    const { index } = await place.seed();
    const { digest } = await up(newProcess(), { registry: { address: proxies()[1].address } });
    assert.equal(digest, index.digest);
    assert.equal(azure.arm.requests.length, 0);
  });
});

/** A name server that knows one machine. */
const toThisMachine: LookupFunction = (_hostname, { all }, callback) => {
  if (all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};
