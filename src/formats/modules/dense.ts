import { join } from 'node:path/posix';
import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { type Activation, activationNamed } from '../architectures/blocks/activation.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { jsonFields } from '../json-fields.ts';
import { readJsonObject } from '../json-file.ts';
import { hasSafetensors, readStoredTensors } from '../safetensors.ts';
import { sizeOf } from '../safetensors-types.ts';
import { createWeights } from '../weights.ts';
import type { VectorModule } from './module.ts';

/** torch's class names, by their last part, and ours. */
const activationOfClass: Readonly<Record<string, string>> = { Tanh: 'tanh', ReLU: 'relu', GELU: 'gelu', SiLU: 'silu', Sigmoid: 'sigmoid' };

/** A linear layer with an activation. Reference: sentence_transformers `Dense`; its default activation is Tanh. */
export async function readDense(folder: string, path: string, inputDimensions: number): Promise<VectorModule> {
  const file = join(path, 'config.json');
  const fields = jsonFields(await readJsonObject(folder, file), file);
  const from = fields.integer('in_features', { min: 1 });
  const to = fields.integer('out_features', { min: 1 });
  const bias = fields.boolean('bias', { default: true });
  const activation = readActivation(fields.string('activation_function', { default: 'torch.nn.modules.activation.Tanh' }), file);
  if (from !== inputDimensions) {
    throw new InvalidModelFileError({ file, message: `in_features is ${from}, but the module before gives ${inputDimensions} values.` });
  }
  if (!(await hasSafetensors(folder, path))) {
    throw new UnsupportedModelError({
      reason: `The Dense module in ${quote(path)} has no model.safetensors.`,
      remedy: 'Save the model again with a present sentence-transformers: pickled weights are never read.',
    });
  }
  const tensors = await readStoredTensors(folder, path);
  return {
    dimensions: to,
    summary: `a dense layer to ${to}`,
    parameterCount: [...tensors.values()].reduce((sum, tensor) => sum + sizeOf(tensor.shape), 0),
    build(graph, vectors) {
      const weights = createWeights(graph, tensors, { file: join(path, 'model.safetensors') });
      const projected = linear(graph, weights, vectors, { name: 'linear', from, to, bias });
      return activation ? activation(graph, projected) : projected;
    },
  };
}

function readActivation(className: string, file: string): Activation | null {
  const name = className.split('.').at(-1) ?? '';
  if (name === 'Identity') return null;
  return activationNamed(activationOfClass[name] ?? name, file);
}
