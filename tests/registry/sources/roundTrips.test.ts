import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePlatform } from "../../../provider/oci/platform";
import { startProcess } from "../../support/context";
import { type Layout, makeLayout } from "../../support/layouts";
import { forEachRegistry } from "../../support/registries";
import { uniqueName } from "../distribution/content";
import { platformImage } from "../resources/engine";
import { engineName, type Place, places, withoutWindows } from "./places";
import { newPodman, type Podman } from "./podman";
import { seenByCrane, seenBySkopeo, skopeo } from "./readers";

const platforms = ["linux/amd64", "linux/arm64", "windows(10.0.20348.1)/amd64"] as const;

const platformsOf = (place: string) =>
  platforms.filter((platform) => place !== withoutWindows || !platform.startsWith("windows"));

describe("an image of each platform from every place", function () {
  // Each test starts half a dozen commands, and the first one of a place makes it.
  this.timeout(60_000);
  let folder: string;
  let layout: Layout;
  const engines = new Map<string, { readonly podman: Podman; readonly socket: string }>();
  const made = new Map<string, Place>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "round-trips-"));
    layout = makeLayout();
    const named = (name: string) => ({ "org.opencontainers.image.ref.name": name });
    const images = platforms.map((platform, index) =>
      layout.image({ platform: parsePlatform(platform), layers: ["base", platform], annotations: named(`v${index}`) }),
    );
    const listed = images.map(({ annotations: _, ...image }) => image);
    layout.publish(...images, layout.index(listed, named("all")));
    for (const [index, platform] of platforms.entries()) {
      const podman = newPodman();
      skopeo("copy", `oci:${layout.directory}:v${index}`, `containers-storage:${podman.storage}${engineName}`);
      engines.set(platform, { podman, socket: await podman.serve() });
    }
  });
  after(async () => {
    for (const { podman } of engines.values()) await podman.stop();
    rmSync(folder, { recursive: true });
    layout.remove();
  });

  /** The image in its place; made once, but for what is on a registry. */
  async function placed(name: string, platform: (typeof platforms)[number], address: string): Promise<Place> {
    const key = [name, platform, ...(name.includes("registry") ? [address] : [])].join(" ");
    const make = places[name] ?? assert.fail(name);
    const { podman } = engines.get(platform) ?? assert.fail(platform);
    const own = join(folder, String(made.size));
    const place =
      made.get(key) ??
      (await make({
        platform: parsePlatform(platform),
        layout: layout.directory,
        reference: `v${platforms.indexOf(platform)}`,
        podman,
        address,
        file(path) {
          mkdirSync(own, { recursive: true });
          return join(own, path);
        },
      }));
    made.set(key, place);
    return place;
  }

  forEachRegistry("pushed", (registry) => {
    for (const name of Object.keys(places))
      for (const platform of platformsOf(name))
        it(`from ${name} for ${platform} is read back by skopeo and crane as it was there`, async () => {
          const { address } = registry();
          const { source, image, hasManifest } = await placed(name, platform, address);
          const environment = { DOCKER_HOST: `unix://${engines.get(platform)?.socket}` };
          const start = () => startProcess({ environment });
          const repository = uniqueName();
          const inputs = { registry: { address }, repository, tag: "1", platform, source, verify: "config" };
          const resource = platformImage();
          const planned = (await resource.preview(inputs, start())).inputs["digest"];
          const outputs = await resource.up(inputs, start());
          const found = seenBySkopeo(`docker://${address}/${repository}:1`);
          const before = image === undefined ? undefined : seenBySkopeo(image);
          assert.deepEqual([found.digest, found.config], [planned, outputs["configDigest"]]);
          assert.deepEqual(seenByCrane(`${address}/${repository}:1`), found);
          if (before) assert.deepEqual([found.config, found.diffIds], [before.config, before.diffIds]);
          if (hasManifest) assert.equal(found.digest, before?.digest);
          assert.equal((await resource.preview(inputs, start())).changes, false);
        });
  });
});
