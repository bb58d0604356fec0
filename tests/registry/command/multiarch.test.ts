import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../../package.json";
import type { ManifestListing } from "../../../provider/functions/manifestListing";
import { makeCertificates } from "../../support/certificates";
import { forEachRegistry, type LocalRegistry, startRegistry } from "../../support/registries";
import { entry, runCommand } from "./runCommand";
import { type SeededIndex, seedIndex } from "./seed";

describe("the command", function () {
  // A process a test, and the host name that does not exist may have to be asked for again.
  this.timeout(60_000);
  forEachRegistry("multiarch", (registry) => {
    const repository = `command/server-${process.pid}`;
    let seeded: SeededIndex;
    let reference: string;

    before(async () => {
      seeded = await seedIndex(registry(), repository);
      reference = `${registry().address}/${repository}`;
    });

    it("shows an index to people, each platform with its size and its attestations in one line", async () => {
      const { exitCode, output, errors } = await runCommand(["inspect", `${reference}:latest`]);
      const { index, linux, windows, attestation } = seeded;
      deepStrictEqual({ exitCode, errors }, { exitCode: 0, errors: "" });
      strictEqual(
        output.toString().replace(/\d+ B in/g, "N B in"),
        `Reference: ${reference}:latest
Digest: ${index.digest}
Media type: application/vnd.oci.image.index.v1+json
Size: ${index.size} B

Platforms:
  linux/amd64                  N B in 1 layer
    ${linux.digest}
  windows(10.0.20348.1)/amd64  N B in 1 layer
    ${windows.digest}

Attestations:
  linux/amd64  ${attestation.digest.slice(0, 19)}…

Annotations:
  org.opencontainers.image.title: Zwölf [31mBoxkämpfer
`,
      );
    });

    it("takes latest for a bare name, as JSON that a program can read", async () => {
      const { output } = await runCommand(["inspect", "--json", reference]);
      const { descriptor, platforms, attestations, manifest } = JSON.parse(output.toString());
      deepStrictEqual(descriptor, seeded.index);
      deepStrictEqual(Object.keys(platforms), ["linux/amd64", "windows(10.0.20348.1)/amd64"]);
      deepStrictEqual(attestations[0].platform, "linux/amd64");
      strictEqual(manifest, seeded.bytes.toString());
    });

    it("writes with --raw the very bytes that have the digest", async () => {
      const { exitCode, output } = await runCommand(["inspect", "--raw", reference]);
      strictEqual(exitCode, 0);
      strictEqual(`sha256:${createHash("sha256").update(output).digest("hex")}`, seeded.index.digest);
    });

    it("shows an image by digest with its layers and the platform of its config", async () => {
      const { output } = await runCommand(["inspect", `${reference}@${seeded.linux.digest}`]);
      match(output.toString(), /^Platform: linux\/amd64\nContent: \d+ B in 1 layer$/m);
      match(output.toString(), /^Layers:\n {2}\d+ B {2}application\/vnd\.oci\.image\.layer\.v1\.tar\+gzip$/m);
    });

    it("lists the tags of a repository, one a line", async () => {
      const { exitCode, output } = await runCommand(["tags", reference]);
      strictEqual(exitCode, 0);
      deepStrictEqual(output.toString().split("\n").sort(), ["", "amd64", "attestation", "latest", "windows"]);
    });

    it("lists the manifests of a repository with tags, platforms and sizes", async () => {
      const { exitCode, output } = await runCommand(["list", reference]);
      strictEqual(exitCode, 0);
      const blocks = output.toString().split("\n\n");
      const block = blocks.find((text) => text.startsWith(seeded.index.digest)) ?? "";
      strictEqual(
        block.replace(/\d+ B$/m, "N B"),
        `${seeded.index.digest}
  Tags: latest
  Platforms: linux/amd64, windows(10.0.20348.1)/amd64
  Size: N B
  Media type: application/vnd.oci.image.index.v1+json`,
      );
      strictEqual(blocks.length, 4);
    });

    it("lists them as JSON that a program can read, those that only an index lists without tags", async () => {
      const { output } = await runCommand(["list", "--json", reference]);
      const listings: readonly ManifestListing[] = JSON.parse(output.toString());
      const named = (digest: string) => listings.find((listing) => listing.digest === digest);
      deepStrictEqual(named(seeded.linux.digest)?.tags, ["amd64"]);
      deepStrictEqual(named(seeded.linux.digest)?.platforms, ["linux/amd64"]);
      deepStrictEqual(named(seeded.attestation.digest)?.platforms, ["unknown/unknown"]);
    });

    const missing: readonly (readonly [title: string, words: (reference: string) => readonly string[]])[] = [
      ["a missing tag", (name) => ["inspect", `${name}:nothing`]],
      ["a missing digest", (name) => ["inspect", "--raw", `${name}@sha256:${"0".repeat(64)}`]],
      ["a missing repository", (name) => ["tags", `${name}/nothing`]],
      ["a missing repository to be listed", (name) => ["list", `${name}/nothing`]],
    ];
    for (const [title, words] of missing) {
      it(`ends with 3 and one line that tells what to check for ${title}`, async () => {
        const { exitCode, output, errors } = await runCommand(words(reference));
        deepStrictEqual({ exitCode, output: output.length }, { exitCode: 3, output: 0 });
        match(errors, /^multiarch: .* answered 404\. Check .*\n$/);
      });
    }
  });

  for (const version of [2, 3] as const) {
    describe(`multiarch with credentials and TLS, on distribution ${version}`, () => {
      const account = { username: "me", password: "correct-horse-battery" };
      const login = ["--username", account.username, "--password-stdin"];
      let registry: LocalRegistry;
      let reference: string;
      let tls: readonly string[];

      before(async () => {
        const certificates = makeCertificates();
        registry = await startRegistry({ version, htpasswd: account, tls: certificates });
        const ca = join(registry.directory, "ca.pem");
        await writeFile(ca, certificates.ca);
        tls = ["--ca", ca];
        reference = `${registry.address}/nothing`;
      });

      after(() => registry?.stop());

      it("reaches what the right password may see", async () => {
        const { exitCode, errors } = await runCommand(["tags", reference, ...tls, ...login], {
          input: `${account.password}\n`,
        });
        strictEqual(exitCode, 3, errors);
      });

      it("takes the environment's credentials without --username", async () => {
        const auth = Buffer.from(`${account.username}:${account.password}`).toString("base64");
        const environment = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.address]: { auth } } }) };
        const { exitCode, errors } = await runCommand(["tags", reference, ...tls], { environment });
        strictEqual(exitCode, 3, errors);
      });

      it("security row 15: ends with 4 for a wrong password, which it does not repeat", async () => {
        const input = "wrong-horse-battery";
        const { exitCode, errors } = await runCommand(["inspect", reference, ...tls, ...login], { input });
        strictEqual(exitCode, 4, errors);
        strictEqual(errors.includes(input), false);
      });

      it("ends with 4 without credentials", async () => {
        const { exitCode, errors } = await runCommand(["inspect", reference, ...tls]);
        strictEqual(exitCode, 4, errors);
        match(errors, /^multiarch: .*\n$/);
      });

      it("security row 12: ends with 5 for a certificate that is not trusted, and does not fall back to HTTP", async () => {
        const other = join(registry.directory, "other.pem");
        await writeFile(other, makeCertificates().ca);
        const { exitCode, errors } = await runCommand(["inspect", reference, "--ca", other]);
        strictEqual(exitCode, 5, errors);
        match(errors, /certificate/);
      });
    });
  }

  describe("multiarch without a registry", () => {
    it("ends with 5 and one line for a host that does not exist", async () => {
      const { exitCode, errors } = await runCommand(["inspect", "registry.invalid/team/server"]);
      strictEqual(exitCode, 5);
      match(errors, /^multiarch: .*registry\.invalid.*\n$/);
    });

    it("ends with 2 and one line for an option that there is not", async () => {
      const { exitCode, errors } = await runCommand(["inspect", "--colour"]);
      deepStrictEqual(
        { exitCode, errors },
        { exitCode: 2, errors: "multiarch: Unknown option '--colour'. See multiarch --help.\n" },
      );
    });

    it("prints the package's version", async () => {
      const { output } = await runCommand(["--version"]);
      strictEqual(output.toString(), `${packageJson.version}\n`);
    });

    it("prints its help to standard output", async () => {
      const { exitCode, output } = await runCommand(["--help"]);
      strictEqual(exitCode, 0);
      ok(output.toString().includes("Exit codes:"));
    });

    it("does not mind a reader that stops early", () => {
      const script = '"$0" "$1" --help | true';
      const { status, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", script, process.execPath, entry]);
      deepStrictEqual({ status, stderr: stderr.toString() }, { status: 0, stderr: "" });
    });

    it("exits as its help says when nothing can be written to standard error", () => {
      const script = '"$0" "$1" --colour 2>/dev/full';
      const { status } = spawnSync("bash", ["-c", script, process.execPath, entry]);
      strictEqual(status, 2);
    });

    it("exits as its help says when the reader of standard error is gone", () => {
      const script = '{ "$0" "$1" --colour; echo $? >&3; } 2> >(exec 2>&-; exit) 3>&1 | cat';
      const { stdout } = spawnSync("bash", ["-c", script, process.execPath, entry]);
      strictEqual(stdout.toString(), "2\n");
    });
  });
});
