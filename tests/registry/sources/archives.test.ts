import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePlatform } from "../../../provider/oci/platform";
import { type Layout, makeLayout } from "../../support/layouts";
import { forEachRegistry } from "../../support/registries";
import { dockerMembers } from "../../unit/sources/dockerArchives";
import { tarOf } from "../../unit/sources/tars";
import { uniqueName } from "../distribution/content";
import { platformImage } from "../resources/engine";
import { digestAt } from "../resources/seed";
import { engineName, places } from "./places";
import { newPodman } from "./podman";
import { runCrane, seenBySkopeo, skopeo } from "./readers";

const otherName = "docker.io/team/client:1";
const writers = ["skopeo's docker archive", "podman's docker archive", "buildah's docker archive"];

describe("an image from an archive", () => {
  let folder = "";
  let layout: Layout;
  /** Paths by writer: of linux/arm64, and one of linux/amd64. */
  const archives = new Map<string, string>();
  const archiveOf = (writer: string) => archives.get(writer) ?? assert.fail(writer);

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "archives-"));
    layout = makeLayout();
    const images = ["linux/amd64", "linux/arm64"].map((platform) =>
      layout.image({
        platform: parsePlatform(platform),
        layers: ["base", platform],
        annotations: { "org.opencontainers.image.ref.name": platform.replace("linux/", "") },
      }),
    );
    layout.publish(...images);
    const podman = newPodman();
    skopeo("copy", `oci:${layout.directory}:arm64`, `containers-storage:${podman.storage}${engineName}`);
    const write = async (writer: string, reference: string) => {
      const own = mkdtempSync(join(folder, "archive-"));
      const file = (path: string) => join(own, path);
      const platform = parsePlatform(`linux/${reference}`);
      const at = { platform, layout: layout.directory, reference, podman, file, address: "" };
      return String((await places[writer]?.(at))?.source["archive"]);
    };
    for (const writer of writers) archives.set(writer, await write(writer, "arm64"));
    archives.set("linux/amd64", await write("skopeo's docker archive", "amd64"));
    skopeo("copy", `oci:${layout.directory}:amd64`, `containers-storage:${podman.storage}${otherName}`);
    const both = join(folder, "both.tar");
    podman.podman("save", "--quiet", "--multi-image-archive", "-o", both, engineName, otherName);
    archives.set("both", both);
    await podman.stop();
  });
  after(() => {
    rmSync(folder, { recursive: true });
    layout.remove();
  });

  forEachRegistry("pushed", (registry) => {
    const push = async (platform: string, archive: string, reference?: string) => {
      const repository = uniqueName();
      const { address } = registry();
      const source = { archive, ...(reference !== undefined && { reference }) };
      const inputs = { registry: { address }, repository, tag: "1", platform, source };
      const resource = platformImage();
      return (await resource.up(inputs))["digest"];
    };

    it("has one digest whichever tool wrote the docker archive", async () => {
      const digests = await Promise.all(writers.map((writer) => push("linux/arm64", archiveOf(writer))));
      assert.equal(new Set(digests).size, 1);
    });

    it("is picked out of an archive of several by its name, as people or podman write it, or by the platform", async () => {
      const [both, arm64] = [archiveOf("both"), await push("linux/arm64", archiveOf("podman's docker archive"))];
      const amd64 = await push("linux/amd64", archiveOf("linux/amd64"));
      assert.equal(await push("linux/arm64", both, "team/server:1"), arm64);
      assert.equal(await push("linux/amd64", both, otherName), amd64);
      assert.equal(await push("linux/amd64", both), amd64);
    });

    it("is refused where an archive of several has none of that name, with those that there are", async () => {
      const names =
        /source\.reference: .*has nothing that is called "nothing".*"docker\.io\/team\/server:1".*client:1"/s;
      await assert.rejects(push("linux/arm64", archiveOf("both"), "nothing"), names);
    });

    it("has the digest that crane gives it where its layers are compressed, as crane writes them", async () => {
      const [from, to] = [uniqueName(), uniqueName()].map((repository) => `${registry().address}/${repository}:1`);
      const archive = join(folder, "crane.tar");
      skopeo(
        "copy",
        "--dest-tls-verify=false",
        "--format",
        "v2s2",
        `oci:${layout.directory}:arm64`,
        `docker://${from}`,
      );
      runCrane("pull", "--insecure", String(from), archive);
      runCrane("push", "--insecure", archive, String(to));
      const digest = await push("linux/arm64", archive);
      assert.equal(digest, seenBySkopeo(`docker://${to}`).digest);
    });

    it("security row 9: with a layer of other bytes gets neither manifest nor tag", async () => {
      const layer = Buffer.from("other bytes");
      const members = dockerMembers({}).map((member) =>
        member.name.endsWith("layer.tar") ? { ...member, content: layer } : member,
      );
      const archive = join(folder, "altered.tar");
      writeFileSync(archive, tarOf(...members));
      const repository = uniqueName();
      const { address } = registry();
      const resource = platformImage();
      const inputs = { registry: { address }, repository, tag: "1", platform: "linux/amd64", source: { archive } };
      const { digest } = (await resource.preview(inputs)).inputs;
      await assert.rejects(resource.up(inputs), /altered\.tar: member "0-0\/layer\.tar": expected digest/);
      const found = [await digestAt(address, repository, "1"), await digestAt(address, repository, String(digest))];
      assert.deepEqual(found, [undefined, undefined]);
    });

    it("for another platform is refused before anything is pushed", async () => {
      const archive = archiveOf("linux/amd64");
      await assert.rejects(push("linux/arm64", archive), /platform: .*linux\/arm64.*linux\/amd64/);
    });
  });
});
