import { describe, expect, test } from 'vitest';
import { openSession } from '../../src/engines/onnx/session.ts';
import { InvalidModelFileError, UnsupportedModelError } from '../../src/errors.ts';
import { activationNamed } from '../../src/formats/architectures/blocks/activation.ts';
import { createGraph } from '../../src/formats/onnx-graph.ts';
import { message } from '../../src/formats/protobuf.ts';
import { expectClose } from '../support/golden.ts';

describe('protobuf', () => {
  test('is written as its documentation shows', () => {
    // protobuf.dev: field 1 = 150, field 2 = "testing", field 3 = { field 1 = 150 }.
    expect([...message().integer(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
    expect([...message().string(2, 'testing').finish()]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
    expect([...message().message(3, message().integer(1, 150)).finish()]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
  });

  test('takes negative and large numbers, floats and fields above 15', () => {
    expect([...message().integer(1, -1).finish()]).toEqual([0x08, ...Array<number>(9).fill(0xff), 0x01]);
    expect([...message().integer(20, 127).finish()]).toEqual([0xa0, 0x01, 0x7f]);
    expect([...message().integer(1, 128n).finish()]).toEqual([0x08, 0x80, 0x01]);
    expect([...message().float(2, 1).finish()]).toEqual([0x15, 0, 0, 0x80, 0x3f]);
  });
});

describe('an activation', () => {
  const inputs = Float32Array.from([-6, -2.5, -1, -0.3, 0, 0.1, 0.7, 1, 2, 5]);
  const tanhGelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  const gelu = (x: number): number => 0.5 * x * (1 + errorFunction(x / Math.SQRT2));
  const silu = (x: number): number => x / (1 + Math.exp(-x));
  const formulas: Record<string, (x: number) => number> = {
    gelu,
    gelu_new: tanhGelu,
    gelu_pytorch_tanh: tanhGelu,
    relu: (x) => Math.max(0, x),
    silu,
    swish: silu,
    tanh: Math.tanh,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  };

  test.each(Object.entries(formulas))('%s is its formula', async (name, formula) => {
    const graph = createGraph();
    const input = graph.input('x', 'FLOAT', ['n']);
    graph.output('y', activationNamed(name, 'config.json')(graph, input), 'FLOAT', ['n']);
    await using session = await openSession(graph.finish(), { folder: '/', file: 'graph', threads: 1 });
    const { data } = await session.run({ x: { type: 'float32', data: inputs, shape: [inputs.length] } }, 'y');
    expectClose(data as Float32Array, [...inputs].map(formula), 1e-6);
  });

  test('that is not built is unsupported and named', () => {
    expect(() => activationNamed('magic', 'config.json')).toThrow(UnsupportedModelError);
    expect(() => activationNamed('constructor', 'config.json')).toThrow('"constructor"');
    expect(() => activationNamed('', 'config.json')).toThrow(InvalidModelFileError);
  });
});

test('a constant that is used often is written once', () => {
  const build = (times: number): number => {
    const graph = createGraph();
    let value = graph.input('x', 'FLOAT', [1]);
    for (let index = 0; index < times; index += 1) value = graph.add(value, graph.float(1.5));
    expect(graph.float(1.5)).toBe(graph.float(1.5));
    return graph.finish().length;
  };
  expect(build(1)).toBeLessThan(build(2));
});

test('bytes that are no graph are refused as a model file', async () => {
  const opening = openSession(new Uint8Array([1, 2, 3]), { folder: '/', file: 'onnx/model.onnx', threads: 1 });
  await expect(opening).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'onnx/model.onnx' });
});

/** erf by its Taylor series, in float64: exact enough for |x| below 5. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 4.5) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 200; n += 1) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}
