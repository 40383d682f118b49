import { expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';

/** One failure of each code, with every field set. */
const samples: Record<errors.ErrorCode, errors.ModelkeepError> = {
  MODEL_NOT_FOUND: new errors.ModelNotFoundError({ name: 'e5', suggestions: ['intfloat/e5-small-v2'] }),
  MODEL_NOT_LOADED: new errors.ModelNotLoadedError({ model: 'm' }),
  MODEL_LOADING: new errors.ModelLoadingError({ model: 'm', taskId: 't', retryAfterMs: 250 }),
  MODEL_BUSY: new errors.ModelBusyError({ model: 'm', taskId: null, work: 'it is deleted' }),
  NAME_TAKEN: new errors.NameTakenError({ takenName: 'm' }),
  UNSUPPORTED_MODEL: new errors.UnsupportedModelError({ reason: 'No.', remedy: 'Export it.' }),
  UNSUPPORTED_CAPABILITY: new errors.UnsupportedCapabilityError({ model: 'm', wanted: 'embed', has: ['CHAT'], hint: 'Or not.' }),
  INVALID_INPUT: new errors.InvalidInputError({ field: 'items[3].text', message: 'is empty' }),
  INPUT_TOO_LONG: new errors.InputTooLongError({ index: 1, tokens: 600, limit: 512 }),
  INVALID_IMAGE: new errors.InvalidImageError({ index: 2, reason: 'it ends too early.', cause: new Error('deep') }),
  UNSAFE_URL: new errors.UnsafeUrlError({ url: 'http://10.0.0.1/', reason: 'it is private.' }),
  INVALID_ARCHIVE: new errors.InvalidArchiveError({
    entry: '../x',
    message: 'the path leads out of its folder.',
    cause: new Error('deep'),
  }),
  INVALID_MODEL_FILE: new errors.InvalidModelFileError({ file: 'config.json', message: 'is not JSON', cause: new Error('deep') }),
  CHECKSUM_MISMATCH: new errors.ChecksumMismatchError({ file: 'model.safetensors', expected: 'aa', actual: 'bb' }),
  UPSTREAM_FAILED: new errors.UpstreamFailedError({ url: 'https://hub', status: 503, message: 'The hub is down.' }),
  UPSTREAM_GATED: new errors.UpstreamGatedError({ repository: 'a/b', url: 'https://hub/a/b' }),
  INSUFFICIENT_MEMORY: new errors.InsufficientMemoryError({ needBytes: 2, freeBytes: 1 }),
  INSUFFICIENT_DISK: new errors.InsufficientDiskError({ needBytes: 2, freeBytes: 1 }),
  OVERLOADED: new errors.OverloadedError({ retryAfterMs: 100 }),
  TIMEOUT: new errors.TimeoutError({ what: 'Loading', timeoutMs: 5 }),
  CANCELED: new errors.CanceledError({ what: 'The download' }),
  INTERRUPTED: new errors.InterruptedError({ what: 'the load' }),
  RUNNER_CRASHED: new errors.RunnerCrashedError({ model: 'm', detail: 'SIGKILL' }),
  INVALID_ANSWER: new errors.InvalidAnswerError({ reason: 'it is not JSON' }),
  GENERATION_NOT_FOUND: new errors.GenerationNotFoundError({ id: 'x' }),
  TASK_NOT_FOUND: new errors.TaskNotFoundError({ id: 'x' }),
  UNAUTHENTICATED: new errors.UnauthenticatedError(),
  FORBIDDEN: new errors.ForbiddenError({ message: 'Not from there.' }),
  INTERNAL: new errors.InternalError({ id: 'e1', cause: new Error('secret') }),
};

test.each(Object.entries(samples))('%s comes back from the wire as an instance of its class with its fields', (code, error) => {
  const wire = JSON.parse(JSON.stringify(errors.errorToWire(error, 'unused')));
  const revived = errors.errorFromWire(wire);
  expect(revived).toBeInstanceOf(errors.errorClasses[code as errors.ErrorCode]);
  expect(revived).toBeInstanceOf(errors.ModelkeepError);
  expect(revived.code).toBe(code);
  expect(revived.message).toBe(error.message);
  expect({ ...revived }).toEqual({ ...error, code });
  expect(errors.errorToWire(revived, 'unused')).toEqual(wire);
});

test.each(Object.entries(samples))('%s crosses to another process as it is, and says one line', (_code, error) => {
  const wire = errors.errorToWire(error, 'unused');
  expect(structuredClone(wire)).toEqual(wire);
  expect(wire.fields).not.toHaveProperty('cause');
  expect(wire.message).not.toMatch(/[\r\n]/);
});

test('a failure that nobody expected crosses as INTERNAL and tells only its id', () => {
  const wire = errors.errorToWire(new TypeError('the password is x'), 'e7');
  expect(wire).toMatchObject({ code: 'INTERNAL', fields: { id: 'e7' } });
  expect(JSON.stringify(wire)).not.toContain('password');
});

test('a code of a later version becomes INTERNAL instead of breaking the reader', () => {
  const revived = errors.errorFromWire({ code: 'FROM_THE_FUTURE' as errors.ErrorCode, message: 'm', fields: {} });
  expect(revived).toBeInstanceOf(errors.InternalError);
});

test('what a client wrote stands in a message short, quoted and on one line', () => {
  const error = new errors.ModelNotFoundError({ name: `a\nb"${'x'.repeat(10_000)}` });
  expect(error.message).not.toMatch(/\n/);
  expect(error.message.length).toBeLessThan(400);
});
