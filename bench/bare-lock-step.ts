import { getLlama, LlamaLogLevel, type Token } from 'node-llama-cpp';
import { lowerPriority } from './priority.ts';

/**
 * The least that writes for several at once: node-llama-cpp in one process, all sequences in step, whole prompts in its own batches, the
 * library's defaults. A message is `{prompts, maxTokens}`; the answer has for each the milliseconds until its first and its last token.
 * Arguments: the GGUF, threads, sequences, the context of each.
 */
const [path = '', threads = '1', sequences = '8', contextSize = '1024'] = process.argv.slice(2);

lowerPriority();
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  maxThreads: Number(threads),
  logLevel: LlamaLogLevel.error,
});
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ sequences: Number(sequences), contextSize: Number(contextSize), threads: Number(threads) });
const slots = Array.from({ length: Number(sequences) }, () => context.getSequence());

async function write(prompts: string[], maxTokens: number): Promise<{ firstMs: number; lastMs: number; tokens: number }[]> {
  const startedMs = performance.now();
  const running = [];
  for (const [index, prompt] of prompts.entries()) {
    const sequence = slots[index];
    if (!sequence) throw new Error('There are more prompts than sequences.');
    await sequence.clearHistory();
    const stream = sequence.evaluate(model.tokenize(prompt) as Token[], { temperature: 0, yieldEogToken: true });
    running.push({ stream, firstMs: 0, lastMs: 0, tokens: 0 });
  }
  for (let step = 0; step < maxTokens; step += 1) {
    await Promise.all(
      running.map(async (each) => {
        const { value } = await each.stream.next();
        // What a server does with a token too.
        model.detokenize(value === undefined ? [] : [value]);
        each.lastMs = performance.now() - startedMs;
        if (each.tokens === 0) each.firstMs = each.lastMs;
        each.tokens += 1;
      }),
    );
  }
  for (const { stream } of running) await stream.return();
  return running.map(({ firstMs, lastMs, tokens }) => ({ firstMs, lastMs, tokens }));
}

process.on('message', async ({ prompts, maxTokens }: { prompts: string[]; maxTokens: number }) => {
  process.send?.(await write(prompts, maxTokens));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
