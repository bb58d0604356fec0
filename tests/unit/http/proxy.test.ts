import assert from "node:assert/strict";
import { hasCode, messageOf } from "../../../provider/errors";
import { proxyFor } from "../../../provider/http/proxy";

const proxies = { HTTPS_PROXY: "http://secure.proxy:3128", HTTP_PROXY: "http://plain.proxy:3128" };
const hostFor = (url: string, environment: Record<string, string>) => proxyFor(new URL(url), environment)?.host;

describe("proxyFor", () => {
  const variables: readonly (readonly [string, string, Record<string, string>, string | undefined])[] = [
    ["none without variables", "https://r.example/", {}, undefined],
    ["HTTPS_PROXY for https", "https://r.example/", proxies, "secure.proxy:3128"],
    ["HTTP_PROXY for http", "http://r.example/", proxies, "plain.proxy:3128"],
    ["never HTTP_PROXY for https", "https://r.example/", { HTTP_PROXY: "http://plain.proxy:3128" }, undefined],
    ["the lower-case variable", "https://r.example/", { https_proxy: "http://lower.proxy:1" }, "lower.proxy:1"],
    ["none for an empty variable", "https://r.example/", { HTTPS_PROXY: "" }, undefined],
    ["a proxy without scheme", "https://r.example/", { HTTPS_PROXY: "proxy:3128" }, "proxy:3128"],
    ["none for localhost", "http://localhost:5000/", proxies, undefined],
    ["none for an IPv4 loopback address", "http://127.1.2.3:5000/", proxies, undefined],
    ["none for the IPv6 loopback address", "http://[::1]:5000/", proxies, undefined],
  ];
  for (const [title, url, environment, expected] of variables)
    it(`chooses ${title}`, () => assert.equal(hostFor(url, environment), expected));

  const exceptions: readonly (readonly [exception: string, url: string, isCovered: boolean])[] = [
    ["*", "https://r.example/", true],
    ["r.example", "https://r.example/", true],
    ["R.Example", "https://r.example/", true],
    ["a.example, r.example", "https://r.example/", true],
    ["r.example", "https://a.r.example/", true],
    ["r.example", "https://ar.example/", false],
    [".r.example", "https://a.r.example/", true],
    [".r.example", "https://r.example/", false],
    ["*.r.example", "https://a.r.example/", true],
    ["r.example:443", "https://r.example/", true],
    ["r.example:5000", "https://r.example/", false],
    ["10.0.0.1", "https://10.0.0.1/", true],
    ["10.0.0.1:5000", "https://10.0.0.1:5000/", true],
    ["10.0.0.0/8", "https://10.1.2.3/", true],
    ["10.0.0.0/8", "https://11.1.2.3/", false],
    ["10.0.0.0/8", "https://r.example/", false],
    ["10.0.0.0/99", "https://10.1.2.3/", false],
    ["fd00::/8", "https://[fd00::1]/", true],
    ["fd00::1", "https://[fd00::1]/", true],
    ["[fd00::1]:443", "https://[fd00::1]/", true],
    ["", "https://r.example/", false],
    [" , ", "https://r.example/", false],
  ];
  for (const [exception, url, isCovered] of exceptions)
    it(`${isCovered ? "goes round" : "uses"} the proxy for ${url} when NO_PROXY is "${exception}"`, () =>
      assert.equal(hostFor(url, { ...proxies, NO_PROXY: exception }), isCovered ? undefined : "secure.proxy:3128"));

  for (const value of ["socks5://proxy:1080", "http://", "http://user:secret@:", "http://user:secret%ff@proxy"])
    it(`refuses ${value} as a proxy, and names the variable`, () =>
      assert.throws(
        () => proxyFor(new URL("https://r.example/"), { HTTPS_PROXY: value }),
        (error) =>
          hasCode(error, "ERR_INPUT_INVALID") &&
          error.details.path === "HTTPS_PROXY" &&
          !messageOf(error).includes("secret"),
      ));
});
