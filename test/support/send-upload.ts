import { Upload } from 'tus-js-client';
import { graphql } from './running-app.ts';

/** Sends a file resumably, as any client of the protocol does; resolves to its id. */
export function sendUpload(url: string, bytes: Buffer, filename: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sending = new Upload(bytes, {
      endpoint: `${url}/uploads`,
      metadata: { filename },
      onSuccess: () => resolve(sending.url?.split('/').at(-1) ?? ''),
      onError: reject,
    });
    sending.start();
  });
}

const taskFields = 'task { uuid settled(timeoutMs: 60000) { state error { code message } steps { name state note } model { name } } }';

/** Runs one of the mutations that make models of files, and waits for its task; the error where it is refused. */
export async function makeModel(url: string, name: 'uploadModel' | 'createModel' | 'deployModel', input: object) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { ... on ${type}Payload { ${taskFields} } ... on Error { code message } } }`;
  return (await graphql(url, document, { input }))[name];
}
