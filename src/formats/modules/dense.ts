import { join } from 'node:path/posix';
import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { type Activation, activationNamed } from '../architectures/blocks/activation.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { jsonFields } from '../json-fields.ts';
import { readJsonObject } from '../json-file.ts';
import { countParameters, type VectorModule } from './module.ts';
import { checkVectorInput } from './module-input.ts';
import { readModuleWeights } from './module-weights.ts';

/** torch's activation classes whose name in lower case is not ours. */
const activationOfClass: Readonly<Record<string, string>> = { Identity: 'linear', LeakyReLU: 'leaky_relu', CELU: 'elu' };
const classPath = /^torch\.nn\.(?:modules\.\w+\.)?(\w+)$/;

/**
 * A linear layer with an activation, and in later versions a residual around both. Reference: sentence_transformers `Dense`; its
 * default activation is Tanh.
 */
export async function readDense(folder: string, path: string, inputDimensions: number): Promise<VectorModule> {
  const file = join(path, 'config.json');
  const fields = jsonFields(await readJsonObject(folder, file), file);
  const from = fields.integer('in_features', { min: 1 });
  const to = fields.integer('out_features', { min: 1 });
  const bias = fields.boolean('bias', { default: true });
  const hasResidual = fields.boolean('use_residual', { default: false });
  const activation = readActivation(fields.string('activation_function', { default: 'torch.nn.modules.activation.Tanh' }), file);
  checkVectorInput(fields, path);
  if (from !== inputDimensions) {
    throw new InvalidModelFileError({ file, message: `in_features is ${from}, but the module before gives ${inputDimensions} values.` });
  }
  const { tensors, open } = await readModuleWeights(folder, path);
  return {
    dimensions: to,
    summary: `a dense layer to ${to}`,
    parameterCount: countParameters(tensors),
    build(graph, vectors) {
      const weights = open(graph);
      const projected = activation(graph, linear(graph, weights, vectors, { name: 'linear', from, to, bias }));
      if (!hasResidual) return projected;
      const residual = from === to ? vectors : linear(graph, weights, vectors, { name: 'residual', from, to, bias: false });
      return graph.add(projected, residual);
    },
  };
}

/** The reference loads classes of torch alone: any other is the repository's own program. */
function readActivation(className: string, file: string): Activation {
  const name = classPath.exec(className)?.[1];
  if (name === undefined) {
    throw new UnsupportedModelError({
      reason: `The activation function ${quote(className)} is not a class of torch.nn.`,
      remedy: 'Save the model with one of torch.nn, e.g. torch.nn.modules.activation.Tanh.',
    });
  }
  return activationNamed(activationOfClass[name] ?? name.toLowerCase(), file);
}
