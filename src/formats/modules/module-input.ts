import { quote, UnsupportedModelError } from '../../errors.ts';
import type { JsonFields } from '../json-fields.ts';

/** Refuses a module that reads or writes anything but the text's vector: later versions of the library can wire modules freely. */
export function checkVectorInput(fields: JsonFields, path: string): void {
  for (const name of ['module_input_name', 'module_output_name']) {
    const value = fields.string(name, { default: 'sentence_embedding' });
    if (value === 'sentence_embedding') continue;
    throw new UnsupportedModelError({
      reason: `The module in ${quote(path)} has the ${name} ${quote(value)}, which is not built here.`,
      remedy: 'Modules after the pooling that work on sentence_embedding are supported.',
    });
  }
}
