// Compiles TypeScript as ts-node does, with a mutant's patches: nothing is written to the checkout.
const { register } = require("ts-node");

const service = register({ transpileOnly: true });
const patches = JSON.parse(process.env.MODEL_PATCHES ?? "[]");
const compile = service.compile.bind(service);
service.compile = (code, file, line) => {
  const own = patches.filter((patch) => patch.file === file);
  return compile(
    own.reduce((text, { find, put }) => text.replace(find, () => put), code),
    file,
    line,
  );
};
