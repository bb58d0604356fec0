import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import esbuild from "../../tools/esbuild.json";
import { createStack, type Stack } from "../support/pulumi";
import { forEachRegistry } from "../support/registries";
import { crane, execute, skopeo } from "./clients";
import { shownOutput, succeeding } from "./plan";
import { binariesFor, serverProgram } from "./programs";

const binaries = binariesFor("linux/amd64", "linux/arm64", "linux/arm/v7");
const platforms = Object.keys(binaries);
const onPath = (command: string) =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));

/** What runs a platform's program on this machine. */
const emulators: Readonly<Record<string, readonly string[]>> = {
  "linux/amd64": process.arch === "x64" ? [] : ["qemu-x86_64-static"],
  "linux/arm64": process.arch === "arm64" ? [] : ["qemu-aarch64-static"],
};

forEachRegistry("what an update leaves", (registry) => {
  describe("for clients of others", function () {
    this.timeout(180_000);
    let stack: Stack;
    let folder: string;
    let reference: string;
    /** The index and each child, by what it is. */
    const references = new Map<string, string>();

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "multiarch-clients-"));
      stack = await createStack({ program: serverProgram({ address: registry().address, binaries }) });
      const pinned = shownOutput(await succeeding(stack.up()), "ref");
      reference = `${registry().address}/team/server:1.4.0`;
      references.set("the index", pinned);
      const { manifests } = JSON.parse(await crane("manifest", pinned));
      platforms.forEach((platform, index) => {
        references.set(platform, `${registry().address}/team/server@${manifests[index].digest}`);
      });
    });
    after(async () => {
      await stack.dispose();
      await rm(folder, { recursive: true });
    });

    for (const name of ["the index", ...platforms]) {
      it(`is valid to crane, layers included: ${name}`, async () => {
        assert.match(await crane("validate", "--remote", references.get(name) ?? ""), /PASS/);
      });
    }

    it("is copied by skopeo with every platform and its digests kept", async () => {
      const layout = join(folder, "layout");
      const copy = ["copy", "--quiet", "--all", "--preserve-digests", "--src-tls-verify=false"];
      await skopeo(...copy, `docker://${reference}`, `oci:${layout}:1.4.0`);
      const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8"));
      assert.equal(`${registry().address}/team/server@${manifests[0].digest}`, references.get("the index"));
    });

    if (onPath("docker")) {
      it("lists its platforms to docker manifest inspect", async () => {
        const { manifests } = JSON.parse(await execute("docker", "manifest", "inspect", "--insecure", reference));
        const listed = manifests.map(({ platform }: { platform: Record<string, string> }) =>
          ["os", "architecture", "variant"].flatMap((field) => platform[field] ?? []).join("/"),
        );
        assert.deepEqual(listed, platforms);
      });
    }

    for (const [platform, emulator] of Object.entries(emulators)) {
      it(`holds the program that runs on ${platform}`, async () => {
        const archive = join(folder, `${platform.replaceAll("/", "-")}.tar`);
        await crane("export", "--platform", platform, reference, archive);
        await execute("tar", "-xf", archive, "-C", folder, "usr/bin/server");
        const [command = "", ...args] = [...emulator, join(folder, "usr/bin/server"), "--version"];
        assert.equal((await execute(command, ...args)).trim(), esbuild.version);
      });
    }
  });
});
