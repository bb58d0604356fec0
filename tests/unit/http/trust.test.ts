import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { rootCertificates } from "node:tls";
import { hasCode } from "../../../provider/errors";
import { createTransport, type TransportOptions } from "../../../provider/http/transport";
import { secureContext, trustedAuthorities } from "../../../provider/http/trust";
import { makeCertificates } from "../../support/certificates";
import { loopback } from "./harness";
import { startServer } from "./servers";

const ours = makeCertificates();
const others = makeCertificates();

/** Asks an HTTPS server on loopback (or, with `tls: "none"`, an HTTP one) by https. */
async function ask(tls: ServerOptions | "none", options: Partial<TransportOptions>, hostname = "127.0.0.1") {
  const server = await startServer((_, response) => response.end("hello"), tls === "none" ? undefined : tls);
  const transport = createTransport({ timeoutMs: 5000, environment: {}, ...options });
  try {
    const url = new URL(`https://${hostname}:${server.port}/`);
    const response = await transport.send({ method: "GET", url, redirects: "refuse", host: "named" });
    return await text(response.body);
  } finally {
    await transport.close();
    await server.close();
  }
}

const withoutTrust = (says: RegExp) => (error: unknown) => hasCode(error, "ERR_TLS") && says.test(error.message);

describe("secureContext", () => {
  const server = { cert: ours.cert, key: ours.key };

  it("lets a server in whose authority is the given one", async () =>
    assert.equal(await ask(server, { caCertificate: ours.ca }), "hello"));

  it("finds the given authority among several", async () =>
    assert.equal(await ask(server, { caCertificate: others.ca + ours.ca }), "hello"));

  it("lets a server in whose authority is in NODE_EXTRA_CA_CERTS, also beside a given one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "extra-"));
    const file = join(folder, "extra.pem");
    writeFileSync(file, ours.ca);
    try {
      const environment = { NODE_EXTRA_CA_CERTS: file };
      assert.equal(await ask(server, { caCertificate: others.ca, environment }), "hello");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("does without a NODE_EXTRA_CA_CERTS file that is missing, as Node does", async () => {
    const environment = { NODE_EXTRA_CA_CERTS: join(tmpdir(), "missing", "extra.pem") };
    assert.equal(await ask(server, { caCertificate: ours.ca, environment }), "hello");
  });

  it("leaves Node's defaults alone when nothing is given", () => assert.equal(secureContext({}, {}), undefined));

  it("tells how to trust a server that is not trusted", () =>
    assert.rejects(ask(server, {}), withoutTrust(/127\.0\.0\.1:\d+ is not trusted .*Set caCertificate/)));

  it("does not trust another authority's server", () =>
    assert.rejects(ask(server, { caCertificate: others.ca }), withoutTrust(/not trusted/)));

  it("does not take a certificate for another host", () =>
    assert.rejects(
      ask(server, { caCertificate: ours.ca, lookup: loopback }, "evil.example"),
      withoutTrust(/another host/),
    ));

  it("security row 12: does not fall back to HTTP when the server speaks no TLS, and says how to allow it", () =>
    assert.rejects(ask("none", {}), withoutTrust(/speaks plain HTTP.*plainHttp: true/)));

  describe("with a client's certificate", () => {
    const strict = { ...server, ca: ours.ca, requestCert: true, rejectUnauthorized: true };
    const client = { caCertificate: ours.ca, clientCertificate: ours.clientCert, clientKey: ours.clientKey };

    it("is let in by a server that demands one", async () => assert.equal(await ask(strict, client), "hello"));
    it("is needed there", () =>
      assert.rejects(ask(strict, { caCertificate: ours.ca }), (error) => hasCode(error, "ERR_TRANSPORT")));
  });

  describe("refuses", () => {
    const refused: readonly (readonly [string, Partial<TransportOptions>, string])[] = [
      ["an authority's path instead of its text", { caCertificate: "/etc/ca.pem" }, "caCertificate"],
      [
        "a client's certificate that is none",
        { clientCertificate: "x", clientKey: ours.clientKey },
        "clientCertificate",
      ],
      [
        "a key of another certificate",
        { clientCertificate: ours.clientCert, clientKey: ours.key },
        "clientCertificate",
      ],
    ];
    for (const [title, trust, path] of refused)
      it(title, () =>
        assert.throws(
          () => createTransport({ timeoutMs: 1000, environment: {}, ...trust }),
          (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === path,
        ),
      );
  });
});

describe("trustedAuthorities", () => {
  it("adds to the system's authorities instead of replacing them", () =>
    assert.deepEqual(trustedAuthorities(ours.ca, {}), [...rootCertificates, ours.ca]));
});
