import { Fault } from "../model/fault.ts";
import { hasUsableGpg, openpgpFor } from "../pipeline/openpgp.ts";
import { codec } from "../pipeline/registry.ts";
import type { Packer } from "../pipeline/stage.ts";
import type { TakeBackup } from "./requests.ts";

interface Packers {
  /** What programs on the server do. */
  readonly stages: readonly Packer[];
  /** What Cofre does after them. */
  readonly here: readonly Packer[];
  readonly warnings: readonly string[];
}

/** Everything that is put on a dump, and where. A server without a usable gpg has its archives encrypted by Cofre, and is told of. */
export async function packersFor(request: TakeBackup, signal: AbortSignal): Promise<Packers> {
  const codecs = codecsOf(request);
  const { recipients = [] } = request;
  if (recipients.length === 0) return { stages: codecs, here: [], warnings: [] };
  const cipher = openpgpFor(recipients);
  const { server } = request.reach;
  if (await hasUsableGpg(server, signal)) return { stages: [...codecs, cipher], here: [], warnings: [] };
  const warning = `${server.name} has no gpg that can encrypt without a keyring, so the archive went through Cofre to be encrypted; install gnupg 2.1.14 or newer there to keep the work on the server`;
  return { stages: codecs, here: [cipher], warnings: [warning] };
}

function codecsOf(request: TakeBackup): readonly Packer[] {
  if (request.codec === "none") return [];
  const stage = codec(request.codec);
  if (stage === undefined) throw new Fault("input.invalid", `compression ${request.codec} is not known`);
  return [stage];
}
