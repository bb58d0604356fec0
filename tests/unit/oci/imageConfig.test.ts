import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode, isProviderError } from "../../../provider/errors";
import { type ImageConfig, parseImageConfig } from "../../../provider/oci/imageConfig";
import { digestNamed } from "./entries";

function parse(document: unknown): ImageConfig {
  return parseImageConfig(Buffer.from(JSON.stringify(document)), "config of r.example/a:1");
}

describe("parseImageConfig", () => {
  it("gives the platform literally and the layers' digests in order", () => {
    const platform = {
      architecture: "AARCH64",
      os: "linux",
      "os.version": "1",
      "os.features": ["b", "a"],
      variant: "8",
    };
    const diffIds = [digestNamed("b"), digestNamed("a")];
    const document = { ...platform, rootfs: { type: "layers", diff_ids: diffIds }, config: { Env: [] }, history: [] };
    assert.deepEqual(parse(document), { platform, diffIds });
  });

  it("gives no platform for the empty config of an artifact", () => {
    assert.deepEqual(parse({}), { diffIds: [] });
  });

  it("gives no platform when os and architecture are empty, whatever else is there", () => {
    assert.equal(parse({ os: "", architecture: "", variant: "v8" }).platform, undefined);
  });

  it("gives the empty text for the one of os and architecture that is not there", () => {
    assert.deepEqual(parse({ os: "linux" }).platform, { architecture: "", os: "linux" });
    assert.deepEqual(parse({ architecture: "arm64" }).platform, { architecture: "arm64", os: "" });
  });

  it("leaves out empty fields of the platform, and those that are null", () => {
    const empty = { "os.version": "", "os.features": [], variant: null };
    assert.deepEqual(parse({ os: "linux", architecture: "arm64", ...empty }).platform, {
      architecture: "arm64",
      os: "linux",
    });
  });

  it("takes a null list of layers for none", () => {
    assert.deepEqual(parse({ rootfs: { diff_ids: null } }).diffIds, []);
  });

  const broken: readonly (readonly [unknown, RegExp])[] = [
    [[], /config of r\.example\/a:1: must be an object/],
    [{ os: 1 }, /a:1: os must be a string/],
    [{ os: "linux", architecture: ["arm64"] }, /a:1: architecture must be a string/],
    [{ rootfs: "layers" }, /a:1: rootfs must be an object/],
    [{ rootfs: { diff_ids: [digestNamed("a"), "sha256:1"] } }, /a:1: rootfs\.diff_ids\[1\] is "sha256:1"/],
  ];
  for (const [document, message] of broken) {
    it(`refuses ${JSON.stringify(document).slice(0, 40)}, naming the path`, () => {
      assert.throws(
        () => parse(document),
        (error) => hasCode(error, "ERR_CONTENT_INVALID") && message.test(error.message),
      );
    });
  }

  it("security row 5: refuses two platforms in one config", () => {
    const bytes = Buffer.from('{"os":"linux","architecture":"arm64","architecture":"amd64"}');
    assert.throws(
      () => parseImageConfig(bytes, "config"),
      (error) => hasCode(error, "ERR_CONTENT_INVALID"),
    );
  });

  it("security row 6: refuses more than 4 MiB", () => {
    const bytes = Buffer.from("{}".padEnd(4 * 1024 * 1024 + 1));
    assert.throws(
      () => parseImageConfig(bytes, "config"),
      (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE"),
    );
  });

  it("throws nothing but ProviderErrors for arbitrary configs", () => {
    const keys = fc.constantFrom("os", "architecture", "variant", "os.features", "rootfs");
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (document) => {
        try {
          parse(document);
        } catch (error) {
          assert.ok(isProviderError(error));
        }
      }),
    );
  });
});
