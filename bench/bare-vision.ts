import { AutoModelForImageTextToText, AutoProcessor, env, RawImage } from '@huggingface/transformers';
import sharp from 'sharp';
import { lowerPriority } from './priority.ts';

/**
 * The library as it comes, in one process: its processor, its `generate`, a streamer that notes the time. A message is
 * `{ image, prompt, maxTokens }`; the answer has the milliseconds until the first and the last token. Arguments: folder, threads.
 */
const [folder = '', threads = '1'] = process.argv.slice(2);

lowerPriority();
env.allowRemoteModels = false;
const options = { local_files_only: true, device: 'cpu', dtype: 'fp32' } as const;
const processor = await AutoProcessor.from_pretrained(folder, options);
const model = await AutoModelForImageTextToText.from_pretrained(folder, {
  ...options,
  session_options: { intraOpNumThreads: Number(threads) },
});

process.on('message', async ({ image, prompt, maxTokens }: { image: string; prompt: string; maxTokens: number }) => {
  const startedMs = performance.now();
  const { data, info } = await sharp(Buffer.from(image, 'base64')).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const inputs = await processor(new RawImage(new Uint8ClampedArray(data), info.width, info.height, 3), prompt);
  const written = { firstMs: 0, lastMs: 0, tokens: -1 };
  await model.generate({
    ...inputs,
    max_new_tokens: maxTokens,
    do_sample: false,
    streamer: {
      put(ids: bigint[][]) {
        // The prompt comes first.
        written.tokens += 1;
        if (written.tokens === 0) return;
        // What a server does with a token too.
        processor.tokenizer?.decode(ids[0]?.map(Number) ?? [], {});
        written.lastMs = performance.now() - startedMs;
        written.firstMs ||= written.lastMs;
      },
      end() {},
    } as never,
  });
  process.send?.(written);
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
