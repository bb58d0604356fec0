import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate authority made for one test run, and what it issued. All in PEM form. */
export interface Certificates {
  readonly ca: string;
  /** A server's, for localhost, 127.0.0.1, ::1 and the hosts registry, storage and auth under example.test. */
  readonly cert: string;
  readonly key: string;
  /** A client's, for mutual TLS. */
  readonly clientCert: string;
  readonly clientKey: string;
}

const serverNames =
  "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1,DNS:registry.example.test,DNS:storage.example.test,DNS:auth.example.test";

/** Makes a new authority, a server's and a client's certificate with the machine's openssl; they are valid for two days. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const openssl = (...parameters: readonly string[]) =>
    execFileSync("openssl", parameters, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const issue = (name: string, extension: string) => {
    openssl(
      "req",
      "-newkey",
      "ec",
      ...curve,
      "-nodes",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
    );
    writeFileSync(join(folder, `${name}.ext`), extension);
    const issuer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      ...issuer,
      "-days",
      "2",
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.crt`,
    );
  };
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  try {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      ...curve,
      "-nodes",
      "-subj",
      "/CN=Test authority",
      "-days",
      "2",
      ...authorityFiles,
    );
    issue("server", serverNames);
    issue("client", "extendedKeyUsage=clientAuth");
    return {
      ca: read("ca.crt"),
      cert: read("server.crt"),
      key: read("server.key"),
      clientCert: read("client.crt"),
      clientKey: read("client.key"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"];
const authorityFiles = ["-keyout", "ca.key", "-out", "ca.crt"];
