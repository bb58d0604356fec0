import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { messageOf } from "../../../provider/errors";
import { parsePlatform } from "../../../provider/oci/platform";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { writeBase } from "../../support/bases";
import { startProcess } from "../../support/context";
import { type CountingProxy, countingProxy } from "../../support/countingProxy";
import { type Layout, makeLayout } from "../../support/layouts";
import { type LocalRegistry, startRegistry } from "../../support/registries";
import { asNobody } from "../../unit/sources/asNobody";
import { dockerMembers } from "../../unit/sources/dockerArchives";
import { type Member, paxRecord, tarOf } from "../../unit/sources/tars";
import { uniqueName } from "../distribution/content";
import { platformImage } from "../resources/engine";

const hundredGigabytes = 100 * 1000 ** 3;
const sparse: readonly Member[] = [
  {
    name: "PaxHeaders/sparse",
    type: "ExtendedHeader",
    content: paxRecord("GNU.sparse.realsize", String(hundredGigabytes)),
  },
  { name: "sparse" },
];
const docker = (...further: readonly Member[]) => tarOf(...dockerMembers({}), ...further);
const bomb = gzipSync(Buffer.alloc(80 * 2 ** 20));

/** Archives that are not what they should be, and what is said of each behind its path. */
const archives: Readonly<Record<string, readonly [content: Uint8Array, said: RegExp]>> = {
  "a tar that is cut in a member": [docker().subarray(0, 3000), /cut short/],
  "a tar without its end": [docker().subarray(0, -1024), /without a tar's end mark: it was cut short/],
  "gzip that is cut": [gzipSync(docker()).subarray(0, -20), /is damaged or cut short/],
  "a name with ../ in it": [docker({ name: "a/../../evil" }), /member "a\/\.\.\/\.\.\/evil" .*leads out/],
  "an absolute name": [docker({ name: "/etc/passwd" }), /member "\/etc\/passwd" is absolute/],
  "a block device": [docker({ name: "a", type: "BlockDevice" }), /"a" is a block device/],
  "a character device": [docker({ name: "a", type: "CharacterDevice" }), /"a" is a character device/],
  "a bomb of gzip": [bomb, /unpacks to more than 1000 times its own size/],
  "a file of 100 GB that is sparse": [docker(...sparse), /"sparse" is a sparse file/],
  "a file of 100 GB, sparse in GNU's old way": [docker({ name: "a", type: "SparseFile" }), /"a" is a sparse file/],
  "a file of 100 GB that is not there": [
    docker({ name: "a", size: hundredGigabytes }),
    /declares 100000000000 bytes, but only \d+ are left/,
  ],
  "no image": [tarOf({ name: "README" }), /holds no image: neither an oci-layout nor a manifest\.json/],
  "an image for another platform": [docker(), /linux\/arm64 is declared, but .*linux\/amd64/],
};

describe("bad input for a PlatformImage", () => {
  let registry: LocalRegistry;
  let proxy: CountingProxy;
  let folder: string;
  let layout: Layout;
  before(async function () {
    this.timeout(20_000);
    registry = await startRegistry({ version: 3 });
    proxy = await countingProxy(registry.address);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bad-input-"));
    chmodSync(folder, 0o755);
    layout = makeLayout();
    proxy.reset();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    layout.remove();
  });
  after(async () => {
    await proxy.stop();
    await registry.stop();
  });

  const path = (name: string) => join(folder, name);
  /** What a whole `pulumi up` says, which must fail. */
  async function failureOf(source: PropertyBag, environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const inputs = { registry: { address: proxy.address }, repository: uniqueName(), tag: "1" };
    const process = startProcess({ directory: folder, environment });
    const up = platformImage().up({ ...inputs, platform: "linux/arm64", source }, process);
    return up.then(() => assert.fail("it was pushed"), messageOf);
  }
  const writes = () => proxy.requests.filter(({ method }) => method !== "GET" && method !== "HEAD");

  for (const [title, [content, said]] of Object.entries(archives))
    it(`as an archive with ${title} is one error, and nothing is written`, async () => {
      writeFileSync(path("a.tar"), content);
      const message = await failureOf({ archive: "a.tar" });
      assert.ok(message.includes(path("a.tar")) || message.startsWith("platform: "), message);
      assert.match(message, said);
      assert.deepEqual(writes(), []);
    });

  const others: Readonly<Record<string, readonly [run: () => Promise<string>, said: RegExp]>> = {
    "a layout whose manifest does not hash": [
      () => {
        const image = layout.image({ platform: parsePlatform("linux/arm64") });
        layout.publish(image);
        layout.damage(image.digest, "altered");
        return failureOf({ ociLayout: layout.directory });
      },
      /manifest sha256:[a-f0-9]+ of .*expected digest/,
    ],
    "a layout with an image for another platform": [
      () => {
        layout.publish(layout.image({ platform: parsePlatform("linux/amd64") }));
        return failureOf({ ociLayout: layout.directory });
      },
      /^platform: linux\/arm64 is declared, but .*linux\/amd64/,
    ],
    "a layout with a blob cut short": [
      () => {
        const image = layout.image({ platform: parsePlatform("linux/arm64") });
        layout.publish(image);
        layout.damage(layerOf(layout, image.digest), "truncated");
        return failureOf({ ociLayout: layout.directory });
      },
      /blobs\/sha256\/[a-f0-9]+ has \d+ bytes, but its descriptor says \d+/,
    ],
    "a base whose layer is a bomb of gzip": [
      () => {
        const stored = [{ bytes: bomb, mediaType: "application/vnd.oci.image.layer.v1.tar+gzip" }];
        layout.publish(writeBase(layout, { tars: [Buffer.alloc(80 * 2 ** 20)], stored }));
        writeFileSync(path("file"), "content");
        return failureOf({ files: { "/file": "file" }, base: { ociLayout: layout.directory } });
      },
      /^source\.base: layer sha256:[a-f0-9]+ of the base image unpacks to more than 1000 times/,
    ],
    "a socket that is not there": [
      () => failureOf({ daemon: "server" }, { DOCKER_HOST: `unix://${path("engine.sock")}` }),
      /^source\.daemon: the engine at unix:.*engine\.sock \(DOCKER_HOST\) cannot be reached: there is no such socket/,
    ],
    "a socket that this user may not use": [
      async () => {
        const server = await listening(path("engine.sock"));
        chmodSync(path("engine.sock"), 0o600);
        const failure = asNobody(() =>
          failureOf({ daemon: "server" }, { DOCKER_HOST: `unix://${path("engine.sock")}` }),
        );
        return failure.finally(() => server.close());
      },
      /^source\.daemon: .*cannot be reached: this user may not use the socket/,
    ],
    "an archive that this user may not read": [
      () => {
        writeFileSync(path("a.tar"), docker(), { mode: 0o600 });
        return asNobody(() => failureOf({ archive: "a.tar" }));
      },
      /a\.tar cannot be opened: this user may not read it/,
    ],
    "a file that this user may not read": [
      () => {
        mkdirSync(path("out"));
        writeFileSync(path("out/server"), "content", { mode: 0o600 });
        return asNobody(() => failureOf({ files: { "/srv": "out" } }));
      },
      /out\/server cannot be opened: this user may not read it/,
    ],
  };
  for (const [title, [run, said]] of Object.entries(others))
    it(`as ${title} is one error, and nothing is written`, async () => {
      assert.match(await run(), said);
      assert.deepEqual(writes(), []);
    });

  // To know it before, all layers would have to be read twice. A large one is hashed by the registry alone.
  for (const [size, text] of [
    ["small", "base"],
    ["large", randomBytes(200_000).toString("hex")],
  ] as const)
    it(`as a layout whose ${size} layer does not hash is one error, and neither the layer nor a manifest is committed`, async () => {
      const image = layout.image({ platform: parsePlatform("linux/arm64"), layers: [text, "top"] });
      layout.publish(image);
      const layer = layerOf(layout, image.digest);
      layout.damage(layer, "altered");
      assert.match(await failureOf({ ociLayout: layout.directory }), /blobs\/sha256\/[a-f0-9]+: expected digest/);
      const committed = proxy.requests.filter(({ method, status }) => method === "PUT" && status === 201);
      assert.deepEqual(
        committed.filter(({ path: url }) => url.includes("/manifests/") || url.includes(encodeURIComponent(layer))),
        [],
      );
    });
});

function layerOf(layout: Layout, manifest: string): string {
  const { layers } = JSON.parse(readFileSync(layout.path(manifest), "utf8"));
  return layers[0].digest;
}

async function listening(socket: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return server;
}
