import assert from "node:assert/strict";
import { hasCode } from "../../provider/errors";
import type { PropertyBag } from "../../provider/resources/properties/bag";
import { uniqueName } from "../registry/distribution/content";
import { multiArchImage, type Resource } from "../registry/resources/engine";
import { type SeededImage, seedImage } from "../registry/resources/seed";
import { type StillClock, startProcess, stillClock } from "../support/context";
import { type Acr, startAcr } from "./acr";
import { fullAccess } from "./acrTokens";
import { startArm } from "./arm";
import { acrClient, clientId, clientSecret, secretEnvironment } from "./clients";
import { type Entra, startEntra } from "./entra";

describe("what happens on an Azure registry", () => {
  let entra: Entra;
  let acr: Acr;
  let clock: StillClock;
  let images: readonly SeededImage[];
  let repository: string;
  let index: Resource;
  before(async () => {
    entra = await startEntra({ applications: { [clientId]: { secret: clientSecret } } });
  });
  after(() => entra.stop());
  beforeEach(async () => {
    clock = stillClock();
    acr = await startAcr({ entra, principals: { [clientId]: fullAccess }, now: () => clock.now() });
    repository = uniqueName();
    index = multiArchImage();
    const seed = (platform: string) => seedImage(acr.registry.address, "source", platform, { docker: true });
    images = await Promise.all(["linux/amd64", "linux/arm64"].map(seed));
  });
  afterEach(() => acr.stop());

  const environment = () => secretEnvironment(entra);
  const process = () => startProcess({ environment: environment(), clock });
  const program = (more: PropertyBag = {}): PropertyBag => ({
    registry: { address: acr.address, credentials: { azure: {} } },
    repository,
    tags: ["1.0"],
    images: images.map(({ digest }) => `${acr.registry.address}/source@${digest}`),
    ...more,
  });
  const up = (more?: PropertyBag) => index.up(program(more), process());
  const preview = () => index.preview(program(), process());
  const heldAt = async (tagOrDigest: string) => {
    const client = acrClient(acr, { credentials: { azure: {} }, environment: environment() });
    return (await client.repository(repository).headManifest(tagOrDigest))?.digest;
  };
  const childrenHeld = () => Promise.all(images.map(({ digest }) => heldAt(digest)));
  const digests = () => images.map(({ digest }) => digest);
  const throttle = (pattern: RegExp, seconds: number) => {
    acr.switches.throttle = { pattern, until: clock.now() + seconds * 1000 };
  };
  /** What a person does with the one-liner of Azure's FAQ: deletes every manifest without a tag. */
  async function purgeUntagged(): Promise<void> {
    const client = acrClient(acr, { credentials: { azure: {} }, environment: environment() }).repository(repository);
    const item = acr.repositories.get(repository);
    const tagged = new Set([...(item?.tags.values() ?? [])].map(({ digest }) => digest));
    for (const digest of item?.manifests.keys() ?? []) if (!tagged.has(digest)) await client.deleteManifest(digest);
  }
  /** What a preview warns of. @param policies - the registry's; `undefined` where they may not be read. */
  async function previewWarnings(policies: object | undefined, more: PropertyBag): Promise<readonly string[]> {
    const registry = { name: "contoso", loginServer: acr.address, url: acr.registry.url, properties: { policies } };
    const arm = await startArm({ entra, registries: [registry] });
    try {
      if (policies === undefined) arm.refuseNext("/contoso", 403, "AuthorizationFailed");
      const connection = { address: acr.address, credentials: { azure: {} }, resourceId: arm.registryId("contoso") };
      const now = startProcess({ environment: { ...environment(), ARM_RESOURCE_MANAGER_ENDPOINT: arm.url }, clock });
      await index.preview(program({ registry: connection, ...more }), now);
      return now.warnings;
    } finally {
      await arm.stop();
    }
  }

  /** By how many seconds the clock moves. */
  async function seconds(work: () => Promise<unknown>): Promise<number> {
    const start = clock.now();
    await work();
    return (clock.now() - start) / 1000;
  }

  it("writes are throttled (429, assumed: without a body that matters), and Retry-After counts down", async () => {
    throttle(/\/manifests\//, 20);
    const waited = await seconds(() => up());
    assert.equal(waited >= 20 && waited < 25, true, `${waited} s`);
    assert.notEqual(await heldAt("1.0"), undefined);
  });

  it("the exchange of tokens is throttled (429, assumed likewise)", async () => {
    throttle(/\/oauth2\/exchange/, 20);
    const waited = await seconds(() => up());
    assert.equal(waited >= 20 && waited < 25, true, `${waited} s`);
    assert.notEqual(await heldAt("1.0"), undefined);
  });

  it("a throttling asks for more than a minute", async () => {
    throttle(/\/manifests\//, 90);
    await assert.rejects(
      up(),
      /429 TOOMANYREQUESTS.*asks to wait 90 s, longer than this operation does: try again after/,
    );
  });

  it("a geo-replica does not know yet of a manifest that was just written", async () => {
    acr.switches.readsBehind = 2;
    const { digest } = await up();
    assert.equal(await heldAt("1.0"), digest);
  });

  it("a geo-replica does not know yet of what an index lists (MANIFEST_BLOB_UNKNOWN)", async () => {
    acr.switches.blobsBehind = 2;
    const waited = await seconds(() => up());
    assert.equal(waited > 0 && waited <= 3, true, `${waited} s`);
    assert.deepEqual(await childrenHeld(), digests());
  });

  it("a geo-replica stays behind", async () => {
    acr.switches.readsBehind = 1_000;
    await assert.rejects(up(), /was written as sha256:.*, but names nothing now/);
    acr.switches.readsBehind = 0;
    assert.equal((await up())["digest"], await heldAt("1.0"));
  });

  it("what was deleted is pushed again, and soft delete is on (assumed: 409)", async () => {
    acr.switches.softDelete = true;
    const { digest } = await up({ onDelete: "delete" });
    await index.destroy(process());
    await assert.rejects(up(), (error) => {
      assert.ok(error instanceof AggregateError, "one error for each image");
      assert.ok(error.errors.every((single) => hasCode(single, "ERR_REGISTRY")));
      return /soft deleted.*Restore it \(az acr manifest restore\)/.test(error.message);
    });
    assert.equal(await heldAt(String(digest)), undefined);
  });

  it("a retention policy deletes the untagged images of an index (assumed: listed ones, too)", async () => {
    await up();
    await acr.collectUntagged();
    const { drift } = (await preview()).inputs;
    assert.deepEqual(Object.values(Object(drift)), ["gone", "gone"]);
    await up();
    assert.deepEqual(await childrenHeld(), digests());
  });

  it("a retention policy meets images that childTag has tagged", async () => {
    await up({ childTag: "{tag}-{os}-{arch}" });
    await acr.collectUntagged();
    assert.deepEqual(await childrenHeld(), digests());
  });

  it("a retention policy is on, and the registry is given with its resource id", async () => {
    const warnings = await previewWarnings({ retentionPolicy: { days: 7, status: "enabled" } }, {});
    assert.deepEqual(
      warnings.map((warning) => warning.replace(/localhost:\d+/, "REGISTRY")),
      [
        "REGISTRY deletes manifests in Docker's format that have had no tag for 7 days, and 2 of this index's images have none. " +
          'Set childTag: "{tag}-{os}-{arch}{variant}", so that they do.',
      ],
    );
  });

  it("a retention policy is on, and childTag is set", async () => {
    const policies = { retentionPolicy: { days: 7, status: "enabled" } };
    assert.deepEqual(await previewWarnings(policies, { childTag: "{tag}-{os}-{arch}" }), []);
  });

  it('soft delete is on, and onDelete is "delete"', async () => {
    const policies = { softDeletePolicy: { retentionDays: 30, status: "enabled" } };
    const [warning = "", ...others] = await previewWarnings(policies, { onDelete: "delete" });
    assert.match(warning, /keeps deleted manifests for 30 days and refuses to take them again/);
    assert.deepEqual(others, []);
  });

  it("the policies may not be read", async () => {
    assert.deepEqual(await previewWarnings(undefined, { onDelete: "delete" }), []);
  });

  it("somebody purges every untagged manifest", async () => {
    await up();
    await purgeUntagged();
    const { drift } = (await preview()).inputs;
    assert.deepEqual(Object.values(Object(drift)), ["gone", "gone"]);
    await up();
    assert.deepEqual(await childrenHeld(), digests());
  });

  it("a blob is downloaded from another host (307)", async () => {
    const target = { address: acr.address, credentials: { azure: {} } };
    await seedImage(acr.registry.address, "team/private", "linux/amd64", { tag: "1.0" });
    const images = [`${acr.address}/team/private:1.0`];
    await index.up(program({ images, sourceRegistries: [target] }), process());
    assert.deepEqual(
      [...new Set(acr.storage.requests.map(({ isAuthorized, status }) => `${isAuthorized} ${status}`))],
      ["false 200"],
    );
  });

  it("a tag is removed: destroy, or it is no longer listed", async () => {
    const { digest } = await up();
    acr.reset();
    await index.destroy(process());
    const deletes = acr.lines().filter((line) => line.startsWith("DELETE"));
    assert.deepEqual(new Set(deletes), new Set([`DELETE /acr/v1/${encodeURIComponent(repository)}/_tags/1.0`]));
    assert.equal(await heldAt(String(digest)), digest);
  });

  it("a request is refused", async () => {
    await up();
    acr.switches.firewall = true;
    await assert.rejects(up({ tags: ["2.0"] }), /\(x-ms-correlation-request-id: [0-9a-f-]{36}\)/);
    acr.switches.firewall = false;
  });
});
