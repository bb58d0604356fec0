import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { mayMissContent } from "../../../provider/distribution/missingContent";
import { registryClient } from "../../../provider/distribution/registryClient";
import type { ManifestContent, Repository } from "../../../provider/distribution/repository";
import { hasCode, hasStatus, messageOf } from "../../../provider/errors";
import type { HttpRequest, HttpResponse } from "../../../provider/http/message";
import { digestOf } from "../../../provider/oci/digest";
import { mediaTypes } from "../../../provider/oci/mediaTypes";
import { stillClock } from "../../support/context";
import { answerWith, type TinyQuirks } from "../../support/tinyQuirks";
import { type TinyRegistry, tinyRegistry } from "../../support/tinyRegistry";

const address = "registry.example.com";
const tags = ["1.0", "1.1", "1.2", "2.0", "2.1"];

function manifestOf(document: object, mediaType: string = mediaTypes.ociIndex): ManifestContent {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

const image = manifestOf({ manifests: [] });
const other = manifestOf({ manifests: [], annotations: { a: "b" } });

async function exchange(registry: TinyRegistry, quirks: TinyQuirks, request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers = {}, body } = request;
  const chunks: Uint8Array[] = [];
  if (body instanceof Uint8Array) chunks.push(body);
  else if (body !== undefined) for await (const chunk of body.open()) chunks.push(chunk);
  const answer = answerWith(quirks, registry, { method, url, headers, body: Buffer.concat(chunks) });
  const length = { "content-length": String(answer.body.length), ...answer.headers };
  const sent = method === "HEAD" ? [] : [answer.body];
  return { status: answer.status, headers: length, url, body: Readable.from(sent, { objectMode: false }) };
}

/** A registry with these quirks, which has an image under five tags. */
function repositoryWith(quirks: TinyQuirks): { readonly repository: Repository; readonly registry: TinyRegistry } {
  const registry = tinyRegistry();
  registry.manifests.set(`app@${image.descriptor.digest}`, {
    mediaType: image.descriptor.mediaType,
    bytes: Buffer.from(image.bytes),
  });
  for (const tag of tags) registry.tags.set(`app:${tag}`, image.descriptor.digest);
  const client = registryClient(
    { address, credentials: { anonymous: true } },
    {
      clock: stillClock(),
      environment: {},
      config: () => undefined,
      notify: () => {},
      transport: () => ({ send: (request) => exchange(registry, quirks, request), close: async () => {} }),
    },
  );
  return { repository: client.repository("app"), registry };
}

const blob = {
  descriptor: { mediaType: mediaTypes.ociLayer, digest: digestOf(Buffer.from("layer")), size: 5 },
  open: async () => Readable.from([Buffer.from("layer")]),
};

describe("a registry that does not do as the specification says", () => {
  for (const status of [400, 401, 403, 404, 405, 501] as const) {
    it(`HEAD of a manifest ${status}: a GET tells what is there, and that a free tag is free`, async () => {
      const { repository } = repositoryWith({ headManifest: status });
      assert.equal((await repository.headManifest("1.0"))?.digest, image.descriptor.digest);
      assert.equal(await repository.headManifest("3.0"), undefined);
      await repository.putManifest("3.0", other);
      assert.equal((await repository.headManifest("3.0"))?.digest, other.descriptor.digest);
    });

    it(`HEAD of a blob ${status}: one byte of it tells that it is there`, async () => {
      const { repository, registry } = repositoryWith({ headBlob: status });
      registry.blobs.set(`app@${blob.descriptor.digest}`, Buffer.from("layer"));
      assert.equal(await repository.hasBlob(blob.descriptor), true);
      assert.equal(await repository.hasBlob({ digest: digestOf(Buffer.from("absent")) }), false);
    });
  }

  for (const created of [200, 202, 204] as const)
    it(`${created} without a digest in place of 201: blobs and manifests are written`, async () => {
      const { repository, registry } = repositoryWith({ created });
      assert.equal(await repository.pushBlob(blob), "uploaded");
      await repository.putManifest("3.0", other);
      assert.equal(registry.tags.get("app:3.0"), other.descriptor.digest);
    });

  it("404 to every mount: a blob is uploaded without one", async () => {
    const { repository, registry } = repositoryWith({ ownMountAbsent: true });
    assert.equal(await repository.pushBlob(blob, { mountFrom: "theirs" }), "uploaded");
    assert.ok(registry.blobs.has(`app@${blob.descriptor.digest}`));
  });

  it("415 to Docker's media types: the error says which format to set", async () => {
    const put = repositoryWith({ dockerTypes: 415 }).repository.putManifest(
      "3.0",
      manifestOf({ config: blob.descriptor, layers: [] }, mediaTypes.dockerManifest),
    );
    await assert.rejects(put, (error) => hasStatus(error, 415) && /format: "oci"/.test(messageOf(error)));
  });

  it("400 to every manifest with a subject: the error names the subject and what to leave out", async () => {
    const put = repositoryWith({ subject: 400 }).repository.putManifest(
      "3.0",
      manifestOf({ manifests: [], subject: image.descriptor }),
    );
    await assert.rejects(put, (error) => messageOf(error).includes(`with a subject, here ${image.descriptor.digest}`));
  });

  for (const missingChild of [
    "400 MANIFEST_INVALID",
    "400 BLOB_UNKNOWN",
    "404 MANIFEST_UNKNOWN",
    "404 BLOB_UNKNOWN",
  ] as const)
    it(`${missingChild} to a manifest whose content is missing: it is looked for, and pushed again`, async () => {
      await assert.rejects(repositoryWith({ missingChild }).repository.putManifest("3.0", other), mayMissContent);
    });

  for (const refusesListedChild of ["405 DENIED", "409 MANIFEST_REFERENCED", "412 PRECONDITION"] as const)
    it(`${refusesListedChild} to a deletion: the error speaks of the index, not of rights`, async () => {
      const deletion = repositoryWith({ refusesListedChild }).repository.deleteManifest(image.descriptor.digest);
      await assert.rejects(deletion, (error) => /delete the index first/.test(messageOf(error)));
    });

  it("400 to large pages of tags: all are listed in the registry's own", async () => {
    assert.deepEqual(await repositoryWith({ tagsLimit: 100 }).repository.listTags(), tags);
  });

  it("a Link without brackets: the list goes on to its end", async () => {
    assert.deepEqual(await repositoryWith({ linkWithoutBrackets: true }).repository.listTags(), tags);
  });

  it("a fallback tag that names the subject itself: it is no list of referrers", async () => {
    const { repository, registry } = repositoryWith({ fallbackTagIsSubject: true });
    registry.answer = withoutReferrersApi(registry.answer);
    assert.equal((await repository.listReferrers(image.descriptor.digest)).source, "notAList");
  });

  it("a page for people in place of a 404: nothing is taken for absent", async () => {
    const { repository } = repositoryWith({ page404: true });
    const unconfirmed = (error: unknown) => hasCode(error, "ERR_ABSENCE_UNCONFIRMED");
    await assert.rejects(repository.headManifest("3.0"), unconfirmed);
    await assert.rejects(repository.hasBlob({ digest: digestOf(Buffer.from("absent")) }), unconfirmed);
  });
});

function withoutReferrersApi(answer: TinyRegistry["answer"]): TinyRegistry["answer"] {
  return (request) =>
    request.url.pathname.includes("/referrers/")
      ? { status: 404, headers: {}, body: Buffer.alloc(0) }
      : answer(request);
}
