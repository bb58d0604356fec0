import assert from "node:assert/strict";
import { isSameSite } from "../../../provider/distribution/site";

describe("isSameSite", () => {
  const same: readonly (readonly [string, string])[] = [
    ["registry.example.com", "auth.example.com"],
    ["registry-1.docker.io", "auth.docker.io"],
    ["registry.gitlab.com", "gitlab.com"],
    ["registry.example.co.uk", "auth.example.co.uk"],
    ["registry.example.com.", "auth.example.com"],
  ];
  for (const [a, b] of same) it(`holds for ${a} and ${b}`, () => assert.equal(isSameSite(a, b), true));

  const different: readonly (readonly [a: string, b: string, why: string])[] = [
    ["registry.example.com", "auth.example.org", "another domain"],
    ["example.com", "example.com.evil.net", "the name is only a prefix"],
    ["notexample.com", "example.com", "the name is only a suffix"],
    ["good.com.", "evil.com.", "a final dot is no label"],
    ["a.co.uk", "b.co.uk", "the domain is a country's"],
    ["a.com.au", "b.com.au", "the domain is a country's"],
    ["co.uk", "co.uk", "nobody owns it"],
    ["mine.azurecr.io", "theirs.azurecr.io", "a cloud's customers share the domain"],
    ["1.dkr.ecr.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com", "a cloud's customers share the domain"],
    ["a.github.io", "b.github.io", "a cloud's customers share the domain"],
    ["192.0.2.1", "198.51.2.1", "addresses have no domain"],
    ["[2001:db8::1]", "[2001:db8::1]", "addresses have no domain"],
    ["localhost", "localhost", "it has no domain"],
  ];
  for (const [a, b, why] of different)
    it(`does not hold for ${a} and ${b}: ${why}`, () => assert.equal(isSameSite(a, b), false));
});
