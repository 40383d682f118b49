import type { BatchInputs } from './batch-inputs.ts';
import type { TensorData } from './session.ts';

/** What one forward pass gave. */
export interface TokenRun {
  readonly hidden: TensorData;
  readonly vectors: TensorData | null;
}

/** A network that is ready to run: one vector per row of a batch, after the model's own modules. */
export interface Network extends AsyncDisposable {
  /** Width of a vector. */
  readonly dimensions: number;
  /** One forward pass: F32 [rows, dimensions]. */
  run(inputs: BatchInputs): Promise<TensorData>;
  /** One forward pass for the token embeddings, F32 [rows, columns, width], and the vectors where they are wanted. Left out where the graph has none. */
  runTokens?(inputs: BatchInputs, options: { wantsVectors: boolean }): Promise<TokenRun>;
}
