import assert from "node:assert/strict";
import { askForToken } from "../../../provider/azure/tokenRequest";
import { hasCode } from "../../../provider/errors";
import { manualClock } from "../distribution/manualClock";
import { startServer, type TestServer } from "../http/servers";

describe("askForToken", () => {
  let server: TestServer;
  afterEach(() => server.close());

  async function ask(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
    server = await startServer((_, response) => response.writeHead(status, headers).end(body));
    const world = { clock: manualClock(), environment: {} };
    return askForToken(world, { url: server.url("/token"), form: new URLSearchParams(), asker: "somebody" });
  }

  for (const status of [429, 500, 503])
    it(`says that the same request may be sent again after ${status}`, async () => {
      await assert.rejects(
        ask(status, "busy"),
        (error) => hasCode(error, "ERR_TRANSPORT") && error.details.retryable && error.message.includes("somebody"),
      );
    });

  const refusals: readonly (readonly [title: string, status: number, body: string, message: RegExp])[] = [
    ["an answer that is no JSON", 200, "<html>", /200: without a reason/],
    ["a refusal without a word", 403, "", /403: without a reason\. No token for somebody/],
    ["a redirect, which is not followed", 302, "", /302: without a reason/],
    ["a description of many lines by the first", 400, '{"error_description":"one\\r\\ntwo"}', /400: one\. No token/],
    [
      "a description that holds a token without it",
      400,
      '{"error":"eyJhbGciOi.eyJhdWQiOi.c2ln"}',
      /400: \[redacted\]\./,
    ],
  ];
  for (const [title, status, body, message] of refusals)
    it(`tells of ${title}`, async () => {
      await assert.rejects(
        ask(status, body, status === 302 ? { location: "/elsewhere" } : {}),
        (error) => hasCode(error, "ERR_AUTH") && message.test(error.message),
      );
    });
});
