import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode, isProviderError } from "../../../provider/errors";
import { descriptorLimit, manifestLimit, parseManifest } from "../../../provider/oci/manifest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { digestNamed } from "./entries";

const { ociIndex, ociManifest, dockerManifest, dockerManifestList, ociConfig, ociLayerGzip } = mediaTypes;
const config = { mediaType: ociConfig, digest: digestNamed("config"), size: 2 };
const layer = { mediaType: ociLayerGzip, digest: digestNamed("layer"), size: 3 };
const child = { mediaType: ociManifest, digest: digestNamed("child"), size: 4 };
const manifest = { schemaVersion: 2, mediaType: ociManifest, config, layers: [layer] };
const index = { schemaVersion: 2, mediaType: ociIndex, manifests: [child] };

function parse(document: unknown, mediaType?: string): ReturnType<typeof parseManifest> {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return parseManifest(Buffer.from(text), { what: "manifest r.example/a:1", ...(mediaType && { mediaType }) });
}

function withMediaType(document: object, mediaType: string | undefined): object {
  return { ...document, mediaType };
}

function refuses(document: unknown, message: RegExp, mediaType?: string): void {
  assert.throws(
    () => parse(document, mediaType),
    (error) => hasCode(error, "ERR_CONTENT_INVALID") && message.test(error.message),
  );
}

function refusesAsUnsupported(document: unknown, mediaType?: string): void {
  assert.throws(
    () => parse(document, mediaType),
    (error) => hasCode(error, "ERR_MEDIA_TYPE_UNSUPPORTED"),
  );
}

