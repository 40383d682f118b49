import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { env, pipeline, RawImage } from '@huggingface/transformers';
import { towerNames } from '../src/formats/image-checkpoint.ts';
import { lowerPriority } from './priority.ts';

/**
 * What a Node user would write: the image-feature-extraction pipeline behind a plain server. Takes `{"images": […]}` in base64,
 * answers the vectors as JSON lists. Arguments: the folder of models, the model's name, the dtype, threads of one operator.
 */
const [models = '', name = '', dtype = 'fp32', threads = '1'] = process.argv.slice(2);

lowerPriority();
env.allowRemoteModels = false;
env.localModelPath = models;
const extract = await pipeline('image-feature-extraction', name, {
  dtype: dtype as 'fp32' | 'q8',
  session_options: { intraOpNumThreads: Number(threads), logSeverityLevel: 4 },
});
// Our graph calls its output by another name than the pipeline looks for.
const { model } = extract;
const renamed = async (inputs: unknown) => ({ image_embeds: (await model(inputs))[towerNames.features] });
Object.assign(extract, { model: renamed });

// Clients pause while others are measured: Node's 5 seconds would cut their connections under them.
const server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
  const { images } = (await json(request)) as { images: string[] };
  const read = await Promise.all(images.map((image) => RawImage.fromBlob(new Blob([Buffer.from(image, 'base64')]))));
  const output = await extract(read);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(output.tolist()));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`serves at http://127.0.0.1:${address.port}\n`);
});
