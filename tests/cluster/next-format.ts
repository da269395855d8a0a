/** Loaded before the program: makes it the version that comes after it, which knows one more format of operations. */
import { registerHooks } from 'node:module';

const MODULE = '/packages/member/src/operation-format.ts';

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(MODULE) || loaded.source === undefined || loaded.source === null) return loaded;
    const text =
      typeof loaded.source === 'string'
        ? loaded.source
        : Buffer.from(loaded.source as Uint8Array).toString('utf8');
    const source = text.replace(/(?<=OPERATION_FORMAT = )\d+/, (format) => String(Number(format) + 1));
    if (source === text) throw new Error(`${MODULE} does not say its format any more`);
    return { ...loaded, source };
  },
});
