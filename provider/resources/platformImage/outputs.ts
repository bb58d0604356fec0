/** The names that only create and update put into the state. */
export const outputs = [
  "configDigest",
  "layers",
  "size",
  "createdTags",
  "adoptedTags",
  "pushed",
  "childTags",
  "unfinished",
];
