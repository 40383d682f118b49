import { openNative } from '../../src/engines/llama/native.ts';
import type { GreedyWork } from './greedy-ids.ts';

/** Answers what a GGUF takes a prompt for and how it goes on, in ids, and ends. */
process.on('message', async ({ file, adapter, prompts, most, endId }: GreedyWork) => {
  await using native = await openNative({ path: file, threads: 1, gpu: 'off', flashAttention: () => 'auto' });
  const { model } = native;
  const answers: { ids: number[]; generated: number[] }[] = [];
  for (const prompt of prompts) {
    const adapters = adapter === null ? {} : { lora: { adapters: [{ filePath: adapter, scale: 1 }] } };
    const context = await model.createContext({ contextSize: 256, threads: 1, ...adapters });
    const ids = model.tokenize(prompt, true);
    const begin = model.tokens.bos;
    if (model.tokens.shouldPrependBosToken && begin !== null && ids[0] !== begin) ids.unshift(begin);
    const generated: number[] = [];
    for await (const id of context.getSequence().evaluate(ids, { temperature: 0, yieldEogToken: true })) {
      generated.push(id);
      if (id === endId || generated.length >= most) break;
    }
    await context.dispose();
    answers.push({ ids: [...ids], generated });
  }
  process.send?.(answers);
  process.disconnect?.();
});
