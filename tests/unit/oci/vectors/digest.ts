/*
 * Facts ported from opencontainers/go-digest (Apache-2.0), commit 137fd2bb009d6540304bc01b3c7758777514e430.
 */

/** A text and whether it is a digest; `why` is there where the source takes it and we do not. */
export interface DigestVector {
  readonly input: string;
  readonly valid: boolean;
  readonly why?: string;
}

const sha384 = "d3fc7881460b7e22e3d172954463dddd7866d17597e7248453c48b3e9d26d9596bf9c4a9cf8072c9d5bad76e19af801d";
const onlyTwo = "only sha256 and sha512 are used by registries";

/** `digest_test.go` TestParseDigest and `verifiers_test.go` TestVerifierUnsupportedDigest. */
export const digests: readonly DigestVector[] = [
  { input: "sha256:e58fcf7418d4390dec8e8fb69d88c06ec07039d651fedd3aa72af9972e7d046b", valid: true },
  { input: `sha384:${sha384}`, valid: false, why: onlyTwo },
  { input: "", valid: false },
  { input: "     ", valid: false },
  { input: "sha256:", valid: false },
  { input: `sha256:${" ".repeat(64)}`, valid: false },
  { input: ":", valid: false },
  { input: "d41d8cd98f00b204e9800998ecf8427e", valid: false },
  { input: "sha256:d41d8cd98f00b204e9800m98ecf8427e", valid: false },
  { input: "sha256:abcdef0123456789", valid: false },
  { input: "sha512:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789", valid: false },
  { input: "foo:d41d8cd98f00b204e9800998ecf8427e", valid: false },
  { input: `sha384__foo+bar:${sha384}`, valid: false },
  { input: `sha384.foo+bar:${sha384}`, valid: false },
  { input: `sha384_foo+bar:${sha384}`, valid: false },
  { input: "sha256+b64:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564", valid: false },
  { input: "sha256:E58FCF7418D4390DEC8E8FB69D88C06EC07039D651FEDD3AA72AF9972E7D046B", valid: false },
  { input: "bean:0123456789abcdef", valid: false },
  { input: "sha256-garbage:pure", valid: false },
];
