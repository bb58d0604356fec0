import assert from "node:assert/strict";
import {
  attestationReferenceType,
  attestationSubject,
  isAttestation,
  referenceDigestAnnotation,
  referenceTypeAnnotation,
} from "../../../provider/oci/attestation";
import type { Descriptor } from "../../../provider/oci/descriptor";
import { mediaTypes } from "../../../provider/oci/mediaTypes";

const subject = "sha256:0b0eca2e5ce8d2f9d6fbf8b5e7ae1d6ea4a5ea4dbe9d52ce8dfa2d3d4e8ee0ab";

/** As BuildKit stores one; the digests are invented. */
const stored: Descriptor = {
  mediaType: mediaTypes.ociManifest,
  digest: "sha256:52f8ce4b4b0c0ce0aeb5c2a6bbb1a4de03b3f3c51c2a0c2b2f1c3b2d9d9b7a01",
  size: 566,
  annotations: { "vnd.docker.reference.digest": subject, "vnd.docker.reference.type": "attestation-manifest" },
  platform: { architecture: "unknown", os: "unknown" },
};

function annotated(annotations: Readonly<Record<string, string>>): Descriptor {
  return { ...stored, annotations };
}

describe("isAttestation", () => {
  it("recognises an attestation as BuildKit stores it", () => {
    assert.equal(isAttestation(stored), true);
  });

  it("does not go by the platform unknown/unknown", () => {
    const { annotations: _, ...image } = stored;
    assert.equal(isAttestation(image), false);
  });

  it("does not take other kinds of reference for one", () => {
    assert.equal(isAttestation(annotated({ [referenceTypeAnnotation]: "signature" })), false);
  });
});

describe("attestationSubject", () => {
  it("gives the digest of the image", () => {
    assert.equal(attestationSubject(stored), subject);
  });

  it("gives nothing for what is no attestation", () => {
    assert.equal(attestationSubject(annotated({ [referenceDigestAnnotation]: subject })), undefined);
  });

  for (const digest of [undefined, "", "sha256:../../x"]) {
    it(`security row 9: gives nothing when the annotation is ${JSON.stringify(digest)}`, () => {
      const annotations = { [referenceTypeAnnotation]: attestationReferenceType };
      const named = digest === undefined ? annotations : { ...annotations, [referenceDigestAnnotation]: digest };
      assert.equal(attestationSubject(annotated(named)), undefined);
    });
  }
});
