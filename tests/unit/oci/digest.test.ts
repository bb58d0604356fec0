import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../provider/errors";
import {
  createVerifier,
  digestAlgorithm,
  digestOf,
  hasDigestForm,
  isDigest,
  parseDigest,
  verifyBytes,
} from "../../../provider/oci/digest";
import { digests } from "./vectors/digest";

const abc = Buffer.from("abc");
// FIPS 180-2, appendices B.1 and C.1.
const abc256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const abc512 =
  "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

describe("parseDigest", () => {
  it("is checked with 19 vectors of go-digest", () => {
    assert.equal(digests.length, 19);
  });

  for (const { input, valid, why } of digests) {
    it(`${valid ? "takes" : "refuses"} ${JSON.stringify(input)}${why === undefined ? "" : `: ${why}`}`, () => {
      assert.equal(isDigest(input), valid);
    });
  }

  it("returns the digest itself", () => {
    assert.equal(parseDigest(abc512), abc512);
  });

  it("names the text and the right form in its error", () => {
    assert.throws(
      () => parseDigest("sha256:abc"),
      (error) => hasCode(error, "ERR_DIGEST_INVALID") && /"sha256:abc".*sha256: and 64/.test(error.message),
    );
  });

  it("says of a digest of another algorithm that it cannot be verified", () => {
    const blake3 = `blake3:${"ab".repeat(32)}`;
    assert.equal(hasDigestForm(blake3), true);
    assert.throws(
      () => parseDigest(blake3),
      (error) => hasCode(error, "ERR_DIGEST_INVALID") && /algorithm that cannot be verified here/.test(error.message),
    );
  });

  it("security row 9: refuses a digest with anything before or after it", () => {
    for (const text of [`${abc256}\n`, ` ${abc256}`, `${abc256}/../x`, `../${abc256}`, `${abc256}\u0000`]) {
      assert.throws(
        () => parseDigest(text),
        (error) => hasCode(error, "ERR_DIGEST_INVALID"),
      );
    }
  });

  it("throws nothing but ERR_DIGEST_INVALID, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.throws(
          () => parseDigest(text),
          (error) => hasCode(error, "ERR_DIGEST_INVALID"),
        );
      }),
    );
  });

  it("answers a text of a million characters with a short message", () => {
    assert.throws(
      () => parseDigest(`sha256:${"a".repeat(1_000_000)}`),
      (error) => hasCode(error, "ERR_DIGEST_INVALID") && error.message.length < 400,
    );
  });
});

describe("digestAlgorithm", () => {
  for (const [digest, algorithm] of [
    [abc256, "sha256"],
    [abc512, "sha512"],
  ] as const) {
    it(`says ${algorithm}`, () => {
      assert.equal(digestAlgorithm(digest), algorithm);
    });
  }

  it("refuses what is not a digest", () => {
    assert.throws(
      () => digestAlgorithm("sha256:"),
      (error) => hasCode(error, "ERR_DIGEST_INVALID"),
    );
  });
});

describe("digestOf", () => {
  it("uses sha256 unless told", () => {
    assert.equal(digestOf(abc), abc256);
  });

  it("computes sha512", () => {
    assert.equal(digestOf(abc, "sha512"), abc512);
  });

  it("returns digests that parseDigest takes, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("sha256" as const, "sha512" as const), (bytes, algorithm) => {
        assert.equal(digestAlgorithm(parseDigest(digestOf(bytes, algorithm))), algorithm);
      }),
    );
  });
});

describe("verifyBytes", () => {
  it("passes bytes that are what the descriptor says", () => {
    verifyBytes(abc, { digest: abc256, size: 3 }, "config");
  });

  it("passes bytes of an unknown size by their digest", () => {
    verifyBytes(abc, { digest: abc512 }, "config");
  });

  it("security row 9: checks the size before the digest", () => {
    assert.throws(
      () => verifyBytes(abc, { digest: digestOf(Buffer.from("abcd")), size: 4 }, "config of r.example/a"),
      (error) => hasCode(error, "ERR_CONTENT_INVALID") && /config of r\.example\/a.*4 bytes.*3/.test(error.message),
    );
  });

  it("names content and both digests when they differ", () => {
    assert.throws(
      () => verifyBytes(Buffer.from("abd"), { digest: abc256, size: 3 }, "config of r.example/a"),
      (error) =>
        hasCode(error, "ERR_DIGEST_MISMATCH") &&
        error.message.startsWith("config of r.example/a:") &&
        error.details.expected === abc256 &&
        error.details.actual === digestOf(Buffer.from("abd")),
    );
  });

  it("refuses a descriptor whose digest is none", () => {
    assert.throws(
      () => verifyBytes(abc, { digest: "md5:abc" }, "config"),
      (error) => hasCode(error, "ERR_DIGEST_INVALID"),
    );
  });
});

describe("createVerifier", () => {
  it("passes content however it is cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (chunks) => {
        const bytes = Buffer.concat(chunks);
        const verifier = createVerifier({ digest: digestOf(bytes), size: bytes.length }, "layer");
        for (const chunk of chunks) verifier.update(chunk);
        verifier.finish();
      }),
    );
  });

  it("throws at the first byte over the size", () => {
    const verifier = createVerifier({ digest: abc256, size: 3 }, "layer");
    verifier.update(abc);
    assert.throws(
      () => verifier.update(Buffer.from("d")),
      (error) => hasCode(error, "ERR_CONTENT_INVALID") && /layer.*3 bytes.*more/.test(error.message),
    );
  });

  it("throws at the end when bytes are missing", () => {
    const verifier = createVerifier({ digest: abc256, size: 3 }, "layer");
    verifier.update(Buffer.from("ab"));
    assert.throws(
      () => verifier.finish(),
      (error) => hasCode(error, "ERR_CONTENT_INVALID"),
    );
  });

  it("throws at the end when the digest differs", () => {
    const verifier = createVerifier({ digest: abc512, size: 3 }, "layer");
    verifier.update(Buffer.from("abd"));
    assert.throws(
      () => verifier.finish(),
      (error) => hasCode(error, "ERR_DIGEST_MISMATCH") && error.details.expected === abc512,
    );
  });

  it("refuses a descriptor whose digest is none before any byte", () => {
    assert.throws(
      () => createVerifier({ digest: "sha256:", size: 0 }, "layer"),
      (error) => hasCode(error, "ERR_DIGEST_INVALID"),
    );
  });
});
