import { BlockList, isIP } from "node:net";

/**
 * What an address is good for. `public`: everybody may have it. `internal`: a site's own networks (RFC 1918, unique local
 * IPv6, carrier-grade NAT). `loopback`: this machine. `special`: all others: link-local, cloud metadata, unspecified, multicast, reserved.
 */
export type AddressKind = "public" | "internal" | "loopback" | "special";

type Ranges = readonly (readonly [net: string, prefix: number])[];
type Rule = readonly [kind: AddressKind, family: "ipv4" | "ipv6", ranges: Ranges];

// The first that holds an address decides.
const rules: readonly Rule[] = [
  // The metadata services that are inside internal ranges: Alibaba Cloud's, then those of AWS and Google Cloud.
  ["special", "ipv4", [["100.100.100.200", 32]]],
  [
    "special",
    "ipv6",
    [
      ["fd00:ec2::", 32],
      ["fd20:ce::254", 128],
    ],
  ],
  ["loopback", "ipv4", [["127.0.0.0", 8]]],
  ["loopback", "ipv6", [["::1", 128]]],
  [
    "internal",
    "ipv4",
    [
      ["10.0.0.0", 8],
      ["100.64.0.0", 10],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
    ],
  ],
  ["internal", "ipv6", [["fc00::", 7]]],
  // Beside the ranges that RFC 6890 keeps off the Internet: Azure's virtual host address, which answers inside a machine only.
  // 198.18.0.0/15 is left out on purpose: local proxies hand it out as a stand-in for public hosts.
  [
    "special",
    "ipv4",
    [
      ["0.0.0.0", 8],
      ["168.63.129.16", 32],
      ["169.254.0.0", 16],
      ["192.0.0.0", 24],
      ["192.88.99.0", 24],
      ["224.0.0.0", 4],
      ["240.0.0.0", 4],
    ],
  ],
  // Of IPv6 only 2000::/3 is public, without its protocol assignments (Teredo among them), documentation and 6to4.
  [
    "special",
    "ipv6",
    [
      ["::", 3],
      ["2001::", 23],
      ["2001:db8::", 32],
      ["2002::", 16],
      ["4000::", 2],
      ["8000::", 1],
    ],
  ],
];

// A list for each rule, because one applies its IPv6 ranges to IPv4 addresses too, as mapped ones.
const lists = rules.map(([kind, family, ranges]) => {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, family);
  return { kind, family, list };
});

/**
 * The kind of an address. An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4) is `special` whatever it carries.
 * @param ip - an IPv4 or IPv6 address without brackets; a zone (`%eth0`) is allowed. A text that is no address is `special`.
 * @see https://www.rfc-editor.org/rfc/rfc6890
 */
export function addressKind(ip: string): AddressKind {
  const version = isIP(ip);
  if (version === 0) return "special";
  const family = version === 4 ? "ipv4" : "ipv6";
  const address = ip.replace(/%.*$/, "");
  return lists.find((one) => one.family === family && one.list.check(address, family))?.kind ?? "public";
}

/** Whether an address is one that a server must not send this client to without a reason: any that is not public. */
export function isPrivateAddress(ip: string): boolean {
  return addressKind(ip) !== "public";
}
