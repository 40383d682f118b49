import type { Checkpoint } from './ingrain-title.ts';
import { IngrainCheckpointDocument } from './operations.generated.ts';
import type { Execute } from './route.ts';

/** A body that names a model, and perhaps its checkpoint. */
export interface NamedCheckpoint {
  name: string;
  pretrained?: Checkpoint | undefined;
}

/** The name that a model of OpenCLIP has here for a name and a checkpoint of Ingrain's: `MobileCLIP-S2/datacompdr`. */
export function checkpointName({ name, pretrained }: NamedCheckpoint): string | null {
  return typeof pretrained === 'string' && pretrained !== '' ? `${name}/${pretrained}` : null;
}

/** The name that the server knows a model by: with its checkpoint where there is such a model. Others have none, whatever is sent. */
export async function knownName(execute: Execute, named: NamedCheckpoint, signal: AbortSignal): Promise<string> {
  const name = checkpointName(named);
  if (name === null) return named.name;
  const { model } = await execute(IngrainCheckpointDocument, { name }, signal);
  return model?.name ?? named.name;
}
