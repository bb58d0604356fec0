import * as assert from "node:assert/strict";
import {
  isForeignLayerMediaType,
  isImageConfigMediaType,
  isIndexMediaType,
  isManifestMediaType,
  manifestAccept,
  mediaTypes,
} from "../../../provider/oci/mediaTypes";

/** For each predicate, the media types that it is true for; it is false for all others. */
const truths = [
  { predicate: isIndexMediaType, names: ["ociIndex", "dockerManifestList"] },
  { predicate: isManifestMediaType, names: ["ociManifest", "dockerManifest"] },
  { predicate: isImageConfigMediaType, names: ["ociConfig", "dockerConfig"] },
  {
    predicate: isForeignLayerMediaType,
    names: [
      "dockerForeignLayer",
      "ociNondistributableLayer",
      "ociNondistributableLayerGzip",
      "ociNondistributableLayerZstd",
    ],
  },
] as const;

for (const { predicate, names } of truths) {
  describe(predicate.name, () => {
    for (const [name, mediaType] of Object.entries(mediaTypes)) {
      const expected = names.some((own) => own === name);
      it(`says ${expected} for ${mediaType}`, () => {
        assert.equal(predicate(mediaType), expected);
      });
    }

    it("does not take a media type that only begins like one of its own", () => {
      assert.equal(predicate(" application/vnd.docker.distribution.manifest.list.v2+json.x"), false);
    });
  });
}

describe("manifestAccept", () => {
  it("asks for all four kinds of manifest, the OCI index first", () => {
    assert.equal(
      manifestAccept,
      "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, " +
        "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json",
    );
  });
});
