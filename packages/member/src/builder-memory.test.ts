import { expect, test } from 'vitest';
import { builderNodeArguments, shareBuilderMemory, threadResourceLimits } from './builder-memory.ts';

const MIB = 2 ** 20;

test('the shares and the program stay below the bound', () => {
  for (const mebibytes of [192, 256, 512, 1024, 4096]) {
    const { queuedBytesMax, bufferedBytesMax, threadBytesMax } = shareBuilderMemory(mebibytes * MIB);
    // Parsed operations take four times their bytes; records as much again while they become a segment.
    const sum = 112 * MIB + queuedBytesMax * 4 + bufferedBytesMax * 2 + threadBytesMax;
    expect(sum).toBeLessThanOrEqual(mebibytes * MIB);
    expect(threadResourceLimits(threadBytesMax).maxOldGenerationSizeMb).toBeLessThan(mebibytes);
    expect(Number(/=(\d+)/.exec(builderNodeArguments(mebibytes * MIB)[0] ?? '')?.[1])).toBeLessThan(
      mebibytes,
    );
  }
});

test('a bound that is too small still leaves room to work', () => {
  expect(shareBuilderMemory(0).threadBytesMax).toBeGreaterThan(16 * MIB);
});
