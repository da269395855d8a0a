import { expect, test, vi } from 'vitest';
import { Silences } from './silences.ts';

test('the longest silence that touches a time is found, and so is one that goes on', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const silences = new Silences();
    const startMs = performance.now();
    silences.note();
    vi.advanceTimersByTime(300);
    silences.note();
    vi.advanceTimersByTime(10);
    silences.note();
    vi.advanceTimersByTime(100);
    silences.note();
    expect(silences.longestWithin(startMs, startMs + 1_000)).toBe(300);
    expect(silences.longestWithin(startMs + 305, startMs + 1_000)).toBe(100);
    expect(silences.longestWithin(startMs + 302, startMs + 308)).toBe(0);
    vi.advanceTimersByTime(5_000);
    expect(silences.longestWithin(startMs + 1_000, startMs + 2_000)).toBe(5_000);
    expect(silences.count).toBe(4);
  } finally {
    vi.useRealTimers();
  }
});
