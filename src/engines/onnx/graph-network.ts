import { type EncoderNetwork, graphNames } from '../../formats/encoder-network.ts';
import type { Network } from './network.ts';
import { openSession } from './session.ts';

/** Opens a graph that was written here, over the model's safetensors. */
export async function openGraphNetwork(
  network: EncoderNetwork,
  options: { folder: string; threads: number; dimensions: number; includePrompt: boolean },
): Promise<Network> {
  const session = await openSession(network.graph, { ...options, file: network.weightsFile });
  return {
    dimensions: options.dimensions,
    run({ rows, columns, ids, typeIds, mask, poolingMask }) {
      const tensor = (data: Int32Array) => ({ type: 'int32' as const, data, shape: [rows, columns] });
      return session.run(
        {
          [graphNames.ids]: tensor(ids),
          [graphNames.mask]: tensor(mask),
          [graphNames.typeIds]: tensor(typeIds),
          ...(options.includePrompt ? {} : { [graphNames.poolingMask]: tensor(poolingMask) }),
        },
        network.output,
      );
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
