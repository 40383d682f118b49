import { type EncoderNetwork, graphNames } from '../../formats/encoder-network.ts';
import type { BatchInputs } from './batch-inputs.ts';
import type { Network } from './network.ts';
import { openSession, type TensorData } from './session.ts';

/** Opens a graph that was written here, over the model's safetensors. */
export async function openGraphNetwork(
  network: EncoderNetwork,
  options: { folder: string; threads: number; dimensions: number; includePrompt: boolean },
): Promise<Network> {
  const session = await openSession(network.graph, { ...options, file: network.weightsFile });

  function feeds({ rows, columns, ids, typeIds, mask, poolingMask }: BatchInputs): Record<string, TensorData> {
    const tensor = (data: Int32Array) => ({ type: 'int32' as const, data, shape: [rows, columns] });
    return {
      [graphNames.ids]: tensor(ids),
      [graphNames.mask]: tensor(mask),
      [graphNames.typeIds]: tensor(typeIds),
      ...(options.includePrompt ? {} : { [graphNames.poolingMask]: tensor(poolingMask) }),
    };
  }

  return {
    dimensions: options.dimensions,
    run: (inputs) => session.run(feeds(inputs), network.output),
    async runTokens(inputs, { wantsVectors }) {
      const names = [graphNames.hidden, ...(wantsVectors ? [network.output] : [])];
      const [hidden, vectors = null] = await session.runAll(feeds(inputs), names);
      return { hidden: hidden as TensorData, vectors };
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
