/**
 * `node build.ts [folder]` bundles the program into `dist`: `main.js`, `runner.js`, and `chat-programs.js` `image-thread.js` `hash-worker.js` and `transfer-worker.js` (threads), with the parts that they share beside them. Node reads
 * a few files instead of hundreds, so the server starts in a third of the time. Native libraries stay in `node_modules`.
 */
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const [folder = join(import.meta.dirname, 'dist')] = process.argv.slice(2);

const bundle = await rolldown({
  cwd: import.meta.dirname,
  input: {
    main: 'src/main.ts',
    runner: 'src/runner/main.ts',
    'chat-programs': 'src/engines/chat/program-process.ts',
    'image-thread': 'src/engines/image/preprocess-thread.ts',
    'convert-thread': 'src/sources/conversion/convert-thread.ts',
    'hash-worker': 'src/sources/transfer/hash-worker.ts',
    'transfer-worker': 'src/sources/transfer/transfer-worker.ts',
  },
  platform: 'node',
  external: ['@huggingface/transformers', 'onnxruntime-node', 'tokenizers', 'sharp', 'node-llama-cpp'],
  // graphql 17 has a `development` condition, which checks more and costs time.
  resolve: { conditionNames: ['node', 'import', 'module-sync', 'default'] },
});
await bundle.write({
  dir: folder,
  format: 'esm',
  cleanDir: true,
  // All beside each other: the scheduler looks for `runner.js` next to itself.
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
await bundle.close();
