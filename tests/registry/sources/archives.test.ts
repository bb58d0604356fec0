import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
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
import { newPodman, type Podman } from "./podman";
import { runCrane, seenByCrane, seenBySkopeo, skopeo } from "./readers";

const platforms = ["linux/amd64", "linux/arm64", "windows(10.0.20348.1)/amd64"] as const;

/** What writes an archive of a layout's image; both are given as skopeo names them. */
type Writer = (image: string, archive: string, podman: Podman) => void;

const name = "docker.io/team/server:1";

/** Brings an image into podman's and buildah's storage. @returns its name there. */
function loaded(image: string, podman: Podman): string {
  if (podman.podman("images", "--quiet") === "") skopeo("copy", image, `containers-storage:${podman.storage}${name}`);
  return name;
}

const writers: Readonly<Record<string, { readonly kind: "oci-archive" | "docker-archive"; readonly write: Writer }>> = {
  "skopeo's OCI archive": {
    kind: "oci-archive",
    write: (image, archive) => skopeo("copy", image, `oci-archive:${archive}`),
  },
  "skopeo's docker archive": {
    kind: "docker-archive",
    write: (image, archive) => skopeo("copy", image, `docker-archive:${archive}:${name}`),
  },
  "podman's OCI archive": {
    kind: "oci-archive",
    write: (image, archive, podman) =>
      podman.podman("save", "--quiet", "--format", "oci-archive", "-o", archive, loaded(image, podman)),
  },
  "podman's docker archive": {
    kind: "docker-archive",
    write: (image, archive, podman) => podman.podman("save", "--quiet", "-o", archive, loaded(image, podman)),
  },
  "buildah's OCI archive": {
    kind: "oci-archive",
    write: (image, archive, podman) =>
      podman.buildah("push", "--quiet", loaded(image, podman), `oci-archive:${archive}`),
  },
  "buildah's docker archive": {
    kind: "docker-archive",
    write: (image, archive, podman) =>
      podman.buildah("push", "--quiet", loaded(image, podman), `docker-archive:${archive}:${name}`),
  },
};

describe("an image from an archive", () => {
  let folder = "";
  let layout: Layout;
  const archives = new Map<string, string>();
  const archiveOf = (writer: string, platform: string) => archives.get(`${writer} ${platform}`) ?? "";

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "archives-"));
    layout = makeLayout();
    const images = platforms.map((platform, index) =>
      layout.image({
        platform: parsePlatform(platform),
        layers: ["base", platform],
        annotations: { "org.opencontainers.image.ref.name": `v${index}` },
      }),
    );
    layout.publish(...images);
    for (const [index, platform] of platforms.entries()) {
      const podman = newPodman();
      for (const [writer, { write }] of Object.entries(writers)) {
        const archive = join(folder, `${archives.size}.tar`);
        write(`oci:${layout.directory}:v${index}`, archive, podman);
        archives.set(`${writer} ${platform}`, archive);
      }
      await podman.stop();
    }
  });
  after(() => {
    rmSync(folder, { recursive: true });
    layout.remove();
  });

  forEachRegistry("pushed", (registry) => {
    const push = async (platform: string, archive: string) => {
      const repository = uniqueName();
      const { address } = registry();
      const inputs = { registry: { address }, repository, tag: "1", platform, source: { archive } };
      const resource = platformImage();
      const { digest } = (await resource.preview(inputs)).inputs;
      const outputs = await resource.up(inputs);
      const again = await resource.preview(inputs);
      return { planned: digest, digest: outputs["digest"], again, reference: `${address}/${repository}:1` };
    };

    for (const platform of platforms)
      for (const [writer, { kind }] of Object.entries(writers))
        it(`out of ${writer} for ${platform} reads back as it was written`, async () => {
          const archive = archiveOf(writer, platform);
          const { planned, digest, again, reference } = await push(platform, archive);
          const written = seenBySkopeo(`${kind}:${archive}`);
          const found = seenBySkopeo(`docker://${reference}`);
          assert.deepEqual([found.config, found.diffIds], [written.config, written.diffIds]);
          assert.deepEqual([digest, found.digest], [planned, planned]);
          if (kind === "oci-archive") assert.equal(found.digest, written.digest);
          assert.deepEqual(seenByCrane(reference), found);
          assert.equal(again.changes, false);
        });

    it("has one digest whichever tool wrote the docker archive", async () => {
      const all = Object.keys(writers).filter((writer) => writers[writer]?.kind === "docker-archive");
      const digests = await Promise.all(
        all.map(async (writer) => (await push("linux/arm64", archiveOf(writer, "linux/arm64"))).digest),
      );
      assert.equal(new Set(digests).size, 1);
    });

    it("has the digest that crane gives it where its layers are compressed, as crane writes them", async () => {
      const [from, to] = [uniqueName(), uniqueName()].map((repository) => `${registry().address}/${repository}:1`);
      const archive = join(folder, "crane.tar");
      skopeo("copy", "--dest-tls-verify=false", "--format", "v2s2", `oci:${layout.directory}:v1`, `docker://${from}`);
      runCrane("pull", "--insecure", String(from), archive);
      runCrane("push", "--insecure", archive, String(to));
      const { digest } = await push("linux/arm64", archive);
      assert.equal(digest, seenBySkopeo(`docker://${to}`).digest);
    });

    it("is the same from an archive that is compressed with gzip", async () => {
      const archive = archiveOf("podman's docker archive", "linux/arm64");
      execFileSync("gzip", ["--keep", "--force", archive]);
      const [plain, zipped] = [await push("linux/arm64", archive), await push("linux/arm64", `${archive}.gz`)];
      assert.equal(zipped.digest, plain.digest);
      assert.equal(seenByCrane(zipped.reference).digest, zipped.digest);
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
      const archive = archiveOf("skopeo's docker archive", "linux/amd64");
      await assert.rejects(push("linux/arm64", archive), /platform: .*linux\/arm64.*linux\/amd64/);
    });
  });
});
