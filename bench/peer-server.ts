import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { env, pipeline } from '@huggingface/transformers';
import { lowerPriority } from './priority.ts';

/**
 * What a Node user would write: the feature-extraction pipeline behind a plain server. Takes `{"texts": […]}`, answers the
 * vectors as JSON lists. Arguments: the folder of models, the model's name, the dtype, threads of one operator.
 */
const [models = '', model = '', dtype = 'fp32', threads = '1'] = process.argv.slice(2);

lowerPriority();
env.allowRemoteModels = false;
env.localModelPath = models;
const extract = await pipeline('feature-extraction', model, {
  dtype: dtype as 'fp32' | 'q8',
  session_options: { intraOpNumThreads: Number(threads), logSeverityLevel: 4 },
});

// Clients pause while others are measured: Node's 5 seconds would cut their connections under them.
const server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
  const { texts } = (await json(request)) as { texts: string[] };
  const output = await extract(texts, { pooling: 'mean', normalize: true });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(output.tolist()));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`serves at http://127.0.0.1:${address.port}\n`);
});
