import { expect, test } from 'vitest';
import { createSilenceWatch } from '../../src/scheduler/silence-watch.ts';
import { createTestClock } from '../support/scheduler-support.ts';

function bench() {
  const clock = createTestClock();
  let silences = 0;
  const watch = createSilenceWatch({
    clock,
    limitMs: 100,
    onSilence() {
      silences += 1;
    },
  });
  return { clock, watch, silences: () => silences };
}

test('work that is heard of goes on, however long', () => {
  const { clock, watch, silences } = bench();
  watch.begin(1);
  for (let step = 0; step < 20; step += 1) {
    clock.advance(90);
    watch.heard([1]);
  }
  expect(silences()).toBe(0);
  clock.advance(100);
  expect(silences()).toBe(1);
});

test('one that is silent is noticed, however lively the others are', () => {
  const { clock, watch, silences } = bench();
  watch.begin(1);
  for (let step = 2; step < 12; step += 1) {
    watch.begin(step);
    clock.advance(9);
    watch.heard([step]);
    watch.end(step);
  }
  expect(silences()).toBe(0);
  clock.advance(10);
  expect(silences()).toBe(1);
});

test('what was answered is not missed, and what begins later has its whole time', () => {
  const { clock, watch, silences } = bench();
  watch.begin(1);
  clock.advance(50);
  watch.begin(2);
  watch.end(1);
  clock.advance(99);
  expect(silences()).toBe(0);
  clock.advance(1);
  expect(silences()).toBe(1);
});

test('nothing is noticed after the end', () => {
  const { clock, watch, silences } = bench();
  watch.begin(1);
  watch.stop();
  clock.advance(1000);
  expect(silences()).toBe(0);
});
