import { digestOf } from "../../provider/oci/digest";
import { dockerMembers } from "../unit/sources/dockerArchives";
import { type Member, paxRecord, tarOf } from "../unit/sources/tars";

const digest = `sha256:${"a".repeat(64)}`;
const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
};

type Texts = readonly [string, ...string[]];

export const manifests: Texts = [
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest, size: 2 },
    layers: [{ mediaType: mediaTypes.layer, digest, size: 3, annotations: { a: "b" } }],
    subject: { mediaType: mediaTypes.manifest, digest, size: 4 },
    annotations: { a: "b" },
  }),
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      {
        mediaType: mediaTypes.manifest,
        digest,
        size: 2,
        platform: { os: "linux", architecture: "arm64", "os.features": ["x"], variant: "v8" },
      },
    ],
  }),
];

const config = {
  architecture: "amd64",
  os: "linux",
  rootfs: { type: "layers", diff_ids: [digest] },
  config: { Env: ["A=b"], Labels: { a: "b" }, ExposedPorts: { "80/tcp": {} }, Entrypoint: ["/a"] },
  history: [{ created_by: "x", empty_layer: true }],
};
export const configs: Texts = [JSON.stringify(config)];

export const references: Texts = [
  `ghcr.io/team/server:1.4.0@${digest}`,
  "localhost:5000/a/b",
  "ubuntu",
  "[::1]:5000/x:y",
];
export const addresses: Texts = ["registry.example.com:5000", "127.1", "0x7f.1:80", "xn--a.com", "LOCALHOST:1"];
export const platforms: Texts = ["linux/arm64/v8", "windows(10.0.20348.1+win32k)/amd64", "linux(%41)/x"];
export const challenges: Texts = [
  'Bearer realm="https://auth.example.com/token",service="r",scope="repository:a:pull"',
  'Basic realm="x", Bearer realm="y"',
  "Negotiate abc==",
];
export const links: Texts = ['</v2/a/tags/list?n=1&last=b>; rel="next"', '<https://h/x>; rel=next, <y>; rel="prev"'];
export const locations: Texts = ["/v2/a/blobs/uploads/1?_state=x", "https://cdn.example/a?sig=b", "../x"];
export const errorBodies: Texts = [JSON.stringify({ errors: [{ code: "DENIED", message: "x", detail: { a: 1 } }] })];
export const executables: Texts = [
  `\x7fELF\x02\x01\x01${"\0".repeat(60)}`,
  `MZ${"\0".repeat(58)}\x40\0\0\0PE\0\0${"\0".repeat(300)}`,
];
export const zstdStreams: Texts = [
  "\x28\xb5\x2f\xfd\x24\x04\x21\0\0text\x01\x02\x03\x04\x50\x2a\x4d\x18\x03\0\0\0abc\x28\xb5\x2f\xfd\x20\x09\x4b\0\0A",
];
export const dockerConfigs: Texts = [
  JSON.stringify({
    auths: {
      "r.example": { auth: "YTpi" },
      "r.example/team": { username: "a", password: "b" },
      "https://index.docker.io/v1/": { identitytoken: "x" },
    },
    credHelpers: { "g.example": "ecr-login" },
  }),
];
export const tokenAnswers: Texts = [
  JSON.stringify({ token: "abc", expires_in: 300, issued_at: "2024-01-01T00:00:00Z" }),
  JSON.stringify({ access_token: "eyJh.eyJleHAiOjEsImlhdCI6MH0.x" }),
];

/** A layer with an entry of each kind. */
export const layer: Buffer = tarOf(
  {
    name: "PaxHeader/x",
    type: "ExtendedHeader",
    content: `${paxRecord("path", "abc/def")}${paxRecord("SCHILY.xattr.a", "b")}`,
  },
  { name: "x", content: "hello" },
  { name: "././@LongLink", type: "NextFileHasLongPath", content: `${"b".repeat(120)}\0` },
  { name: "b", content: "y" },
  { name: "d/", type: "Directory" },
  { name: "d/.wh.y", content: "" },
  { name: "l", type: "SymbolicLink", target: "d" },
  { name: "l/h", type: "Link", target: "x" },
  { name: "s", type: "SparseFile" },
);

/** An image in an OCI layout. */
export const ociArchive: Buffer = (() => {
  const members: Member[] = [{ name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' }];
  const blob = (content: Buffer, mediaType: string) => {
    members.push({ name: `blobs/${digestOf(content).replace(":", "/")}`, content });
    return { mediaType, digest: digestOf(content), size: content.length };
  };
  const document = (value: object, mediaType: string) => blob(Buffer.from(JSON.stringify(value)), mediaType);
  const content = tarOf({ name: "a", content: "b" });
  const diffIds = { rootfs: { type: "layers", diff_ids: [digestOf(content)] } };
  const image = document(
    {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: document({ architecture: "amd64", os: "linux", ...diffIds }, mediaTypes.config),
      layers: [blob(content, mediaTypes.layer)],
    },
    mediaTypes.manifest,
  );
  const platform = { architecture: "amd64", os: "linux" };
  const index = {
    schemaVersion: 2,
    manifests: [{ ...image, platform, annotations: { "org.opencontainers.image.ref.name": "1" } }],
  };
  return tarOf(...members, { name: "index.json", content: JSON.stringify(index) });
})();

/** An image as docker saved it before version 25. */
export const dockerArchive: Buffer = tarOf(
  ...dockerMembers({ layers: ["a", "b", "a"], stored: "linked", names: ["a:1"] }),
);
