import { findCommand, quietly, say } from "./process.mjs";

/** The Debian packages that tests need, and a command of each. */
const packages = {
  "docker-registry": "docker-registry",
  skopeo: "skopeo",
  "qemu-user-static": "qemu-aarch64-static",
  "apache2-utils": "htpasswd",
  podman: "podman",
  buildah: "buildah",
  gcc: "gcc",
  "libc6-dev": "gcc",
  git: "git",
};

/** Installs Debian packages whose commands the machine does not have. @param names - of {@link packages}. */
export async function installDebianPackages(...names) {
  const absent = names.filter((name) => !findCommand(packages[name]));
  if (absent.length === 0) return;
  if (!findCommand("apt-get")) {
    const commands = absent.map((name) => packages[name]).join(", ");
    throw new Error(`The tests need ${commands}, and there is no apt-get to install them: put them on PATH.`);
  }
  say(`Installing ${absent.join(", ")} with apt-get; this takes up to 30 seconds.`);
  await aptGet("update", "-q");
  await aptGet("install", "-q", "-y", "--no-install-recommends", ...absent);
}

async function aptGet(...args) {
  const command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
  if (process.getuid?.() !== 0) command.unshift("sudo");
  const [first, ...rest] = command;
  await quietly(`apt-get ${args[0]}`, first, rest);
}
