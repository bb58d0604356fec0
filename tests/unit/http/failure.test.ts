import assert from "node:assert/strict";
import { type ErrorCode, ProviderError } from "../../../provider/errors";
import { failureOf } from "../../../provider/http/failure";
import type { HttpRequest } from "../../../provider/http/message";

const request: HttpRequest = {
  method: "PUT",
  url: new URL("https://r.example/v2/a/blobs/uploads/1?_state=swordfish"),
  redirects: "refuse",
  host: "named",
};

function failure(code: string, text = "lower text") {
  return failureOf(Object.assign(new Error(text), { code }), request, 5000);
}

describe("failureOf", () => {
  const table: readonly (readonly [code: string, becomes: ErrorCode, retryable: boolean | undefined, says: RegExp])[] =
    [
      ["ECONNREFUSED", "ERR_TRANSPORT", true, /nothing listens on r\.example:443/],
      ["ECONNRESET", "ERR_TRANSPORT", true, /broke/],
      ["EPIPE", "ERR_TRANSPORT", true, /broke/],
      ["UND_ERR_SOCKET", "ERR_TRANSPORT", true, /broke/],
      ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "ERR_TRANSPORT", true, /ended too early/],
      ["EAI_AGAIN", "ERR_TRANSPORT", true, /name server did not answer/],
      ["ENOTFOUND", "ERR_TRANSPORT", false, /host name is not known/],
      ["EHOSTUNREACH", "ERR_TRANSPORT", false, /no way to r\.example:443/],
      ["ENETUNREACH", "ERR_TRANSPORT", false, /no way to r\.example:443/],
      ["UND_ERR_DESTROYED", "ERR_TRANSPORT", false, /has been closed/],
      ["ENOENT", "ERR_TRANSPORT", false, /ENOENT: lower text/],
      ["UND_ERR_CONNECT_TIMEOUT", "ERR_TIMEOUT", undefined, /silent for 5000 ms/],
      ["UND_ERR_HEADERS_TIMEOUT", "ERR_TIMEOUT", undefined, /timeoutSeconds/],
      ["UND_ERR_BODY_TIMEOUT", "ERR_TIMEOUT", undefined, /silent/],
      ["ETIMEDOUT", "ERR_TIMEOUT", undefined, /silent/],
      ["UND_ERR_HEADERS_OVERFLOW", "ERR_CONTENT_TOO_LARGE", undefined, /headers exceed 16384 bytes/],
      ["UND_ERR_REQ_CONTENT_LENGTH_MISMATCH", "ERR_CONTENT_INVALID", undefined, /changed meanwhile/],
      ["DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS", undefined, /not trusted.*Set caCertificate/],
      ["SELF_SIGNED_CERT_IN_CHAIN", "ERR_TLS", undefined, /not trusted.*Set caCertificate/],
      ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_TLS", undefined, /not trusted.*Set caCertificate/],
      ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "ERR_TLS", undefined, /not trusted.*Set caCertificate/],
      ["CERT_UNTRUSTED", "ERR_TLS", undefined, /not trusted.*Set caCertificate/],
      ["CERT_HAS_EXPIRED", "ERR_TLS", undefined, /not valid at this time/],
      ["CERT_NOT_YET_VALID", "ERR_TLS", undefined, /not valid at this time/],
      ["ERR_TLS_CERT_ALTNAME_INVALID", "ERR_TLS", undefined, /made out to another host/],
      ["UND_ERR_PRX_TLS", "ERR_TLS", undefined, /the proxy's certificate/],
      ["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_TLS", undefined, /speaks plain HTTP.*plainHttp: true/],
      ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "ERR_TLS", undefined, /speaks plain HTTP/],
      ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "ERR_TLS", undefined, /set clientCertificate and clientKey/],
      ["ERR_SSL_NO_SHARED_CIPHER", "ERR_TLS", undefined, /handshake with r\.example:443 failed/],
    ];
  for (const [code, becomes, retryable, says] of table)
    it(`tells ${code} as ${becomes}${retryable === undefined ? "" : retryable ? ", to be retried" : ", not to be retried"}`, () => {
      const error = failure(code);
      assert.equal(error.code, becomes);
      assert.equal("retryable" in error.details ? error.details.retryable : undefined, retryable);
      assert.match(error.message, says);
    });

  it("knows an old EPROTO for plain HTTP by its text", () =>
    assert.match(failure("EPROTO", "SSL routines:ssl3_get_record:wrong version number").message, /plainHttp: true/));

  it("tells a body that breaks off between two chunks as worth a retry", () => {
    const parserError = Object.assign(new Error("Response does not match the HTTP/1.1 protocol (Invalid EOF state)"), {
      name: "HTTPParserError",
      code: undefined,
    });
    const { code, details, message } = failureOf(parserError, request, 1);
    assert.deepEqual([code, "retryable" in details && details.retryable], ["ERR_TRANSPORT", true]);
    assert.match(message, /ended too early/);
  });

  it("tells another failure without code by its text", () =>
    assert.match(failureOf("a text", request, 1).message, /it failed \(unknown: a text\)/));

  for (const [status, retryable] of [
    [407, false],
    [403, false],
    [502, true],
  ] as const)
    it(`tells that a proxy answered ${status}`, () => {
      const error = failure("UND_ERR_ABORTED", `Proxy response (${status}) !== 200 when HTTP Tunneling`);
      assert.match(error.message, new RegExp(`proxy answered ${status}`));
      assert.equal("retryable" in error.details && error.details.retryable, retryable);
    });

  it("says what was tried, without secrets", () => {
    const { message } = failure("ECONNRESET");
    assert.match(message, /^PUT https:\/\/r\.example\/v2\/a\/blobs\/uploads\/1\?_state=\[redacted\]: /);
  });

  it("keeps the lower error as the cause", () => {
    const cause = new Error("lower");
    assert.equal(failureOf(cause, request, 1).cause, cause);
  });

  it("gives an error of this package back as it is", () => {
    const error = new ProviderError("ERR_DIGEST_MISMATCH", "other bytes", { expected: "a", actual: "b" });
    assert.equal(failureOf(error, request, 1), error);
  });
});
