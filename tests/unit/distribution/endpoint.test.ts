import assert from "node:assert/strict";
import { apiOrigin } from "../../../provider/distribution/endpoint";

describe("apiOrigin", () => {
  for (const [address, plainHttp, origin] of [
    ["ghcr.io", undefined, "https://ghcr.io"],
    ["docker.io", undefined, "https://registry-1.docker.io"],
    ["r.example:5000", undefined, "https://r.example:5000"],
    ["r.example:5000", true, "http://r.example:5000"],
    ["localhost:5000", undefined, "http://localhost:5000"],
    ["[::1]:5000", undefined, "http://[::1]:5000"],
    ["localhost:5000", false, "https://localhost:5000"],
    ["localhost.example", undefined, "https://localhost.example"],
  ] as const) {
    it(`of ${address}${plainHttp === undefined ? "" : ` with plainHttp ${plainHttp}`} is ${origin}`, () => {
      const connection = plainHttp === undefined ? { address } : { address, plainHttp };
      assert.equal(apiOrigin(connection).origin, origin);
    });
  }

  for (const name of ["caCertificate", "clientCertificate"])
    it(`of a loopback address with a ${name} speaks TLS: that is what a certificate is given for`, () => {
      assert.equal(apiOrigin({ address: "localhost:5000", [name]: "PEM" }).origin, "https://localhost:5000");
    });
});
