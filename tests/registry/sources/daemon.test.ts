import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePlatform } from "../../../provider/oci/platform";
import { startProcess } from "../../support/context";
import { makeLayout } from "../../support/layouts";
import { forEachRegistry } from "../../support/registries";
import { uniqueName } from "../distribution/content";
import { platformImage } from "../resources/engine";
import { newPodman, type Podman } from "./podman";
import { skopeo } from "./readers";

const saved = "docker.io/team/server:1";

describe("an image of a Podman engine", () => {
  let folder = "";
  let podman: Podman;
  let environment: Readonly<Record<string, string>> = {};

  /** Brings a new image into the engine. */
  const build = (platform: string, name: string, layers: readonly string[]) => {
    const layout = makeLayout();
    const annotations = { "org.opencontainers.image.ref.name": "v1" };
    layout.publish(layout.image({ platform: parsePlatform(platform), layers, annotations }));
    skopeo("copy", `oci:${layout.directory}:v1`, `containers-storage:${podman.storage}${name}`);
    layout.remove();
  };

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "daemon-"));
    podman = newPodman();
    build("linux/arm64", saved, ["base", "arm64"]);
    environment = { DOCKER_HOST: `unix://${await podman.serve()}` };
  });
  after(async () => {
    await podman.stop();
    rmSync(folder, { recursive: true });
  });

  forEachRegistry("pushed", (registry) => {
    const program = (platform: string, daemon: string) => {
      const repository = uniqueName();
      const { address } = registry();
      const inputs = { registry: { address }, repository, tag: "1", platform, source: { daemon } };
      return { inputs };
    };
    const start = () => startProcess({ environment });

    it("has the digest that its archive has", async () => {
      const archive = join(folder, "same.tar");
      rmSync(archive, { force: true });
      podman.podman("save", "--quiet", "-o", archive, saved);
      const { inputs } = program("linux/arm64", saved);
      const ofEngine = await platformImage().up(inputs, start());
      const ofArchive = await platformImage().up({ ...inputs, source: { archive } }, start());
      assert.equal(ofEngine["digest"], ofArchive["digest"]);
    });

    it("shows a new digest in the preview once it has been built anew under its name", async () => {
      const name = `docker.io/${uniqueName()}:1`;
      build("linux/amd64", name, ["first"]);
      const { inputs } = program("linux/amd64", name);
      const resource = platformImage();
      await resource.up(inputs, start());
      build("linux/amd64", name, ["second"]);
      assert.equal((await resource.preview(inputs, start())).changes, true);
    });

    it("fails in the preview when the engine does not have it", async () => {
      const { inputs } = program("linux/amd64", "docker.io/team/nothing:1");
      const message = /source\.daemon: the engine at unix:.* has no image "docker\.io\/team\/nothing:1" to give/;
      await assert.rejects(platformImage().preview(inputs, start()), message);
    });
  });
});
