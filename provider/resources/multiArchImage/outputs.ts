/** The names that only create, update and read put into the state. */
export const outputs = [
  "manifest",
  "attestationManifests",
  "createdTags",
  "adoptedTags",
  "pushed",
  "childTags",
  "ownDigest",
  "unfinished",
];