describe("parseManifest", () => {
  it("reads an image manifest with all its fields", () => {
    const artifactType = "application/vnd.example+json";
    const annotations = { "org.opencontainers.image.version": "1.4.0", "": "" };
    const fields = { mediaType: ociManifest, config, layers: [layer], artifactType, annotations, subject: child };
    const subject = { digest: child.digest };
    assert.deepEqual(parse({ schemaVersion: 2, ...fields }), { kind: "manifest", ...fields, subject });
  });

  it("reads an index with all its fields", () => {
    const platform = { architecture: "arm64", os: "linux", "os.version": "1", "os.features": ["a"], variant: "v8" };
    const annotations = { a: "b" };
    const full = { ...child, platform, annotations, artifactType: "a/b", urls: ["https://r.example"], data: "e30=" };
    const fields = { mediaType: ociIndex, manifests: [full, child], annotations, subject: child };
    const subject = { digest: child.digest };
    assert.deepEqual(parse({ schemaVersion: 2, ...fields }), { kind: "index", ...fields, subject });
  });

  for (const [document, mediaType] of [
    [manifest, dockerManifest],
    [index, dockerManifestList],
  ] as const) {
    it(`reads ${mediaType}`, () => {
      assert.equal(parse(withMediaType(document, mediaType), mediaType).mediaType, mediaType);
    });
  }

  it("leaves out fields that are empty or unknown to it", () => {
    const empty = { urls: [], annotations: {}, data: "", artifactType: "", platform: { os: "", architecture: "" } };
    const parsed = parse({ ...index, manifests: [{ ...child, ...empty, novelty: 1 }], artifactType: "", novelty: 1 });
    assert.deepEqual(parsed, { kind: "index", mediaType: ociIndex, manifests: [child] });
  });

  it("takes an empty media type for a missing one, as Go reads it", () => {
    assert.deepEqual(parse({ ...index, mediaType: "" }), parse(index));
  });

  it("takes a missing or null list of layers or manifests for an empty one, as Go reads and writes it", () => {
    assert.deepEqual(parse({ ...manifest, layers: undefined }), parse({ ...manifest, layers: [] }));
    assert.deepEqual(parse({ ...index, manifests: undefined }), parse({ ...index, manifests: [] }));
    assert.deepEqual(parse({ ...manifest, layers: null }), parse({ ...manifest, layers: [] }));
    assert.deepEqual(parse({ ...index, manifests: null }), parse({ ...index, manifests: [] }));
  });

  it("throws nothing but ProviderErrors for arbitrary bytes and documents", () => {
    const keys = fc.constantFrom("mediaType", "manifests", "config", "layers", "subject", "annotations", "fsLayers");
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(ociIndex, ociManifest, config, [layer], [child]));
    const documents = fc
      .dictionary(keys, values)
      .map((fields) => Buffer.from(JSON.stringify({ schemaVersion: 2, ...fields })));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), documents),
        fc.constantFrom(undefined, ociIndex, ociManifest),
        (bytes, mediaType) => {
          try {
            parseManifest(bytes, { what: "x", ...(mediaType && { mediaType }) });
          } catch (error) {
            assert.ok(isProviderError(error));
          }
        },
      ),
    );
  });

  describe("media types", () => {
    it("takes the expected media type for a document that has none", () => {
      assert.equal(parse(withMediaType(manifest, undefined), dockerManifest).mediaType, dockerManifest);
    });

    it("ignores the parameters of the expected media type", () => {
      assert.equal(parse(manifest, `${ociManifest}; charset=utf-8`).mediaType, ociManifest);
    });

    for (const [document, mediaType] of [
      [manifest, ociManifest],
      [index, ociIndex],
    ] as const) {
      it(`tells ${mediaType} by its shape where nothing else tells`, () => {
        assert.equal(parse(withMediaType(document, undefined)).mediaType, mediaType);
      });
    }

    it("refuses a media type that is neither a manifest nor an index", () => {
      refusesAsUnsupported(withMediaType(manifest, "application/vnd.oci.artifact.manifest.v1+json"));
    });
  });

  // TestValidateMediaType of containerd (images/image_test.go at v1.5.8, the fix of GHSA-5j5w-g665-5m35). Where containerd takes
  // a Docker manifest for an OCI one and the other way round, this client is stricter: both media types must be the same.
  describe("security row 5, vectors of containerd's TestValidateMediaType", () => {
    const types = [dockerManifest, ociManifest, dockerManifestList, ociIndex];
    const isIndex = (mediaType: string) => mediaType === dockerManifestList || mediaType === ociIndex;
    for (const mediaType of types) {
      const [right, wrong] = isIndex(mediaType) ? [index, manifest] : [manifest, index];

      it(`security row 5: takes the right fields without mediaType for ${mediaType}`, () => {
        assert.equal(parse(withMediaType(right, undefined), mediaType).mediaType, mediaType);
      });

      it(`security row 5: refuses the other kind's fields for ${mediaType}`, () => {
        refuses(withMediaType(wrong, undefined), /other kind/, mediaType);
      });

      for (const declared of types.filter((type) => type !== mediaType)) {
        it(`security row 5: refuses ${declared} where ${mediaType} is expected`, () => {
          refuses(withMediaType(isIndex(declared) ? index : manifest, declared), /Content-Type says/, mediaType);
        });
      }
    }

    it("security row 5: refuses schema 1", () => {
      refusesAsUnsupported({ fsLayers: ["1"] });
    });
  });

  // TestValidateUnambiguousManifestFormat and testValidManifestWithExtraFieldsIsRejected of containers/image
  // (internal/manifest/common_test.go at v5.36.0).
  describe("security row 5, vectors of containers/image", () => {
    for (const key of ["config", "layers"]) {
      it(`security row 5: refuses an index with an added ${key}`, () => {
        refuses({ ...index, [key]: [] }, /manifests as an index and also/);
      });
    }

    it("security row 5: refuses a manifest with added manifests", () => {
      refuses({ ...manifest, manifests: [] }, /manifests as an index and also/);
    });

    for (const key of ["fsLayers", "history"]) {
      it(`security row 5: refuses a manifest or an index with an added ${key}, as schema 1`, () => {
        refusesAsUnsupported({ ...manifest, [key]: [] });
        refusesAsUnsupported({ ...index, [key]: [] });
      });
    }
  });

  describe("security row 5, ambiguity", () => {
    it("security row 5: refuses both kinds at once even where the added field is null", () => {
      refuses({ ...index, layers: null }, /manifests as an index and also/);
    });

    for (const document of [{ schemaVersion: 2 }, { schemaVersion: 2, config }, { schemaVersion: 2, layers: [] }]) {
      it(`security row 5: refuses ${Object.keys(document).join(" and ")} alone without a media type`, () => {
        refuses(document, /do not tell/);
      });
    }

    it("security row 5: refuses a repeated key, also when one of the two is written with an escape", () => {
      refuses(`{"schemaVersion":2,"manifests":[],"m\\u0061nifests":[]}`, /twice/);
    });

    for (const key of ["Layers", "MANIFESTS", "layer\u017f", "MediaType", "fslayers"]) {
      it(`security row 5: refuses the key ${key}, which Go reads as another`, () => {
        refuses({ ...manifest, [key]: [] }, /some readers take for/);
      });
    }

    it("security row 5: refuses schema 1 by its version", () => {
      refusesAsUnsupported({ ...manifest, schemaVersion: 1 });
    });

    for (const schemaVersion of [undefined, 3, "2", null]) {
      it(`security row 5: refuses the schema version ${JSON.stringify(schemaVersion)}`, () => {
        refuses({ ...manifest, schemaVersion }, /schemaVersion/);
      });
    }
  });

  describe("limits", () => {
    it(`security row 6: refuses more than ${manifestLimit} bytes`, () => {
      assert.throws(
        () => parse(JSON.stringify(manifest).padEnd(manifestLimit + 1)),
        (error) => hasCode(error, "ERR_CONTENT_TOO_LARGE") && error.details.limit === manifestLimit,
      );
    });

    it(`security row 6: takes ${manifestLimit} bytes`, () => {
      assert.equal(parse(JSON.stringify(manifest).padEnd(manifestLimit)).kind, "manifest");
    });

    for (const [key, document] of [
      ["manifests", index],
      ["layers", manifest],
    ] as const) {
      it(`security row 23: refuses more than ${descriptorLimit} ${key}`, () => {
        const many = (count: number) => ({ ...document, [key]: Array.from({ length: count }, () => child) });
        assert.doesNotThrow(() => parse(many(descriptorLimit)));
        refuses(many(descriptorLimit + 1), new RegExp(`${key} has 1001 entries`));
      });
    }
  });

  describe("descriptors", () => {
    const broken: readonly (readonly [string, unknown, RegExp])[] = [
      // schema/imageindex_test.go of image-spec v1.1.1.
      ["a size that is a string", { ...child, size: "7682" }, /manifests\[1\]\.size/],
      ["no digest", { ...child, digest: undefined }, /manifests\[1\]\.digest is missing/],
      ["no object", "nope", /manifests\[1\] must be an object/],
      // Ours.
      ["a negative size", { ...child, size: -1 }, /manifests\[1\]\.size/],
      ["a size beyond exact numbers", { ...child, size: 2 ** 53 }, /manifests\[1\]\.size/],
      ["an annotation that is no string", { ...child, annotations: { a: 1 } }, /annotations\["a"\]/],
      [
        "features that are no list",
        { ...child, platform: { os: "a", architecture: "b", "os.features": "c" } },
        /os\.features/,
      ],
    ];
    for (const [name, descriptor, message] of broken) {
      it(`refuses ${name}, naming its path`, () => {
        refuses({ ...index, manifests: [child, descriptor] }, message);
      });
    }

    // Readers are lenient: one odd neighbour must not keep anybody from the rest of an index.
    const odd: readonly (readonly [string, object, object])[] = [
      ["a media type that is none", { mediaType: "invalid" }, { mediaType: "invalid" }],
      ["no media type", { mediaType: undefined }, { mediaType: "" }],
      ["a platform without architecture as none", { platform: { os: "linux" } }, {}],
      ["a platform without os as none", { platform: { architecture: "arm" } }, {}],
      ["an empty platform as none", { platform: {} }, {}],
      ["an annotation that is null as none", { annotations: { a: null } }, {}],
      ["a digest of blake3", { digest: `blake3:${"ab".repeat(32)}` }, { digest: `blake3:${"ab".repeat(32)}` }],
    ];
    for (const [name, written, read] of odd) {
      it(`reads ${name}`, () => {
        const parsed = parse({ ...index, manifests: [{ ...child, ...written }] });
        assert.deepEqual(parsed.kind === "index" && parsed.manifests, [{ ...child, ...read }]);
      });
    }

    it("reads a subject that has nothing but a digest", () => {
      const { digest } = child;
      assert.deepEqual(parse({ ...manifest, subject: { digest } }).subject, { digest });
    });

    for (const digest of [
      "sha256:../../../../etc/passwd",
      `sha256:${"a".repeat(63)}`,
      `sha256:${"A".repeat(64)}`,
      `md5:${"../".repeat(32)}`,
      `md5:${"a".repeat(300)}`,
      "md5",
      `sha256:${"a".repeat(64)}\n`,
      "",
    ]) {
      it(`security row 9: refuses the digest ${JSON.stringify(digest)}`, () => {
        refuses({ ...manifest, layers: [{ ...layer, digest }] }, /layers\[0\]\.digest/);
      });
    }

    it("security row 9: keeps a sha512 digest", () => {
      const digest = `sha512:${"0".repeat(128)}`;
      const parsed = parse({ ...manifest, layers: [{ ...layer, digest }] });
      assert.equal(parsed.kind === "manifest" && parsed.layers[0]?.digest, digest);
    });

    it("security row 22: keeps an annotation __proto__ as an annotation", () => {
      const text = `{"schemaVersion":2,"manifests":[],"annotations":{"__proto__":"a"}}`;
      assert.deepEqual(Object.entries(parse(text).annotations ?? {}), [["__proto__", "a"]]);
    });

    it("refuses a subject that is no descriptor", () => {
      refuses({ ...index, subject: "nope" }, /subject must be an object/);
    });
  });
});
