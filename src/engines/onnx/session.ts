import { InvalidModelFileError } from '../../errors.ts';

/** A tensor as plain data. */
export type TensorData =
  | { readonly type: 'int32'; readonly data: Int32Array; readonly shape: readonly number[] }
  | { readonly type: 'int64'; readonly data: BigInt64Array; readonly shape: readonly number[] }
  | { readonly type: 'float32'; readonly data: Float32Array; readonly shape: readonly number[] };

/** What a graph says of one of its inputs or outputs. */
export interface ValueFacts {
  readonly name: string;
  readonly type: string;
  /** Sizes; a string for one that is known only at run time. */
  readonly shape: readonly (number | string)[];
}

/** One opened graph. */
export interface OnnxSession extends AsyncDisposable {
  readonly inputs: readonly ValueFacts[];
  readonly outputs: readonly ValueFacts[];
  /** Runs the graph for one output. Blocks this thread meanwhile: the native call is synchronous under its promise. */
  run(feeds: Readonly<Record<string, TensorData>>, output: string): Promise<TensorData>;
  /** As `run`, for several outputs, in the order of their names. */
  runAll(feeds: Readonly<Record<string, TensorData>>, outputs: readonly string[]): Promise<TensorData[]>;
}

/**
 * Opens an ONNX file or the bytes of one. Throws `INVALID_MODEL_FILE` when the runtime refuses it.
 *
 * @param folder where the weights lie that bytes point to; a real path, for the runtime refuses links that lead out of it.
 * @param file named in messages.
 */
export async function openSession(
  model: string | Uint8Array,
  { folder, file, threads }: { folder: string; file: string; threads: number },
): Promise<OnnxSession> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const fatalOnly = 4;
  const options = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: fatalOnly,
    extra: {
      session: {
        ...(typeof model === 'string' ? {} : { model_external_initializers_file_folder_path: folder }),
        // Threads that spin while they wait take the core from whoever has work.
        'intra_op.allow_spinning': '0',
        // On processors without VNNI the fast int8 kernel saturates; the right one is taken there instead.
        'session.x64quantprecision': '1',
      },
    },
  } as const;
  const create = typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
  const session = await create.catch((cause: unknown) => {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(`${folder}/`, '');
    const message = `The runtime cannot open it: ${reason.slice(0, 500)}`;
    throw new InvalidModelFileError({ file, message, cause });
  });
  async function runAll(feeds: Readonly<Record<string, TensorData>>, outputs: readonly string[]): Promise<TensorData[]> {
    const tensors = Object.fromEntries(
      Object.entries(feeds).map(([name, { type, data, shape }]) => [name, new Tensor(type, data, [...shape])]),
    );
    const results = await session.run(tensors, [...outputs]);
    return outputs.map((output) => {
      const result = results[output];
      if (!result) throw new Error(`The graph gave no output ${output}.`);
      return { type: result.type, data: result.data, shape: result.dims } as TensorData;
    });
  }
  return {
    inputs: valueFacts(session.inputMetadata),
    outputs: valueFacts(session.outputMetadata),
    runAll,
    run: async (feeds, output) => (await runAll(feeds, [output]))[0] as TensorData,
    [Symbol.asyncDispose]: () => session.release(),
  };
}

function valueFacts(
  metadata: readonly { name: string; isTensor: boolean; type?: string; shape?: readonly (number | string)[] }[],
): ValueFacts[] {
  return metadata.map(({ name, type = 'none', shape = [] }) => ({ name, type, shape }));
}
