import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { getImage } from "../../../provider/functions/getImage";
import { listTags } from "../../../provider/functions/listTags";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { forEachRegistry } from "../../support/registries";
import { type SeededIndex, seedIndex } from "../command/seed";

forEachRegistry("getImage and listTags", (registry) => {
  const repository = `functions/server-${process.pid}`;
  const anonymous = { credentials: { anonymous: true } } as const;
  let seeded: SeededIndex;
  let proxy: CountingProxy;
  let name: string;

  before(async () => {
    seeded = await seedIndex(registry(), repository);
    proxy = await countingProxy(registry().address);
    name = `${proxy.address}/${repository}`;
  });
  beforeEach(() => proxy.reset());
  after(() => proxy?.stop());

  it("tells what an index consists of with one request and one more for each platform", async () => {
    const { descriptor, platforms } = await getImage({ reference: name, registry: anonymous });
    deepStrictEqual(descriptor, seeded.index);
    deepStrictEqual(platforms["windows(10.0.20348.1)/amd64"]?.descriptor, seeded.windows);
    strictEqual(proxy.requests.length, 3);
  });

  it("tells an image's compressed size", async () => {
    const { size, config, layers } = await getImage({ reference: `${name}:amd64`, registry: anonymous });
    strictEqual(size, (config?.size ?? 0) + (layers?.[0]?.size ?? 0));
  });

  it("returns plain data that survives JSON", async () => {
    const information = await getImage({ reference: name, registry: anonymous });
    ok(JSON.stringify(information).includes(seeded.attestation.digest));
    deepStrictEqual(JSON.parse(JSON.stringify(information.platforms)), information.platforms);
  });

  it("fails with ERR_NOT_FOUND for a tag that is not there", async () => {
    await rejects(getImage({ reference: `${name}:nothing`, registry: anonymous }), { code: "ERR_NOT_FOUND" });
  });

  it("lists tags with one request", async () => {
    const tags = await listTags({ repository: name, registry: anonymous });
    deepStrictEqual([...tags].sort(), ["amd64", "attestation", "latest", "windows"]);
    strictEqual(proxy.requests.length, 1);
  });

  it("fails with ERR_NOT_FOUND for a repository that is not there", async () => {
    await rejects(listTags({ repository: `${name}/nothing`, registry: anonymous }), { code: "ERR_NOT_FOUND" });
  });

  it("security row 13: asks nobody when the connection is one to another registry than the reference's", async () => {
    await rejects(getImage({ reference: name, registry: { ...anonymous, address: "other.example" } }), {
      code: "ERR_INPUT_INVALID",
      details: { path: "registry.address" },
    });
    strictEqual(proxy.requests.length, 0);
  });
});
