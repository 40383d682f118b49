import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';

/** A line of an Innodisk answer. */
export interface InnodiskLine {
  status: number;
  message: {
    action: string;
    task_uuid: string;
    progress: number;
    progress_ratio: number;
    details: Record<string, unknown>;
    detail?: Record<string, unknown>;
  };
}

/** Every line of an answer; throws for one that is no JSON, an empty one among them. */
export function linesOf(text: string): InnodiskLine[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line does not end: ${text.slice(-100)}`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/**
 * Deploys as the product's client does: asks whether the handler is alive, sends the form in chunks without a length, the name in front
 * of the file, and reads the answer line by line as it comes. Throws where it would give up.
 */
export async function* accelTuneDeploy(
  url: string,
  { name, fileName, bytes }: { name: string; fileName: string; bytes: Buffer },
): AsyncGenerator<InnodiskLine, void, undefined> {
  const alive = await fetch(`${url}/model_handler/`);
  if (alive.status !== 200 || ((await alive.json()) as { status?: string }).status !== 'alive') throw new Error('the handler is not alive');
  const sending = request(`${url}/model_handler/deploy/`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=tune', 'transfer-encoding': 'chunked' },
  });
  sending.write(`--tune\r\nContent-Disposition: form-data; name="model_name_on_ollama"\r\n\r\n${name}\r\n`);
  const head = `--tune\r\nContent-Disposition: form-data; name="model"; filename="${fileName}"\r\nContent-Type: application/zip\r\n\r\n`;
  sending.write(head);
  for (let start = 0; start < bytes.length; start += 10_000) sending.write(bytes.subarray(start, start + 10_000));
  sending.end('\r\n--tune--\r\n');
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve);
    sending.once('error', reject);
  });
  try {
    if (response.statusCode !== 200) throw new Error(`the handler answered ${response.statusCode}`);
    for await (const line of createInterface({ input: response })) {
      const item = JSON.parse(line) as InnodiskLine;
      if (item.status !== 200) throw new Error(String(item.message.detail?.msg));
      yield item;
    }
  } finally {
    response.destroy();
  }
}
