import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { createBoundedLabel } from '../../src/metrics/bounded-label.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { acceptedTraceparent, createRequestScopes, keepScope, type RequestScope } from '../../src/request-scope.ts';
import { formatFailureReport, parseFailureReport } from '../../src/runner/protocol.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const scopeOf = (requestId: string): RequestScope => ({ requestId, door: 'graphql', outcome: null, traceparent: null });

test.each([
  [`00-${traceId}-00f067aa0ba902b7-01`, `00-${traceId}-00f067aa0ba902b7-01`],
  [`00-${traceId}-00f067aa0ba902b7-00`, `00-${traceId}-00f067aa0ba902b7-00`],
  [`cc-${traceId}-00f067aa0ba902b7-01-what-comes-later`, `00-${traceId}-00f067aa0ba902b7-01`],
  [`ff-${traceId}-00f067aa0ba902b7-01`, null],
  [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, null],
  [`00-${traceId}-0000000000000000-01`, null],
  [`00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`, null],
  [`00-${traceId}-00f067aa0ba902b7`, null],
  ['', null],
  [undefined, null],
])('the traceparent %s is taken as %s', (header, expected) => {
  expect(acceptedTraceparent(header)).toBe(expected);
});

describe('the scope of a request', () => {
  it('is found across what is awaited, by each of many at once', async () => {
    const scopes = createRequestScopes();
    const seen = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        scopes.run(scopeOf(id), async () => {
          await Promise.resolve();
          await new Promise((resolve) => setImmediate(resolve));
          return scopes.current()?.requestId;
        }),
      ),
    );
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(scopes.current()).toBeUndefined();
  });

  it('is left by what outlives it', async () => {
    const scopes = createRequestScopes();
    const outside = keepScope();
    const seen = scopes.run(scopeOf('a'), () => outside(async () => scopes.current()));
    expect(await seen).toBeUndefined();
  });
});

test('a label takes so many values and counts the rest together', () => {
  const bounded = createBoundedLabel(2);
  expect(['a', 'b', 'c', 'a', 'd'].map(bounded)).toEqual(['a', 'b', 'other', 'a', 'other']);
});

describe('metrics', () => {
  const residents = () => ({ memory: { budgetBytes: 1, usedBytes: 0 }, models: [] });
  const expose = async (metrics: ReturnType<typeof createMetrics>) => (await metrics.expose('text/plain')).text;

  it('count a refusal, a failure without times, and an answer with them', async () => {
    using metrics = createMetrics({ version: '1.2.3', startedAt: new Date(5000), residents });
    const request = { model: 'a/"b"', door: 'graphql', items: 3, totalMs: 20 };
    metrics.modelRequestEnded({ ...request, outcome: 'OVERLOADED', timing: null });
    metrics.modelRequestEnded({ ...request, outcome: 'OK', timing: { queueMs: 4, preprocessMs: 1, inferenceMs: 10 } });
    const text = await expose(metrics);
    expect(text).toContain('modelkeep_model_refused_total{model="a/\\"b\\""} 1\n');
    expect(text).toContain('modelkeep_model_requests_total{model="a/\\"b\\"",door="graphql",outcome="OVERLOADED"} 1\n');
    expect(text).toContain('modelkeep_model_queue_seconds_bucket{le="0.0025",model="a/\\"b\\"",door="graphql"} 0\n');
    expect(text).toContain('modelkeep_model_queue_seconds_bucket{le="0.005",model="a/\\"b\\"",door="graphql"} 1\n');
    expect(text).toContain('modelkeep_model_request_duration_seconds_count{model="a/\\"b\\"",door="graphql"} 1\n');
    expect(text).toContain('modelkeep_info{version="1.2.3"} 1\n');
    expect(text).toContain('process_start_time_seconds 5\n');
  });

  it('count a task once, however often its end is told, and none that ended before the start', async () => {
    using metrics = createMetrics({ version: '1', startedAt: new Date(0), residents });
    const task = (id: string, state: string) => metrics.taskChanged({ id, kind: 'LOAD', state });
    task('1', 'QUEUED');
    task('1', 'RUNNING');
    task('2', 'QUEUED');
    expect(await expose(metrics)).toContain('modelkeep_tasks{kind="LOAD",state="RUNNING"} 1\n');
    task('1', 'SUCCEEDED');
    task('1', 'SUCCEEDED');
    task('old', 'FAILED');
    const text = await expose(metrics);
    expect(text).toContain('modelkeep_tasks_finished_total{kind="LOAD",state="SUCCEEDED"} 1\n');
    expect(text).not.toContain('state="FAILED"');
    expect(text).toContain('modelkeep_tasks{kind="LOAD",state="QUEUED"} 1\n');
    expect(text).not.toContain('state="RUNNING"');
  });

  it('keep their names in both formats, in whichever order they are read', async () => {
    using metrics = createMetrics({ version: '1', startedAt: new Date(0), residents });
    metrics.requestEnded({ door: 'graphql', outcome: 'OK', durationMs: 1 });
    const before = await expose(metrics);
    const { text } = await metrics.expose('application/openmetrics-text');
    expect(text).toContain('# TYPE modelkeep_requests counter\nmodelkeep_requests_total{door="graphql",outcome="OK"} 1\n');
    expect(text).toContain('modelkeep_request_duration_seconds_bucket{le="0.001",door="graphql"} 1\n');
    const names = (exposed: string) => exposed.match(/^# TYPE .*$/gm);
    expect(names(await expose(metrics))).toEqual(names(before));
  });
});

test('a runner’s report of a failure is told from everything else that is written to standard error', () => {
  const report = { errorId: 'e', requestId: 'r', cause: 'Error: "x" | at y' };
  expect(parseFailureReport(formatFailureReport(report))).toEqual(report);
  expect(parseFailureReport(formatFailureReport({ errorId: 'e', cause: 'c' }))).toEqual({ errorId: 'e', cause: 'c' });
  for (const line of [
    '',
    'terminate called',
    '{"errorId":"e","cause":"c"}',
    'modelkeep:',
    'modelkeep:null',
    'modelkeep:{}',
    'modelkeep:{"errorId":1}',
  ])
    expect(parseFailureReport(line)).toBeNull();
});

test('the dashboard is whole: each panel once, in its place, with queries to the chosen Prometheus', () => {
  const { panels, templating } = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8'));
  const ids = panels.map(({ id }: { id: number }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const variables = new Set(['__rate_interval', ...templating.list.map(({ name }: { name: string }) => name)]);
  for (const { title, type, gridPos, targets = [] } of panels) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    if (type !== 'row') expect(targets.length, title).toBeGreaterThan(0);
    for (const { expr, datasource } of targets) {
      expect(datasource).toEqual({ type: 'prometheus', uid: expect.stringMatching(/^\$\{datasource\}$/) });
      for (const [open, close] of ['()', '{}', '[]']) expect(expr.split(open).length, expr).toBe(expr.split(close).length);
      for (const [, name] of expr.matchAll(/\$(\w+)/g)) expect(variables, expr).toContain(name);
    }
  }
});
