// Loaded before a program: takes away everything of Node's zlib that compresses, whose bytes differ from build to build.
const zlib = require("node:zlib");

for (const name of Object.keys(zlib))
  if (/^(create)?(deflate|gzip|brotliCompress|zstdCompress)/i.test(name)) delete zlib[name];
