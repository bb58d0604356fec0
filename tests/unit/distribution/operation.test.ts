import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { Authorizer } from "../../../provider/distribution/authorization";
import {
  createOperations,
  headersOnly,
  type Operation,
  type Operations,
} from "../../../provider/distribution/operation";
import { hasCode, hasStatus } from "../../../provider/errors";
import { createGate } from "../../../provider/http/gate";
import type { HttpRequest, HttpResponse } from "../../../provider/http/message";
import { impatientClock } from "../../registry/distribution/content";

const origin = new URL("https://r.example");
const get: Operation = {
  method: "GET",
  url: new URL("/v2/team/server/tags/list", origin),
  scopes: [{ repository: "team/server", actions: ["pull"] }],
  answers: [200],
};

describe("createOperations", () => {
  const sent: HttpRequest[] = [];
  const notes: string[] = [];
  beforeEach(() => {
    sent.length = 0;
    notes.length = 0;
  });

  function respond(request: HttpRequest, status: number, url = request.url): HttpResponse {
    return { status, headers: {}, url, body: Readable.from([]) };
  }

  /** Operations on a registry that answers with these statuses in turn, the last one for ever. */
  function operationsOn(statuses: readonly number[], authorizer: Partial<Authorizer> = {}): Operations {
    const clock = impatientClock();
    return createOperations({
      origin,
      clock,
      gate: createGate(clock),
      notify: (message) => notes.push(message),
      authorizer: {
        authorize: async () => "Bearer t",
        challenged: async () => true,
        denied: async () => false,
        rightsAdvice: async () => undefined,
        ...authorizer,
      },
      transport: {
        close: async () => {},
        async send(request) {
          sent.push(request);
          return respond(request, statuses[sent.length - 1] ?? statuses.at(-1) ?? 200);
        },
      },
    });
  }

  it("sends requests to the registry with authorization, to a host that the user named", async () => {
    await operationsOn([200]).send(get, headersOnly);
    assert.deepEqual(
      sent.map(({ authorization, host, redirects }) => [authorization, host, redirects]),
      [["Bearer t", "named", "follow"]],
    );
  });

  it("obeys redirects of a write within the origin only", async () => {
    await operationsOn([200]).send({ ...get, method: "PUT" }, headersOnly);
    assert.equal(sent[0]?.redirects, "sameOrigin");
  });

  it("security row 3: sends an upload to another host without authorization, as to one that a server chose", async () => {
    const url = new URL("https://storage.example/upload");
    await operationsOn([200]).send({ ...get, method: "PUT", url }, headersOnly);
    assert.deepEqual(
      sent.map(({ authorization, host }) => [authorization, host]),
      [[undefined, "untrusted"]],
    );
  });

  it("security row 3: tells once which other host gets the uploads", async () => {
    const operations = operationsOn([200]);
    const url = new URL("https://storage.example/upload");
    for (let time = 1; time <= 2; time++) await operations.send({ ...get, method: "PUT", url }, headersOnly);
    assert.deepEqual(notes, ["r.example has its uploads sent to storage.example."]);
  });

  it("security row 3: sends nothing to another host without TLS", async () => {
    const url = new URL("http://storage.example/upload");
    const put = operationsOn([200]).send({ ...get, method: "PUT", url }, headersOnly);
    await assert.rejects(put, (error) => hasCode(error, "ERR_ADDRESS_REFUSED"));
    assert.equal(sent.length, 0);
  });

  it("sends a challenged request again with a fresh authorization", async () => {
    let tokens = 0;
    const operations = operationsOn([401, 200], { authorize: async () => `Bearer ${++tokens}` });
    await operations.send(get, headersOnly);
    assert.deepEqual(
      sent.map(({ authorization }) => authorization),
      ["Bearer 1", "Bearer 2"],
    );
  });

  it("gives up after four challenges, whatever the authorizer hopes for", async () => {
    await assert.rejects(operationsOn([401]).send(get, headersOnly), (error) => hasStatus(error, 401));
    assert.equal(sent.length, 4);
  });

  it("tries a retryable status six times", async () => {
    await assert.rejects(operationsOn([503]).send(get, headersOnly), (error) => hasStatus(error, 503));
    assert.equal(sent.length, 6);
  });

  it("does not try a refusal again", async () => {
    await assert.rejects(operationsOn([403]).send(get, headersOnly), (error) => hasStatus(error, 403));
    assert.equal(sent.length, 1);
  });

  it("retries several requests as one, from their beginning, within one budget", async () => {
    const attempts: number[] = [];
    const work = operationsOn([200, 503]).retry(async (send, attempt) => {
      attempts.push(attempt);
      await send(get, headersOnly);
      await send(get, headersOnly);
    });
    await assert.rejects(work, (error) => hasStatus(error, 503));
    assert.deepEqual(attempts, [1, 2, 3, 4, 5, 6]);
  });
});
