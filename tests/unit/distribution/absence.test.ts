import assert from "node:assert/strict";
import type { Repository } from "../../../provider/distribution/repository";
import { hasCode } from "../../../provider/errors";
import { newRepository, randomBlob, uniqueIndex } from "../../registry/distribution/content";
import { type Answer, errorBody, type FakeRegistry, fakeRegistry } from "./fakeRegistry";

const { digest } = uniqueIndex().descriptor;
const blob = randomBlob().descriptor;
const outcome = { absent: "absent", unclear: "unclear" } as const;

interface Question {
  readonly what: string;
  /** The codes by which a registry says that it is not there. */
  readonly codes: readonly string[];
  /** @returns whether it is there. @throws ERR_NOT_FOUND, which says no. */
  ask(repository: Repository): Promise<unknown>;
}

const questions: readonly Question[] = [
  { what: "a tag", codes: ["MANIFEST_UNKNOWN"], ask: (repository) => repository.headManifest("1.0") },
  { what: "a new tag", codes: ["MANIFEST_UNKNOWN"], ask: (repository) => repository.lookForManifest("1.0") },
  { what: "a manifest", codes: ["MANIFEST_UNKNOWN"], ask: (repository) => repository.getManifest(digest) },
  { what: "a blob that is looked for", codes: ["BLOB_UNKNOWN"], ask: (repository) => repository.hasBlob(blob) },
  { what: "a blob that is read", codes: ["BLOB_UNKNOWN"], ask: (repository) => repository.getBlobBytes(blob) },
  { what: "the list of tags", codes: [], ask: (repository) => repository.listTags() },
  { what: "a fallback tag", codes: ["MANIFEST_UNKNOWN"], ask: (repository) => listed(repository) },
];

async function listed(repository: Repository): Promise<unknown> {
  const { descriptors } = await repository.listReferrers(digest);
  return descriptors.length > 0;
}

async function answerTo({ ask }: Question, repository: Repository): Promise<string> {
  try {
    return (await ask(repository)) ? "there" : outcome.absent;
  } catch (error) {
    if (hasCode(error, "ERR_NOT_FOUND")) return outcome.absent;
    if (hasCode(error, "ERR_ABSENCE_UNCONFIRMED")) return outcome.unclear;
    throw error;
  }
}

const html = { "content-type": "text/html" };
const doubts: readonly (readonly [string, Answer])[] = [
  ["without a body", { status: 404 }],
  ["with a page", { status: 404, headers: html, body: "<html>no such page</html>" }],
  ["with a page longer than any error", { status: 404, headers: html, body: "x".repeat(100_000) }],
  ["with other JSON", { status: 404, body: JSON.stringify({ message: "no Route matched with those values" }) }],
  ["with no entries", { status: 404, body: JSON.stringify({ errors: [] }) }],
  ["with an entry of another meaning", { status: 404, body: errorBody("UNSUPPORTED", "no such route") }],
];

describe("what a 404 tells of", () => {
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  async function repositoryThatSays(answer: Answer) {
    registry = await fakeRegistry(() => answer);
    return newRepository(registry.address, "team/server");
  }

  for (const question of questions) {
    for (const code of [...question.codes, "NAME_UNKNOWN", "NOT_FOUND"]) {
      it(`${question.what}: that it is not there, when the registry says ${code}`, async () => {
        const repository = await repositoryThatSays({ status: 404, body: errorBody(code, "unknown") });
        assert.equal(await answerTo(question, repository), outcome.absent);
      });
    }

    for (const [what, answer] of doubts) {
      it(`${question.what}: nothing, when it comes ${what}`, async () => {
        assert.equal(await answerTo(question, await repositoryThatSays(answer)), outcome.unclear);
      });
    }
  }

  it("a tag: asked by HEAD first, and by GET to be sure", async () => {
    const repository = await repositoryThatSays({ status: 404, body: errorBody("MANIFEST_UNKNOWN", "unknown") });
    await repository.headManifest("1.0");
    assert.deepEqual(registry.lines(), ["HEAD manifests/1.0", "GET manifests/1.0"]);
  });

  it("a new tag: asked by GET alone", async () => {
    const repository = await repositoryThatSays({ status: 404, body: errorBody("MANIFEST_UNKNOWN", "unknown") });
    await repository.lookForManifest("1.0");
    assert.deepEqual(registry.lines(), ["GET manifests/1.0"]);
  });

  it("a manifest to be deleted: nothing, when it comes with a page", async () => {
    const repository = await repositoryThatSays({ status: 404, headers: html, body: "<html>" });
    await assert.rejects(repository.deleteManifest(digest), (error) => hasCode(error, "ERR_ABSENCE_UNCONFIRMED"));
  });

  it("a doubt says what was asked, what came back and what to do", async () => {
    const repository = await repositoryThatSays({ status: 404, headers: html, body: "<html>" });
    await assert.rejects(repository.headManifest("1.0"), {
      message:
        `GET http://${registry.address}/v2/team/server/manifests/1.0: 404 Not Found. This does not tell whether ` +
        `${registry.address}/team/server:1.0 is there: the registry itself would say MANIFEST_UNKNOWN. Check the registry's ` +
        "address and the proxies before it, then try again.",
    });
  });
});

describe("a blob that HEAD does not find", () => {
  let registry: FakeRegistry;
  afterEach(() => registry.stop());

  for (const [what, status, get] of [
    ["its first byte comes", 404, { status: 206, body: "x" }],
    ["HEAD is refused, and its first byte comes", 403, { status: 206, body: "x" }],
    ["HEAD is not known, and all of it comes", 501, { status: 200, body: "x".repeat(1000) }],
    ["it has no first byte", 404, { status: 416 }],
  ] as const) {
    it(`is there when ${what}`, async () => {
      registry = await fakeRegistry(({ method }) => (method === "HEAD" ? { status } : get));
      assert.equal(await newRepository(registry.address, "team/server").hasBlob(blob), true);
      assert.deepEqual(
        registry.asked.map(({ method, headers }) => [method, headers.range]),
        [
          ["HEAD", undefined],
          ["GET", "bytes=0-0"],
        ],
      );
    });
  }
});
