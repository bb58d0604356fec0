import assert from "node:assert/strict";
import { entryLabel } from "../../../provider/oci/entryLabel";
import { attestationOf, bareImage, image } from "./entries";

const arm = image("linux/arm/v7");
const attestation = attestationOf(arm);
const bare = bareImage("artifact");
const unknown = image("unknown/unknown");

describe("entryLabel", () => {
  for (const { descriptor, among, label } of [
    { descriptor: arm, among: [arm], label: "linux/arm/v7" },
    { descriptor: attestation, among: [arm, attestation], label: "attestation of linux/arm/v7" },
    { descriptor: attestation, among: [attestation], label: "attestation of no image in the index" },
    { descriptor: attestationOf(bare), among: [bare], label: "attestation of no platform" },
    { descriptor: bare, among: [bare], label: "no platform" },
    { descriptor: unknown, among: [unknown], label: "no platform" },
  ]) {
    it(`says: ${label}`, () => {
      assert.equal(entryLabel(descriptor, among), label);
    });
  }
});
