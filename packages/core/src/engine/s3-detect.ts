import type { ContainerFacts } from "../host/container-facts.ts";
import type { Detected, WebConsole } from "./engine.ts";

/** Object stores by the last part of their image's name, with the port of their S3 and the variables of their keys. */
interface Maker {
  readonly image: RegExp;
  readonly process: RegExp;
  readonly port: number;
  readonly accessKey: readonly string[];
  readonly secretKey: readonly string[];
}

const MAKERS: readonly Maker[] = [
  {
    image: /^(minio|aistor|minio-server)$/,
    process: /^minio$/,
    port: 9000,
    accessKey: ["MINIO_ROOT_USER", "MINIO_ACCESS_KEY"],
    secretKey: ["MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY"],
  },
  {
    image: /^seaweedfs$/,
    process: /^weed$/,
    port: 8333,
    accessKey: ["AWS_ACCESS_KEY_ID", "S3_ACCESS_KEY"],
    secretKey: ["AWS_SECRET_ACCESS_KEY", "S3_SECRET_KEY"],
  },
  {
    image: /^(garage|rustfs|versitygw|s3proxy|zenko|cloudserver)$/,
    process: /^(garage|rustfs|versitygw)$/,
    port: 9000,
    accessKey: ["RUSTFS_ACCESS_KEY", "ROOT_ACCESS_KEY", "ROOT_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"],
    secretKey: ["RUSTFS_SECRET_KEY", "ROOT_SECRET_KEY", "ROOT_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"],
  },
];

/**
 * MinIO and other object stores, by image under any registry and tag, else by the main process. Not the client `mc`, not a console, not
 * a sidecar of ours. MinIO without keys of its own has the well-known ones. Source: MinIO, "Root access settings".
 */
export function detectS3(container: ContainerFacts): Detected | undefined {
  const { env, image } = container;
  const maker = makerOf(container);
  if (maker === undefined) return undefined;
  const accessKey = firstOf(env, maker.accessKey);
  const secretKey = firstOf(env, maker.secretKey);
  const isMinio = maker === MAKERS[0];
  const accessFile = fileOf(env, maker.accessKey);
  const secretFile = fileOf(env, maker.secretKey);
  return {
    config: {
      host: "127.0.0.1",
      port: portOf(container, maker),
      ...(hasCertificates(container) ? { tls: true } : {}),
      accessKey: accessKey ?? (isMinio ? "minioadmin" : ""),
      secretKey: secretKey ?? (isMinio ? "minioadmin" : ""),
    },
    files: {
      ...(accessKey === undefined && accessFile !== undefined ? { accessKey: accessFile } : {}),
      ...(secretKey === undefined && secretFile !== undefined ? { secretKey: secretFile } : {}),
    },
    version: /^[^@:]*:(?:RELEASE\.)?v?(\d[^@]*)/.exec(image.split("/").at(-1) ?? "")?.[1] ?? null,
  };
}

function makerOf({ labels, image, process }: ContainerFacts): Maker | undefined {
  if ("cofre.job" in labels) return undefined;
  const name = (image.split("/").at(-1) ?? "").replace(/[:@].*$/, "");
  return MAKERS.find((one) => one.image.test(name) || (process !== null && one.process.test(process)));
}

/** `--address :9000`, else what the maker listens on. */
function portOf({ argv, env }: ContainerFacts, maker: Maker): number {
  const told = wordOf(argv, "--address") ?? env.MINIO_ADDRESS ?? env.MINIO_API_PORT_NUMBER ?? env.VGW_PORT;
  return portIn(told) ?? maker.port;
}

/**
 * MinIO's console, where its port is chosen: without a choice it is another one at every start, which nobody can publish. Source: MinIO,
 * "Console settings"; the variable of a number is that of Bitnami's image, which starts with 9001.
 */
export function minioConsole(container: ContainerFacts): WebConsole | undefined {
  const { argv, env, image } = container;
  if (makerOf(container) !== MAKERS[0] || env.MINIO_BROWSER === "off") return undefined;
  const told =
    wordOf(argv, "--console-address") ?? env.MINIO_CONSOLE_ADDRESS ?? env.MINIO_CONSOLE_PORT_NUMBER;
  const port = portIn(told) ?? (image.includes("bitnami/") ? 9001 : undefined);
  if (port === undefined) return undefined;
  const url = env.MINIO_BROWSER_REDIRECT_URL ?? "";
  return { port, tls: hasCertificates(container), url: /^https?:\/\/[^/\s]+/.test(url) ? url : null };
}

/** The word behind an option, as `--option word` or `--option=word`. */
function wordOf(argv: ContainerFacts["argv"], option: string): string | undefined {
  const at = argv.findIndex((word) => word === option || word.startsWith(`${option}=`));
  return at < 0 ? undefined : (argv[at]?.split("=")[1] ?? argv[at + 1]);
}

/** Of `:9001`, `0.0.0.0:9001`, `9001`. */
function portIn(told: string | undefined): number | undefined {
  const port = Number(told?.split(":").at(-1));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

/** MinIO speaks TLS as soon as it finds certificates. Source: MinIO, "Network encryption". */
function hasCertificates({ mounts, argv }: ContainerFacts): boolean {
  return (
    argv.some((word) => word.startsWith("--certs-dir")) ||
    mounts.some(({ path }) => /\/\.minio\/certs|\/certs\/?$/.test(path))
  );
}

function firstOf(env: ContainerFacts["env"], names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
}

/** A bare name is a secret of Docker's own. */
function fileOf(env: ContainerFacts["env"], names: readonly string[]): string | undefined {
  const path = firstOf(
    env,
    names.map((name) => `${name}_FILE`),
  );
  return path === undefined || path.startsWith("/") ? path : `/run/secrets/${path}`;
}
