import { InvalidModelFileError, quote } from '../../errors.ts';
import { isFloating, type StoredTensor, type StoredTensors } from '../safetensors-types.ts';
import type { BuiltTower } from './tower-network.ts';

/**
 * Throws `INVALID_MODEL_FILE` naming a weight that no tower uses, as upstream refuses it: the model would be another one than its
 * configuration says, and its numbers wrong. `ignored`: names that may be left over.
 */
export function refuseUnusedTensors(tensors: StoredTensors, towers: readonly BuiltTower[], ignored: RegExp): void {
  const used = new Set<StoredTensor>(towers.flatMap((tower) => [...tower.used]));
  const left = [...tensors.values()].find((tensor) => !used.has(tensor) && isFloating(tensor.dtype) && !ignored.test(tensor.name));
  if (!left) return;
  const message = `Tensor ${quote(left.name)} has no place in the model that the configuration describes.`;
  throw new InvalidModelFileError({ file: left.file, message });
}
