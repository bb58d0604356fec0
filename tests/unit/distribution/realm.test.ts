import assert from "node:assert/strict";
import { checkRealm } from "../../../provider/distribution/realm";
import { hasCode, messageOf } from "../../../provider/errors";

interface Case {
  readonly title: string;
  readonly registry: string;
  readonly realm: string;
  readonly authRealms?: readonly string[];
}

function check({ registry, realm, authRealms }: Omit<Case, "title">) {
  const registryUrl = new URL(registry);
  const connection = { address: registryUrl.host, ...(authRealms && { authRealms }) };
  return checkRealm(realm, connection, registryUrl);
}

describe("checkRealm", () => {
  const trusted: readonly (Case & { readonly host: "named" | "untrusted" })[] = [
    { title: "its own host", registry: "https://r.example.com", realm: "https://r.example.com/token", host: "named" },
    {
      title: "its own host on another port",
      registry: "https://r.example.com:5000",
      realm: "https://r.example.com:5001/token",
      host: "named",
    },
    {
      title: "its own private address",
      registry: "https://10.0.0.5:5000",
      realm: "https://10.0.0.5:8443/token",
      host: "named",
    },
    {
      title: "http from a registry without TLS",
      registry: "http://10.0.0.5:5000",
      realm: "http://10.0.0.5/token",
      host: "named",
    },
    {
      title: "another loopback port of a loopback registry",
      registry: "http://localhost:5000",
      realm: "http://localhost:5001/token",
      host: "named",
    },
    {
      title: "another name of this machine's loopback",
      registry: "http://127.0.0.1:5000",
      realm: "http://localhost:5001/token",
      host: "named",
    },
    {
      title: "a host of the same site",
      registry: "https://registry.example.com",
      realm: "https://auth.example.com/t",
      host: "untrusted",
    },
    {
      title: "the registry that a regional endpoint of Azure belongs to (assumed)",
      registry: "https://contoso.eastus.geo.azurecr.io",
      realm: "https://contoso.azurecr.io/oauth2/token",
      host: "untrusted",
    },
    {
      title: "Docker Hub's token server",
      registry: "https://registry-1.docker.io",
      realm: "https://auth.docker.io/token",
      host: "untrusted",
    },
    {
      title: "Alibaba's token server",
      registry: "https://registry.cn-hangzhou.aliyuncs.com",
      realm: "https://dockerauth.cn-hangzhou.aliyuncs.com/auth",
      host: "untrusted",
    },
    {
      title: "Scaleway's token server",
      registry: "https://rg.fr-par.scw.cloud",
      realm: "https://api.scaleway.com/registry-internal/v1/regions/fr-par/tokens",
      host: "untrusted",
    },
    {
      title: "a host in authRealms",
      registry: "https://r.example.com",
      realm: "https://auth.other.org/t",
      authRealms: ["auth.other.org"],
      host: "named",
    },
    {
      title: "a host in authRealms by its default port",
      registry: "https://r.example.com",
      realm: "https://auth.other.org/t",
      authRealms: ["Auth.Other.org:443"],
      host: "named",
    },
    {
      title: "a private address in authRealms",
      registry: "https://r.example.com",
      realm: "https://10.1.2.3/t",
      authRealms: ["10.1.2.3"],
      host: "named",
    },
  ];
  for (const { title, host, ...given } of trusted)
    it(`security row 1: gives credentials to ${title}`, () => {
      const realm = check(given);
      assert.deepEqual([realm.mayReceiveCredentials, realm.host], [true, host]);
    });

  const anonymousOnly: readonly Case[] = [
    { title: "another site", registry: "https://r.example.com", realm: "https://auth.evil.net/t" },
    { title: "a public address", registry: "https://r.example.com", realm: "https://93.184.216.34/t" },
    { title: "another customer of the same cloud", registry: "https://a.azurecr.io", realm: "https://b.azurecr.io/t" },
    {
      title: "another port than authRealms says",
      registry: "https://r.example.com",
      realm: "https://auth.other.org:8443/t",
      authRealms: ["auth.other.org"],
    },
    {
      title: "a host below one in authRealms",
      registry: "https://r.example.com",
      realm: "https://x.auth.other.org/t",
      authRealms: ["auth.other.org"],
    },
    {
      title: "Docker Hub's token server for another registry",
      registry: "https://r.example.com",
      realm: "https://auth.docker.io/token",
    },
  ];
  for (const { title, ...given } of anonymousOnly)
    it(`security row 1: asks ${title} without credentials only`, () => {
      const realm = check(given);
      assert.deepEqual([realm.mayReceiveCredentials, realm.host], [false, "untrusted"]);
    });

  const refused: readonly Case[] = [
    { title: "http from a registry with TLS", registry: "https://r.example.com", realm: "http://r.example.com/token" },
    { title: "another protocol", registry: "https://r.example.com", realm: "ftp://r.example.com/token" },
    {
      title: "another protocol from a registry without TLS",
      registry: "http://localhost:5000",
      realm: "file:///etc/passwd",
    },
    { title: "user info", registry: "https://r.example.com", realm: "https://user:pw@r.example.com/token" },
    {
      title: "the cloud's metadata address",
      registry: "https://r.example.com",
      realm: "https://169.254.169.254/token",
    },
    { title: "that address as one number", registry: "https://r.example.com", realm: "https://2852039166/token" },
    {
      title: "loopback from a registry elsewhere",
      registry: "https://r.example.com",
      realm: "https://127.0.0.1/token",
    },
    { title: "IPv6 loopback", registry: "https://r.example.com", realm: "https://[::1]/token" },
    {
      title: "IPv6 that carries a private IPv4",
      registry: "https://r.example.com",
      realm: "https://[::ffff:10.0.0.1]/token",
    },
    { title: "the unspecified address", registry: "https://r.example.com", realm: "https://0.0.0.0/token" },
    { title: "a private address", registry: "https://r.example.com", realm: "https://192.168.1.1/token" },
    {
      title: "a private address that is not the registry's own",
      registry: "https://10.0.0.5",
      realm: "https://10.0.0.6/token",
    },
  ];
  for (const { title, ...given } of refused)
    it(`security row 1: refuses ${title}`, () => {
      assert.throws(
        () => check(given),
        (error) => hasCode(error, "ERR_ADDRESS_REFUSED"),
      );
    });

  it("security row 15: does not repeat a realm's user info in the error", () => {
    const given = { registry: "https://r.example.com", realm: "https://user:canary-one@r.example.com/?sig=canary-two" };
    assert.throws(
      () => check(given),
      (error) => !messageOf(error).includes("canary"),
    );
  });

  for (const realm of ["", "/token", "auth.example.com", "https://"])
    it(`takes ${JSON.stringify(realm)} for no realm`, () => {
      assert.throws(
        () => check({ registry: "https://r.example.com", realm }),
        (error) => hasCode(error, "ERR_AUTH"),
      );
    });

  it("keeps the realm's path and query, without a fragment", () => {
    const { url } = check({ registry: "https://r.example.com", realm: "https://r.example.com/t?a=b#c" });
    assert.equal(url.href, "https://r.example.com/t?a=b");
  });
});
