import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IngrainBody } from '../support/py-ingrain/body.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const name = 'intfloat/e5-small-v2';
let hub: StandInHub;
let server: RunningApp;

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url, ports: { 'ingrain-models': 0 } });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

/** Runs a line of the documents as it is, but for the ports, and gives the status with the parsed body. */
async function curl(line: string): Promise<{ status: number; body: IngrainBody; text: string }> {
  const here = line
    .replaceAll('127.0.0.1:8686', `127.0.0.1:${server.ports.main}`)
    .replaceAll('127.0.0.1:8687', `127.0.0.1:${server.ports['ingrain-models']}`);
  const { stdout } = await promisify(execFile)('bash', ['-c', `${here} --silent --show-error --max-time 60 --write-out '\\n%{http_code}'`]);
  const [, text = '', status] = /^([\s\S]*)\n(\d+)$/.exec(stdout) ?? [];
  return { status: Number(status), body: (text.startsWith('{') ? JSON.parse(text) : null) as IngrainBody, text };
}

describe('the documented curl lines, in the order of a first use', () => {
  it('says that both servers run', async () => {
    expect(await curl('curl -X GET "http://127.0.0.1:8686/health" -H "accept: application/json"')).toMatchObject({
      status: 200,
      body: { message: 'The inference server is running.' },
    });
    expect(await curl('curl -X GET "http://127.0.0.1:8687/health" -H "accept: application/json"')).toMatchObject({
      status: 200,
      body: { message: 'The model server is running.' },
    });
  });

  it('refuses to embed before the model is loaded', async () => {
    expect(await curl(inferText)).toMatchObject({
      status: 400,
      body: { detail: `Model ${name} with checkpoint None is not loaded. Load the model first using /load_model on the model server.` },
    });
  });

  it('loads, embeds, lists and counts', async () => {
    const load = `curl -X POST "http://127.0.0.1:8687/load_model" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "intfloat/e5-small-v2", "library": "sentence_transformers"}'`;
    expect(await curl(load)).toMatchObject({ status: 200, body: { message: `Model ${name} loaded successfully.` } });
    expect(await curl(load)).toMatchObject({ status: 200, body: { message: `Model ${name} is already loaded.` } });
    const { status, body } = await curl(inferText);
    expect(status).toBe(200);
    expect(body).toEqual({ embeddings: [expect.any(Array)], processingTimeMs: expect.any(Number) });
    expect(body.embeddings[0]).toHaveLength(48);
    expect((await curl('curl -X GET "http://127.0.0.1:8687/loaded_models" -H "accept: application/json"')).body).toEqual({
      models: [{ name, library: 'sentence_transformers' }],
    });
    expect((await curl('curl -X GET "http://127.0.0.1:8687/repository_models" -H "accept: application/json"')).body).toEqual({
      models: [{ name, library: 'sentence_transformers', state: 'READY' }],
    });
    const { modelStats } = (await curl('curl -X GET "http://127.0.0.1:8686/metrics" -H "accept: application/json"')).body;
    expect(modelStats).toMatchObject([{ name, inferenceStats: { success: { count: '1' } }, inference_stats: { success: { count: '1' } } }]);
  });

  it('gives Prometheus its text on the same path', async () => {
    const { text } = await curl('curl "http://127.0.0.1:8686/metrics" -H "accept: text/plain"');
    expect(text).toContain(`modelkeep_model_requests_total{model="${name}",door="ingrain-inference",outcome="OK"} 1`);
  });

  it('refuses the image lines where no model takes images', async () => {
    const inferImage = `curl -X POST "http://127.0.0.1:8686/infer_image" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "MobileCLIP-S2", "pretrained": "datacompdr", "image": "http://example.com/image.jpg", "normalize": true, "n_dims": null}'`;
    expect(await curl(inferImage)).toMatchObject({
      status: 400,
      body: {
        detail: 'Model MobileCLIP-S2 with checkpoint datacompdr is not loaded. Load the model first using /load_model on the model server.',
      },
    });
    expect(await curl(inferImage.replace('MobileCLIP-S2', name))).toMatchObject({
      status: 400,
      body: { detail: `Model ${name} with checkpoint datacompdr does not support image inference.` },
    });
  });

  it('answers the line that is no JSON as FastAPI does', async () => {
    const infer = `curl -X POST "http://127.0.0.1:8686/infer" \\
    -H "Content-Type: application/json" \\
    -d '{""name": "MobileCLIP-S2", "pretrained": "datacompdr", "text": "sample text", "image": "http://example.com/image.jpg", "normalize": true, "n_dims": 512}'`;
    expect(await curl(infer)).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'json_invalid', loc: ['body', expect.any(Number)] }] },
    });
  });

  it('unloads and deletes', async () => {
    const unload = `curl -X POST "http://127.0.0.1:8687/unload_model" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "intfloat/e5-small-v2"}'`;
    const remove = `curl -X DELETE "http://127.0.0.1:8687/delete_model" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "intfloat/e5-small-v2"}'`;
    expect(await curl(unload)).toMatchObject({ status: 200, body: { message: `Model ${name} unloaded successfully.` } });
    expect(await curl(remove)).toMatchObject({ status: 200, body: { message: `Model ${name} deleted successfully.` } });
    expect(await curl(remove)).toMatchObject({ status: 404, body: { detail: `Model ${name} does not exist.` } });
  });
});

const inferText = `curl -X POST "http://127.0.0.1:8686/infer_text" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "intfloat/e5-small-v2", "pretrained": null, "text": "sample text", "normalize": true, "n_dims": null}'`;
