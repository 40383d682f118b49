import { InvalidModelFileError } from '../../errors.ts';
import type { Checkpoint } from '../../formats/checkpoint.ts';
import type { EncodedText } from '../tokenizer.ts';

/** A tokenizer that knows more tokens than the word table has rows would make the native look-up fail for a whole batch. */
export function findUnknownId(
  { network, tokenizer }: Pick<Checkpoint, 'network' | 'tokenizer'>,
  { ids, typeIds }: Pick<EncodedText, 'ids' | 'typeIds'>,
): InvalidModelFileError | null {
  if (network.kind !== 'graph') return null;
  const id = ids.find((candidate) => candidate >= network.vocabularySize);
  if (id !== undefined) {
    return new InvalidModelFileError({
      file: tokenizer.file,
      message: `It gives the id ${id}; the model has ${network.vocabularySize} words.`,
    });
  }
  const type = typeIds.find((candidate) => candidate >= network.typeCount);
  if (type === undefined) return null;
  return new InvalidModelFileError({ file: tokenizer.file, message: `It gives the type id ${type}; the model has ${network.typeCount}.` });
}
