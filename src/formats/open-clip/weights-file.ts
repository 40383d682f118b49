import { UnsupportedModelError } from '../../errors.ts';
import { hasFile } from '../json-file.ts';
import { hasSafetensors } from '../safetensors.ts';

/** What open_clip's weights are called, in the order it looks for them; a plain `model.safetensors` may also be another library's. */
const ownNames = ['open_clip_model.safetensors', 'open_clip_pytorch_model.safetensors'];
const plainName = 'model.safetensors';
const pickles = ['open_clip_pytorch_model.bin', 'open_clip_model.bin', 'pytorch_model.bin'];

/** The name of the weights that are open_clip's without doubt; null where there are none. */
export async function findOwnWeights(folder: string): Promise<string | null> {
  for (const name of ownNames) if (await hasSafetensors(folder, '', name)) return name;
  return null;
}

/** The name of a model's weights. Throws `UNSUPPORTED_MODEL` where they are only there as a pickle. */
export async function weightsFileOf(folder: string): Promise<string> {
  const own = await findOwnWeights(folder);
  if (own !== null || (await hasSafetensors(folder, '', plainName))) return own ?? plainName;
  for (const name of pickles) {
    if (!(await hasFile(folder, name))) continue;
    throw new UnsupportedModelError({
      reason: `The weights are there only as a pickle (${name}), which is a program and is never read.`,
      remedy: 'Use a revision with open_clip_model.safetensors.',
    });
  }
  return ownNames[0] ?? plainName;
}
