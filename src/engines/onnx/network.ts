import type { BatchInputs } from './batch-inputs.ts';
import type { TensorData } from './session.ts';

/** A network that is ready to run: one vector per row of a batch, after the model's own modules. */
export interface Network extends AsyncDisposable {
  /** Width of a vector. */
  readonly dimensions: number;
  /** One forward pass: F32 [rows, dimensions]. */
  run(inputs: BatchInputs): Promise<TensorData>;
}
