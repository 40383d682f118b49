import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenFile } from '../test/support/golden-zip.ts';
import { type ServerProcess, startServerProcess } from '../test/support/server-process.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ask } from './client.ts';
import { strays } from './kill-server.ts';
import { createTally, type SoakRow, type SoakScale } from './part.ts';

/** The steps of a deployment, in an order that spreads a few kills over all of it. */
const steps = ['UNPACK', 'STORE', 'INSTALL', 'CONVERT', 'LOAD', 'VERIFY', 'GATHER', 'TRY'];
const served = 'served';

/**
 * The server is killed as a deployment of safetensors under one name comes to each of its steps: after the next start it ends, well or
 * with a reason, the name is answered by the model before or the new one, and the disk has nothing that the catalogue does not.
 */
export async function killDeploy({ deployKills }: SoakScale): Promise<SoakRow> {
  const complaints: string[] = [];
  const table = createTally();
  await using data = await temporaryFolder();
  const settings = { DATA: data.path, THREADS: '1' };
  const zip = goldenFile('tiny-llama-hf');
  const items: { prompt: string }[] = JSON.parse(readFileSync(join(zip.folder, 'expected.json'), 'utf8')).items;
  let server = await startServerProcess(settings);
  try {
    for (let kill = 0; kill < deployKills; kill += 1) {
      const step = steps[kill % steps.length] ?? 'UNPACK';
      const { id, running } = await killedAt(server, { step, zip: zip.bytes, stem: `upload-${kill % 3}` });
      server = await startServerProcess(settings);
      const { data: answer } = await ask(
        server.url,
        'query ($id: ID!) { task(id: $id) { settled(timeoutMs: 60000) { state error { code message } } } }',
        { id },
        { timeoutMs: 70_000 },
      );
      const { state = 'LOST', error = null } = answer?.task?.settled ?? {};
      table.add(`${running} → ${error?.code ?? state}`);
      if (state !== 'SUCCEEDED' && !(state === 'FAILED' && error?.code === 'INTERRUPTED')) {
        complaints.push(`kill ${kill} at ${step}: ${state} ${error?.code ?? ''} ${error?.message ?? ''}`);
      }
      const load =
        'mutation { loadModel(input: { name: "served" }) { ... on LoadModelPayload { task { settled { state } } } ... on Error { code } } }';
      if (state !== 'SUCCEEDED') await ask(server.url, load);
      const { data: said, code } = await ask(
        server.url,
        'query ($prompt: String!) { generate(input: { model: "served", prompt: $prompt, maxTokens: 2, temperature: 0 }) { text } }',
        { prompt: items[0]?.prompt ?? '' },
      );
      if (typeof said?.generate?.text !== 'string') complaints.push(`after kill ${kill} at ${step} the name is not answered: ${code}`);
      complaints.push(...(await strays(server.url, data.path)));
    }
  } finally {
    await server.kill();
  }
  return {
    what: `kill -9 of the server in a deployment, ${deployKills} times`,
    figures: `step at the kill → how the task ended after the start: ${table}`,
    complaints,
  };
}

/** Begins a deployment, and kills the server when it comes to a step. Gives the task, and the step that was seen last. */
async function killedAt(server: ServerProcess, { step, zip, stem }: { step: string; zip: Buffer; stem: string }) {
  const form = new FormData();
  form.set('model_name_on_ollama', served);
  form.set('model', new Blob([zip as Uint8Array<ArrayBuffer>]), `${stem}.zip`);
  const answer = await fetch(`${server.url}/models/deploy/`, { method: 'POST', body: form });
  const decoder = new TextDecoder();
  const first = decoder.decode((await answer.body?.getReader().read())?.value);
  const id: string = /"task_uuid": "([0-9a-f-]+)"/.exec(first)?.[1] ?? '';
  let running = 'UNPACK';
  if (step !== 'UNPACK') {
    const query = `subscription { taskProgress(id: "${id}") { state steps { name state } } }`;
    const events = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    let text = '';
    for await (const chunk of events.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const last = [...text.matchAll(/^data: (\{.*\})$/gm)].at(-1)?.[1];
      const task = last && JSON.parse(last).data?.taskProgress;
      if (!task) continue;
      const present = (task.steps as { name: string; state: string }[]).find(({ state }) => state !== 'SUCCEEDED')?.name ?? 'END';
      running = present;
      const names = (task.steps as { name: string }[]).map(({ name }) => name);
      if (present === 'END' || names.indexOf(present) >= names.indexOf(step)) break;
    }
  }
  await server.kill();
  return { id, running };
}
