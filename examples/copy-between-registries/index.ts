import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";

// A release goes from the registry of the builds to that of production, and a part of it to that of the devices: three
// registries, each with an account of its own.

const config = new pulumi.Config();
const account = (name: string): multiarch.RegistryArgs => ({
  address: config.require(name),
  credentials: { username: name, passwordEnv: `${name.toUpperCase()}_PASSWORD` },
});
const builds = new multiarch.Registry("builds", account("builds"));
const production = new multiarch.Registry("production", account("production"));
const devices = new multiarch.Registry("devices", account("devices"));

const source = { image: pulumi.interpolate`${builds.address}/team/server:1.4.0`, registry: builds };

const release = new multiarch.ImportedImage("release", {
  registry: production,
  repository: "team/server",
  tags: ["1.4.0", "stable"],
  source,
  copyReferrers: "recursive", // signatures, SBOMs, and signatures of these
  follow: false, // what 1.4.0 names now stays, whoever moves it
});

const edge = new multiarch.ImportedImage("edge", {
  registry: devices,
  repository: "edge/server",
  tags: ["1.4.0"],
  source,
  platforms: ["linux/arm64", "linux/arm/v7"], // an index of their own, with another digest
  attestations: "drop",
  follow: false,
});

export const image = release.ref;
export const edgeImage = edge.ref;
export const edgeDigests = edge.platforms;
