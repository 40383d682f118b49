import { createServer } from 'node:http';

/** Answers at once and does nothing else: how late its answers are is the machine's doing. */
const server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) => response.end('alive'));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`serves at http://127.0.0.1:${address.port}\n`);
});
