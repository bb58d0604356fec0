import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { createReach } from "../../../provider/http/reach";

const registry = new URL("https://registry.example/v2/");

/** The result of each look-up in turn. */
type Found = readonly (string | readonly string[] | Error)[];

/** The standing beyond a registry that was looked up with these results, one after the other. */
function standingAfter(lookups: Found): string {
  const reach = createReach();
  for (const found of lookups) {
    const lookup = reach.noting((_hostname, _options, callback) => {
      if (found instanceof Error) callback(found, []);
      else callback(null, typeof found === "string" ? found : found.map(addressOf));
    });
    lookup(registry.hostname, {}, () => {});
  }
  return reach.standingBeyond(registry);
}

function addressOf(address: string): LookupAddress {
  return { address, family: address.includes(":") ? 6 : 4 };
}

describe("createReach", () => {
  const cases: readonly (readonly [string, Found, string])[] = [
    ["a registry in a site's network has the site's reach", [["10.0.0.5"]], "internal"],
    ["a registry in a site's network has it with several addresses", [["10.0.0.5", "fd12::5"]], "internal"],
    ["a registry on this machine has this machine's reach", [["127.0.0.1", "::1"]], "loopback"],
    ["a single address counts as a list of one", ["10.0.0.5"], "internal"],
    ["a public registry has none", [["8.8.8.8"]], "untrusted"],
    ["a registry that was never looked up has none", [], "untrusted"],
    ["a failed look-up changes nothing", [["10.0.0.5"], new Error("no name server")], "internal"],
  ];
  for (const [title, lookups, expected] of cases)
    it(title, () => {
      assert.equal(standingAfter(lookups), expected);
    });

  const mixed: readonly (readonly [string, Found])[] = [
    ["at a link-local address", [["169.254.169.254"]]],
    ["at internal and public addresses at once", [["10.0.0.5", "8.8.8.8"]]],
    ["at a public address first and then at an internal one", [["8.8.8.8"], ["10.0.0.5"]]],
    ["at an internal address first and then at a public one", [["10.0.0.5"], ["8.8.8.8"]]],
    ["on this machine first and then in the site's network", [["127.0.0.1"], ["10.0.0.5"]]],
  ];
  for (const [title, lookups] of mixed)
    it(`security row 2: a registry that is ${title} leads nowhere but to public addresses`, () => {
      assert.equal(standingAfter(lookups), "untrusted");
    });

  for (const [host, expected] of [
    ["10.0.0.5:5000", "internal"],
    ["[fd12::5]", "internal"],
    ["127.0.0.1:5000", "loopback"],
    ["8.8.8.8", "untrusted"],
    ["169.254.169.254", "untrusted"],
  ])
    it(`a registry that is named ${host} is ${expected} by its name`, () => {
      assert.equal(createReach().standingBeyond(new URL(`http://${host}/`)), expected);
    });
});
