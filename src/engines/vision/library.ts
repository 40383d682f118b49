import { InvalidModelFileError } from '../../errors.ts';
import type { GraphType } from '../../formats/vision/vision-graphs.ts';
import type { RasterImage } from '../image/raster-image.ts';

/** What is used of @huggingface/transformers. Its types say less than it does, so that it is described here. */
export interface VisionLibrary {
  /** Opens tokenizer and preprocessing of a folder. */
  openProcessor(): Promise<LibraryProcessor>;
  /** Opens a folder's graphs. */
  openModel(types: Readonly<Record<string, GraphType>>): Promise<LibraryModel>;
  /** Pixels as its preprocessing takes them; RGB. */
  toImage(raster: RasterImage): LibraryImage;
  /** `[1, ids]` */
  toIds(ids: readonly number[]): LibraryTensor;
  /** `[1, length]` of ones. */
  ones(length: number): LibraryTensor;
  /** Tensors that follow each other along the first dimension. */
  join(tensors: readonly LibraryTensor[]): LibraryTensor;
}

export interface LibraryTensor {
  readonly dims: number[];
  readonly type: string;
  readonly data: ArrayLike<unknown>;
  view(...shape: number[]): LibraryTensor;
}

/** Its `RawImage`. */
export interface LibraryImage {
  readonly width: number;
  readonly height: number;
}

type Inputs = Record<string, LibraryTensor>;

export interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): number[];
  readonly bos_token: string | null | undefined;
  readonly eos_token: string | null | undefined;
  readonly eos_token_id: number | undefined;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Turns a text and an image into a model's input; which of the two comes first differs between models. */
export interface LibraryProcessor {
  (...given: unknown[]): Promise<Record<string, unknown>>;
  readonly tokenizer: LibraryTokenizer | undefined;
  readonly config: Readonly<Record<string, unknown>>;
  /** What it works with; its tokenizer may be replaced. */
  readonly components: Record<string, unknown>;
  readonly image_processor?: { readonly config: Readonly<Record<string, unknown>> };
  /** Of Florence-2: a task's name becomes a question. */
  construct_prompts?(text: string): string[];
}

export interface LibraryModel {
  generate(options: Record<string, unknown>): Promise<unknown>;
  /** Turns an image into rows of the width of a token's. */
  encode_image(inputs: Inputs): Promise<LibraryTensor>;
  /** The same, of Gemma 3n and 4. */
  _encode_vision?(inputs: Inputs): Promise<{ image_features: LibraryTensor }>;
  dispose(): Promise<unknown>;
}

/** Loads the library for one folder, a real path. What it opens lies there; it never goes to the network. */
export async function loadVisionLibrary(folder: string, { threads }: { threads: number }): Promise<VisionLibrary> {
  const library = await import('@huggingface/transformers');
  const { env, AutoProcessor, AutoModelForImageTextToText, RawImage, Tensor, cat, LogLevel } = library;
  env.allowRemoteModels = false;
  env.fetch = () => Promise.reject(new Error('Nothing is fetched.'));
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  // It would write whole tensors.
  env.logLevel = LogLevel.NONE;
  const common = { local_files_only: true };

  async function opening<Opened>(file: string, open: () => Promise<unknown>): Promise<Opened> {
    try {
      return (await open()) as Opened;
    } catch (cause) {
      const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(`${folder}/`, '').replaceAll(/\s+/g, ' ');
      throw new InvalidModelFileError({ file, message: `The runtime cannot open it: ${reason.slice(0, 500)}`, cause });
    }
  }

  return {
    openProcessor: () => opening('preprocessor_config.json', () => AutoProcessor.from_pretrained(folder, common)),
    openModel: (types) =>
      opening('onnx', () =>
        AutoModelForImageTextToText.from_pretrained(folder, {
          ...common,
          device: 'cpu',
          dtype: types,
          // The runtime finds a graph's weights by itself.
          use_external_data_format: false,
          session_options: {
            intraOpNumThreads: threads,
            interOpNumThreads: 1,
            logSeverityLevel: 4,
            // As in `onnx/session.ts`, and for the same reasons.
            extra: { session: { 'intra_op.allow_spinning': '0', 'session.x64quantprecision': '1' } },
          },
        }),
      ),
    toImage: ({ data, width, height }) => new RawImage(new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width, height, 3),
    toIds: (ids) => new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]) as LibraryTensor,
    ones: (length) => new Tensor('int64', new BigInt64Array(length).fill(1n), [1, length]) as LibraryTensor,
    join: (tensors) => (tensors.length === 1 ? tensors[0] : cat(tensors as never, 0)) as LibraryTensor,
  };
}
