import { UnsupportedModelError } from '../../errors.ts';

/** Families without token types take any type id: there is nothing to look up. */
export const anyTypeCount = 2 ** 31;

/** A variant of a built family that is not built itself, e.g. `BERT with is_decoder`. */
export function unsupportedVariant(what: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason: `${what} is not built here.`,
    remedy: 'Put an onnx/model.onnx beside the weights (optimum-cli export onnx --model <repository> <folder>).',
  });
}
