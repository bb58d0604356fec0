import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import esbuild from "../../../tools/esbuild.json";
import { startProcess } from "../../support/context";
import { binaryFor } from "../../support/images";
import { forEachRegistry } from "../../support/registries";
import { runCrane, skopeo } from "../sources/readers";
import { multiArchImage, platformImage } from "./engine";
import { newTestRepository } from "./repository";

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
const onPath = (command: string) =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
const execute = (command: string, ...args: readonly string[]) => execFileSync(command, args, { encoding: "utf8" });

/** What runs a platform's program on this machine. */
const emulators: Readonly<Record<string, readonly string[]>> = {
  "linux/amd64": process.arch === "x64" ? [] : ["qemu-x86_64-static"],
  "linux/arm64": process.arch === "arm64" ? [] : ["qemu-aarch64-static"],
};

/** Gives the enclosing suite a folder. */
function suiteFolder(): () => string {
  let path = "";
  before(async () => {
    path = await mkdtemp(join(tmpdir(), "multiarch-clients-"));
  });
  after(() => rm(path, { recursive: true }));
  return () => path;
}

describe("what an update leaves", function () {
  this.timeout(60_000);
  const folder = suiteFolder();

  forEachRegistry("for clients of others", (registry) => {
    let reference: string;
    /** The index and each child, by what it is. */
    const references = new Map<string, string>();

    before(async () => {
      const { name, target } = newTestRepository(registry());
      const images = await Promise.all(
        platforms.map(async (platform) => {
          const source = {
            files: { "/usr/bin/server": binaryFor(platform) },
            config: { entrypoint: ["/usr/bin/server"] },
          };
          // One cache for both registries: compressing takes long.
          const process = startProcess({ environment: { PULUMI_MULTIARCH_CACHE_DIR: join(folder(), "cache") } });
          const { descriptor, digest } = await platformImage(platform).up({ ...target, platform, source }, process);
          references.set(platform, `${registry().address}/${name}@${digest}`);
          return { descriptor, attestationManifests: [], address: registry().address, repository: name };
        }),
      );
      const { digest } = await multiArchImage().up({ ...target, tags: ["1.4.0"], images });
      references.set("the index", `${registry().address}/${name}@${digest}`);
      reference = `${registry().address}/${name}:1.4.0`;
    });

    for (const name of ["the index", ...platforms]) {
      it(`is valid to crane, layers included: ${name}`, () => {
        const output = runCrane("validate", "--remote", references.get(name) ?? "");
        assert.match(output, /PASS/);
      });
    }

    it("is copied by skopeo with every platform and its digests kept", async () => {
      const layout = join(folder(), `layout-${registry().address.replace(":", "-")}`);
      const copy = ["copy", "--quiet", "--all", "--preserve-digests", "--src-tls-verify=false"];
      skopeo(...copy, `docker://${reference}`, `oci:${layout}:1.4.0`);
      const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8"));
      assert.equal(`${reference.replace(/:1\.4\.0$/, "")}@${manifests[0].digest}`, references.get("the index"));
    });

    if (onPath("docker")) {
      it("lists its platforms to docker manifest inspect", () => {
        const { manifests } = JSON.parse(execute("docker", "manifest", "inspect", "--insecure", reference));
        const listed = manifests.map(({ platform }: { platform: Record<string, string> }) =>
          ["os", "architecture", "variant"].flatMap((field) => platform[field] ?? []).join("/"),
        );
        assert.deepEqual(listed, platforms);
      });
    }

    for (const [platform, emulator] of Object.entries(emulators)) {
      it(`holds the program that runs on ${platform}`, () => {
        const archive = join(folder(), `${platform.replaceAll("/", "-")}.tar`);
        runCrane("export", "--platform", platform, reference, archive);
        execute("tar", "-xf", archive, "-C", folder(), "usr/bin/server");
        const [command = "", ...args] = [...emulator, join(folder(), "usr/bin/server"), "--version"];
        assert.equal(execute(command, ...args).trim(), esbuild.version);
      });
    }
  });
});
