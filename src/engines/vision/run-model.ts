import { CanceledError } from '../../errors.ts';
import type { LibraryModel, LibraryTensor, VisionLibrary } from './library.ts';
import type { PreparedImage } from './vision-prompt.ts';

export interface RunOptions {
  library: VisionLibrary;
  model: LibraryModel;
  tokens: readonly number[];
  images: readonly PreparedImage[];
  mostTokens: number;
  endTokens: ReadonlySet<number>;
  signal: AbortSignal;
  advanced: () => void;
  /** Chooses a token; null for the likeliest. Its argument may be changed. */
  choose: ((logits: Float32Array, answer: readonly number[]) => number) | null;
  /** Takes a token; answers whether it was the last. */
  take: (token: number) => boolean;
}

/**
 * Encodes the images one by one, then writes token after token. Each step holds this thread, and between two of them others are
 * heard: so an aborted one ends with its step. Throws CANCELED where it was aborted before the first token.
 */
export async function runModel(options: RunOptions): Promise<void> {
  const { library, model, tokens, images, mostTokens, endTokens, signal, advanced, choose, take } = options;
  if (mostTokens <= 0) return;
  const answer: number[] = [];
  let isOver = false;
  let isPrompt = true;
  using _encoder = encodeEach(options);
  await model.generate({
    input_ids: library.toIds(tokens),
    attention_mask: library.ones(tokens.length),
    ...inputsOf(library, images),
    max_new_tokens: mostTokens,
    do_sample: false,
    num_beams: 1,
    num_return_sequences: 1,
    return_dict_in_generate: false,
    output_attentions: false,
    guidance_scale: null,
    repetition_penalty: 1,
    ...(endTokens.size > 0 ? { eos_token_id: [...endTokens] } : {}),
    logits_processor: [
      (_ids: unknown, logits: { data: Float32Array }) => {
        if (signal.aborted) throw new CanceledError({ what: 'The generation' });
        if (!choose) return logits;
        const token = choose(logits.data, answer);
        logits.data.fill(Number.NEGATIVE_INFINITY);
        logits.data[token] = 0;
        return logits;
      },
    ],
    stopping_criteria: [(ids: readonly unknown[]) => ids.map(() => isOver)],
    streamer: {
      put(ids: bigint[][]) {
        // What comes first is the prompt.
        if (isPrompt) isPrompt = false;
        else if (!isOver) {
          const token = Number(ids[0]?.[0]);
          answer.push(token);
          isOver = take(token);
          advanced();
        }
      },
      end() {},
    },
  });
}

/** What belongs to all images is joined; the pixels of the first stand for those of all, which `encodeEach` takes from the images. */
function inputsOf(library: VisionLibrary, images: readonly PreparedImage[]): Record<string, LibraryTensor> {
  const [first] = images;
  if (!first) return {};
  const grids = images.flatMap(({ tensors }) => tensors.image_grid_thw ?? []);
  return { ...first.tensors, ...(grids.length > 0 ? { image_grid_thw: library.join(grids) } : {}) };
}

/**
 * Images differ in size, and the library's own way takes all at once where it takes several at all. For the time of one generation the
 * model encodes each alone, and joins the rows.
 */
function encodeEach({ library, model, images, signal, advanced }: RunOptions): Disposable {
  if (images.length === 0) return { [Symbol.dispose]() {} };
  const whole = async (encode: (inputs: Record<string, LibraryTensor>) => Promise<LibraryTensor>): Promise<LibraryTensor> => {
    const rows: LibraryTensor[] = [];
    for (const { tensors } of images) {
      if (signal.aborted) throw new CanceledError({ what: 'The generation' });
      rows.push(await encode({ ...tensors }));
      advanced();
    }
    if (signal.aborted) throw new CanceledError({ what: 'The generation' });
    const [only] = rows;
    // As the graph gave it: one model joins it to the text by itself.
    if (only && rows.length === 1) return only;
    return library.join(rows.map((tensor) => tensor.view(-1, tensor.dims.at(-1) ?? 1)));
  };
  const own: Partial<LibraryModel> = {};
  const prototype = Object.getPrototypeOf(model) as LibraryModel;
  own.encode_image = () => whole((inputs) => prototype.encode_image.call(model, inputs));
  const { _encode_vision: encodeVision } = prototype;
  if (encodeVision) {
    own._encode_vision = async () => ({
      image_features: await whole(async (inputs) => (await encodeVision.call(model, inputs)).image_features),
    });
  }
  Object.assign(model, own);
  return {
    [Symbol.dispose]() {
      for (const name of Object.keys(own)) Reflect.deleteProperty(model, name);
    },
  };
}
