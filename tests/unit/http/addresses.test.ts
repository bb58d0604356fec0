import assert from "node:assert/strict";
import { addressKind, isPrivateAddress } from "../../../provider/http/addresses";

const refused = {
  loopback: ["127.0.0.1", "127.255.255.254", "::1"],
  unspecified: ["0.0.0.0", "0.1.2.3", "::"],
  private: ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff:ffff::1"],
  "link-local, cloud metadata": ["169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254"],
  "a cloud's virtual host": ["168.63.129.16", "100.100.100.200", "192.0.0.192"],
  "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
  multicast: ["224.0.0.1", "239.255.255.255", "ff02::1"],
  "reserved and broadcast": ["240.0.0.1", "255.255.255.255"],
  "IPv4 in IPv6": [
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::7f00:1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
    "2001:0:1::1",
  ],
  "no address": ["", "localhost", "127.1", "10.0.0.256", "[::1]"],
};
const allowed = [
  "8.8.8.8",
  "172.15.255.255",
  "172.32.0.1",
  "100.63.255.255",
  "100.128.0.1",
  "168.63.129.15",
  "2606:4700::1",
];

const kinds = {
  public: ["8.8.8.8", "2606:4700::1"],
  loopback: ["127.0.0.1", "127.255.255.254", "::1"],
  internal: ["10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1", "fdff:ffff::1%eth0"],
  special: [
    ["link-local", "169.254.169.254"],
    ["link-local", "fe80::1"],
    ["metadata in carrier-grade NAT", "100.100.100.200"],
    ["metadata in unique local addresses", "fd00:ec2::254"],
    ["metadata in unique local addresses", "fd20:ce::254"],
    ["a cloud's virtual host", "168.63.129.16"],
    ["internal IPv4 in IPv6", "::ffff:10.0.0.1"],
    ["loopback IPv4 in IPv6", "::ffff:127.0.0.1"],
    ["unspecified", "0.0.0.0"],
    ["no address", "localhost"],
  ],
} as const;

describe("addressKind", () => {
  for (const kind of ["public", "loopback", "internal"] as const)
    for (const address of kinds[kind]) it(`is ${kind} for ${address}`, () => assert.equal(addressKind(address), kind));
  for (const [what, address] of kinds.special)
    it(`security row 1: is special for ${address} (${what})`, () => assert.equal(addressKind(address), "special"));
});

describe("isPrivateAddress", () => {
  for (const [kind, addresses] of Object.entries(refused))
    for (const address of addresses)
      it(`counts ${address || "an empty text"} as private (${kind})`, () =>
        assert.equal(isPrivateAddress(address), true));
  for (const address of allowed)
    it(`counts ${address} as public`, () => assert.equal(isPrivateAddress(address), false));
});
