import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platformImageLifecycle } from "../../../../provider/resources/platformImage/lifecycle";
import type { PropertyBag } from "../../../../provider/resources/properties/bag";
import { unknownValue } from "../../../../provider/resources/properties/unknown";
import { startProcess } from "../../../support/context";
import { makeLayout } from "../../../support/layouts";

/** The header of a 64-bit ELF file. */
function elf(machine: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write("\x7fELF", "latin1");
  bytes.set([2, 1, 1], 4);
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

describe("checking a PlatformImage", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "check-"));
    writeFileSync(join(folder, "amd64"), elf(62));
    writeFileSync(join(folder, "arm64"), elf(183));
    writeFileSync(join(folder, "script"), "#!/bin/sh\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Of a registry that is not known, so that nothing is asked of any. */
  const program = (file: string, more: PropertyBag = {}): PropertyBag => ({
    registry: { address: unknownValue },
    repository: "team/server",
    platform: "linux/amd64",
    source: { files: { "/server": file } },
    ...more,
  });

  const check = async (inputs: PropertyBag, olds: PropertyBag = {}) =>
    (await platformImageLifecycle.check(startProcess({ directory: folder }).context, olds, inputs)).inputs;

  it("tells the descriptor and digest on a registry that is not known yet, and with the platform as declared", async () => {
    const { descriptor, digest, attestationManifests } = await check(program("amd64", { platform: "linux/amd64/v2" }));
    const { platform, mediaType, ...rest } = Object(descriptor);
    assert.deepEqual(platform, { architecture: "amd64", os: "linux", variant: "v2" });
    assert.equal(mediaType, "application/vnd.oci.image.manifest.v1+json");
    assert.equal(rest.digest, digest);
    assert.deepEqual(attestationManifests, []);
  });

  it("resolves paths against the program's folder, and keeps them as typed", async () => {
    const relative = await check(program("amd64"));
    const absolute = await check(program(join(folder, "amd64")));
    assert.equal(relative["digest"], absolute["digest"]);
    assert.deepEqual(relative["source"], { files: { "/server": "amd64" } });
  });

  it("leaves only the platform known while the source is not", async () => {
    const { descriptor, digest } = await check(program(unknownValue));
    assert.equal(digest, unknownValue);
    assert.deepEqual(Object(descriptor).platform, { architecture: "amd64", os: "linux" });
  });

  it("leaves everything open while the platform is not known", async () => {
    const { descriptor, digest } = await check(program("amd64", { platform: unknownValue }));
    assert.deepEqual([digest, Object(descriptor).platform], [unknownValue, unknownValue]);
  });

  it("keeps what is transient out of the inputs", async () => {
    const inputs = await check(program("amd64", { secretEnvironment: [] }));
    assert.deepEqual(
      ["secretEnvironment"].filter((name) => name in inputs),
      [],
    );
  });

  it("refuses an executable of another platform, naming the file and both", async () => {
    await assert.rejects(check(program("arm64")), {
      code: "ERR_PLATFORM_MISMATCH",
      details: { declared: "linux/amd64", found: "linux/arm64" },
      message: /^source\.files\["\/server"\]: linux\/amd64 is declared, but .* says linux\/arm64/,
    });
  });

  for (const verify of ["config", "none"]) {
    it(`takes an executable of another platform with verify: "${verify}"`, async () => {
      await assert.doesNotReject(check(program("arm64", { verify })));
    });
  }

  it("takes a script for every platform", async () => {
    await assert.doesNotReject(check(program("script", { platform: "linux/riscv64" })));
  });

  it("refuses an image whose config names another platform than declared", async () => {
    const layout = makeLayout();
    const image = layout.image({ platform: { architecture: "arm64", os: "linux" }, bareDescriptor: true });
    layout.publish(image);
    const source = { ociLayout: layout.directory };
    await assert.rejects(check(program("", { source })), {
      code: "ERR_PLATFORM_MISMATCH",
      message: /^platform: linux\/amd64 is declared, but the image's config says linux\/arm64/,
    });
    const { digest } = await check(program("", { source, platform: "linux/arm64" }));
    layout.remove();
    assert.equal(digest, image.digest);
  });

  const refused: readonly (readonly [string, PropertyBag, string])[] = [
    ["no platform", { platform: undefined }, "platform:"],
    ["a malformed platform", { platform: "linux" }, "platform:"],
    ["a malformed tag", { tag: "-x" }, "tag:"],
    ["a malformed repository", { repository: "Team" }, "repository:"],
    ["no source", { source: undefined }, "source:"],
    ["an unknown verify", { verify: "all" }, "verify:"],
    [
      'verify: "binaries" for an image that is not made from files',
      { source: { ociLayout: "a" }, verify: "binaries" },
      "verify:",
    ],
    ["an unknown ifSourceMissing", { ifSourceMissing: "ignore" }, "ifSourceMissing:"],
    ["an unknown onConflict", { onConflict: "ask" }, "onConflict:"],
    ["annotations that are no texts", { annotations: { a: 1 } }, "annotations.a:"],
    ["a path in the image that is not absolute", { source: { files: { server: "amd64" } } }, 'source.files["server"]:'],
    [
      "annotations on an image that keeps its bytes",
      { source: { ociLayout: "a" }, annotations: { a: "b" } },
      "annotations",
    ],
  ];
  for (const [title, more, start] of refused) {
    it(`refuses ${title}: ${start}`, async () => {
      await assert.rejects(check(program("amd64", more)), (error) => {
        assert.ok(error instanceof Error);
        assert.equal(Reflect.get(error, "code"), "ERR_INPUT_INVALID", error.message);
        assert.ok(error.message.startsWith(start), error.message);
        return true;
      });
    });
  }

  it("security row 15: refuses a secret in the image's environment, by name and not by value", async () => {
    const source = { files: { "/server": "amd64" }, config: { env: { TOKEN: "hunter2" } } };
    await assert.rejects(check(program("", { source, secretEnvironment: ["TOKEN"] })), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /^source\.config\.env\.TOKEN: it is a secret/);
      assert.equal(error.message.includes("hunter2"), false);
      return true;
    });
  });

  it("refuses a file that is not there, with its absolute path", async () => {
    await assert.rejects(check(program("absent")), (error) => {
      assert.ok(error instanceof Error);
      assert.ok(error.message.includes(join(folder, "absent")), error.message);
      return true;
    });
  });

  it("has nothing to keep for a new resource whose source is missing", async () => {
    await assert.rejects(check(program("absent", { ifSourceMissing: "keep" })), { code: "ERR_SOURCE_UNAVAILABLE" });
  });
});
